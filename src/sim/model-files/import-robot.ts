import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { basename, dirname, extname, join, posix } from "node:path";
import { UsageError } from "../../common/index.ts";
import { canonicalMjcf, type Engine, folderOf, type ModelSource, mainText } from "../engine/index.ts";
import { findBase } from "../robots/body-plan.ts";
import { type DerivedRobot, deriveRobot, GUESS } from "../robots/derive-robot.ts";
import { type JointFacts, jointFacts } from "../robots/joint-facts.ts";
import { urdfVelocityLimits, withFloatingBase, withMotors } from "../robots/model-text.ts";
import { SHIPPED_ROBOTS } from "../robots/registry.ts";
import { RobotFile } from "../robots/robot-file.ts";
import { readModel } from "./read-model.ts";
import { fileReferences } from "./references.ts";

export interface ImportOptions {
  /** Name under which the robot will be known: small letters, digits, _ and -. */
  readonly name: string;
  /** Where users' robots live; the robot gets a folder of its name there. */
  readonly robotsFolder: string;
  /** Replace a robot of that name. */
  readonly replace?: boolean;
}

/** A robot that was imported, and the folder that now holds it. */
export interface ImportedRobot extends DerivedRobot {
  readonly folder: string;
}

/** The model that the import adds where the original has no free joint or no plain motors. */
const DRIVABLE = "contrapposto.xml";

/**
 * Makes a robot of the user's from an MJCF or URDF: copies model and assets, frees the base and adds motors where they
 * are missing, describes joints, feet and default pose in `robot.json`. The folder appears whole or not at all.
 *
 * @param path the model, or a folder that holds exactly one that is not a scene
 * @throws UsageError where the name is taken or the model is no two-legged robot, ModelError where it does not compile
 */
export function importRobot(engine: Engine, path: string, options: ImportOptions): ImportedRobot {
  const folder = claimFolder(options);
  const entry = entryFile(path);
  const original = readModel(entry);
  const isUrdf = extname(entry).toLowerCase() === ".urdf";
  const source = isUrdf ? withMain(original, withFloatingBase(mainText(original))) : original;
  const { facts, drivable, base } = makeDrivable(engine, source, isUrdf);
  using model = engine.compile(drivable);
  const identity = { name: options.name, title: `${basename(entry)}, imported`, model: drivable.main, base };
  const speeds = isUrdf ? urdfVelocityLimits(mainText(original)) : new Map<string, number>();
  const derived = deriveRobot(engine, model, identity, facts, speeds);
  writeRobot(folder, drivable, derived);
  return { ...derived, folder };
}

function claimFolder({ name, robotsFolder, replace = false }: ImportOptions): string {
  if (!/^[a-z0-9][a-z0-9_-]*$/.test(name))
    throw new UsageError(`"${name}" cannot name a robot.`, "Use small letters, digits, _ and -.");
  if (SHIPPED_ROBOTS.some((robot) => robot.name === name))
    throw new UsageError(`"${name}" is a robot of the package.`, "Choose another name.");
  const folder = join(robotsFolder, name);
  if (existsSync(folder) && !replace) {
    throw new UsageError(
      `There is a robot "${name}" already, in ${folder}.`,
      "Choose another name, or replace it.",
    );
  }
  return folder;
}

/** The model file of a path: itself, or in a folder the one model that no scene includes and that includes no robot. */
function entryFile(path: string): string {
  if (!existsSync(path)) throw new UsageError(`There is nothing at "${path}".`, "Check the path.");
  if (!statSync(path).isDirectory()) return path;
  const texts = readdirSync(path)
    .filter((file) => /\.(xml|urdf|mjcf)$/i.test(file))
    .map((file) => ({ file: join(path, file), text: readFileSync(join(path, file), "utf8") }))
    .filter(({ text }) => /<mujoco\b|<robot\b/.test(text));
  const parts = new Set(
    texts.flatMap(({ text }) => fileReferences(text).includes.map((name) => basename(name))),
  );
  const whole = texts.filter(
    ({ file, text }) => /<body\b|<link\b/.test(text) && !/scene/i.test(basename(file)),
  );
  const candidates = whole.length > 1 ? whole.filter(({ file }) => !parts.has(basename(file))) : whole;
  const [only] = candidates;
  if (only !== undefined && candidates.length === 1) return only.file;
  const found = candidates.map(({ file }) => basename(file)).join(", ");
  throw new UsageError(
    `"${path}" holds ${candidates.length} models${found === "" ? "" : `: ${found}`}.`,
    "Name the model file.",
  );
}

/** The source itself if the engine can drive it as it is, or else a converted one beside it. */
function makeDrivable(
  engine: Engine,
  source: ModelSource,
  isUrdf: boolean,
): { facts: readonly JointFacts[]; drivable: ModelSource; base: string } {
  using model = engine.compile(source);
  const facts = jointFacts(model);
  if (facts.length === 0)
    throw new UsageError(`"${source.main}" has no named hinge joint.`, "Name the joints that motors drive.");
  const { name: base, floats } = findBase(model);
  if (!isUrdf && floats && facts.every((fact) => fact.isMotor)) return { facts, drivable: source, base };
  const motors = facts.map((fact) => ({
    joint: fact.name,
    torqueLimit: fact.torqueLimit ?? GUESS.torqueLimit,
  }));
  const text = withMotors(canonicalMjcf(engine, source), motors, floats ? undefined : base);
  const main = posix.join(folderOf(source.main), DRIVABLE);
  return { facts, base, drivable: { main, files: new Map([...source.files, [main, text]]) } };
}

const withMain = (source: ModelSource, text: string): ModelSource => ({
  main: source.main,
  files: new Map([...source.files, [source.main, text]]),
});

function writeRobot(folder: string, source: ModelSource, { robot }: DerivedRobot): void {
  const draft = `${folder}.importing`;
  rmSync(draft, { recursive: true, force: true });
  try {
    for (const [path, content] of source.files) {
      mkdirSync(dirname(join(draft, path)), { recursive: true });
      writeFileSync(join(draft, path), content);
    }
    writeFileSync(join(draft, "robot.json"), `${JSON.stringify(RobotFile.parse(robot), null, 2)}\n`);
    rmSync(folder, { recursive: true, force: true });
    renameSync(draft, folder);
  } finally {
    rmSync(draft, { recursive: true, force: true });
  }
}
