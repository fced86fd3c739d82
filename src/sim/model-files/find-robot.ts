import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { UnknownNameError } from "../../common/index.ts";
import { EQUIPPED_ROBOTS, SHIPPED_ROBOTS } from "../robots/registry.ts";
import type { RobotSpec } from "../robots/robot.ts";
import { parseRobot } from "../robots/robot-file.ts";

/** Where robots are looked for. */
export interface RobotPlaces {
  /** The package's `assets` folder. */
  readonly assets: string;
  /** The folder of users' robots; it need not exist. */
  readonly userRobots: string;
}

/** A robot and where its MJCF is on disk. */
export interface LocatedRobot {
  readonly robot: RobotSpec;
  readonly modelPath: string;
}

/** The shipped or imported robot of that name. Throws `UnknownNameError` with all names, or `UsageError` for a broken file. */
export function findRobot(name: string, places: RobotPlaces): LocatedRobot {
  const shipped = shippedRobots(places).find(({ robot }) => robot.name === name);
  if (shipped !== undefined) return shipped;
  const imported = importedNames(places);
  if (imported.includes(name)) return importedRobot(name, places);
  const names = [...SHIPPED_ROBOTS, ...EQUIPPED_ROBOTS].map((robot) => robot.name);
  throw new UnknownNameError("robot", name, [...names, ...imported]);
}

/** Every robot: the shipped ones, then the imported ones by name. Throws `UsageError` for a broken file. */
export function listRobots(places: RobotPlaces): LocatedRobot[] {
  return [...shippedRobots(places), ...importedNames(places).map((name) => importedRobot(name, places))];
}

function shippedRobots({ assets }: RobotPlaces): LocatedRobot[] {
  return [...SHIPPED_ROBOTS, ...EQUIPPED_ROBOTS].map((robot) => ({
    robot,
    modelPath: join(assets, robot.model),
  }));
}

function importedNames({ userRobots }: RobotPlaces): string[] {
  if (!existsSync(userRobots)) return [];
  return readdirSync(userRobots)
    .filter((folder) => existsSync(join(userRobots, folder, "robot.json")))
    .sort();
}

function importedRobot(name: string, { userRobots }: RobotPlaces): LocatedRobot {
  const file = join(userRobots, name, "robot.json");
  const robot = parseRobot(readFileSync(file, "utf8"), file);
  return { robot, modelPath: join(userRobots, name, robot.model) };
}
