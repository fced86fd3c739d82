import { libraryOf, MotionLibrary, type MotionTexts, type RobotSpec } from "../sim/index.ts";
import { readText } from "./files.ts";
import { shippedPath } from "./package-root.ts";

/** The texts of a robot's shipped motions. Throws `UnknownNameError` where the robot has none. */
export async function readMotions(robot: RobotSpec): Promise<MotionTexts> {
  const manifest = await readText(shippedPath("assets", "motions", "manifest.json"));
  const data = await readText(shippedPath("assets", "motions", MotionLibrary.dataFile(manifest, robot.name)));
  return { manifest, data };
}

/** A robot's shipped motions. */
export async function loadMotions(robot: RobotSpec): Promise<MotionLibrary> {
  return libraryOf(await readMotions(robot));
}
