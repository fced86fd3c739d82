import { Rng, UsageError } from "../../../common/index.ts";
import type { Engine, ModelSource } from "../../engine/index.ts";
import { h1 } from "../../robots/h1.ts";
import { h12, h12Full } from "../../robots/h1-2.ts";
import type { RobotSpec } from "../../robots/robot.ts";
import { MOTION_RATE_HZ } from "../motion.ts";
import type { MotionData, MotionDifficulty, MotionEntry, MotionManifest } from "../motion-file.ts";
import type { MotionTag } from "../motion-tags.ts";
import { SKETCHES } from "./clips/index.ts";
import { encodeMotions } from "./encode.ts";
import { closestApproach, measureMotion } from "./measure.ts";
import { MotionBody } from "./motion-body.ts";
import type { Sketch } from "./sketch.ts";
import { Stage } from "./stage.ts";

/** Least distance between parts of the robot in any motion, m. */
const LEAST_CLEARANCE = 0.015;
/** Shortest motion, s; shorter ones end with a rest. */
const SHORTEST = 4;
/** One in so many motions is held out of training; mirror images go with their originals. */
const EVAL_EVERY = 5;

/** The robots that motions are generated for, and those that share their files. */
const MOTION_ROBOTS: readonly { robot: RobotSpec; sharedBy: readonly RobotSpec[] }[] = [
  { robot: h12, sharedBy: [h12Full] },
  { robot: h1, sharedBy: [] },
];

/** Everything that goes into the motions folder, by file name. */
export type MotionFiles = ReadonlyMap<string, string>;

/**
 * Draws all motions for all robots. The same seed gives the same bytes on any machine.
 *
 * @param readRobot reads a robot's model
 * @param command what to note in the manifest as the way to make these files again
 * @throws UsageError where a motion comes too close to the robot's body or too fast for its limits
 */
export function generateMotions(
  engine: Engine,
  readRobot: (robot: RobotSpec) => ModelSource,
  seed: number,
  command: string,
): MotionFiles {
  const files = new Map<string, string>();
  const measured = new Map<string, ReadonlyMap<string, MotionDifficulty>>();
  for (const { robot } of MOTION_ROBOTS) {
    using model = engine.compile(readRobot(robot));
    using body = new MotionBody(engine, model, robot);
    const drawn = drawMotions(body, seed);
    measured.set(robot.name, drawn.difficulties);
    files.set(`${robot.name}.json`, formatData(drawn.data));
  }
  files.set("manifest.json", formatManifest(manifest(measured, seed, command)));
  return files;
}

/** Draws all motions for one robot. */
export function drawMotions(
  body: MotionBody,
  seed: number,
  sketches: readonly Sketch[] = SKETCHES,
): { data: MotionData; difficulties: ReadonlyMap<string, MotionDifficulty> } {
  const clips = new Map<string, readonly Float64Array[]>();
  const difficulties = new Map<string, MotionDifficulty>();
  for (const sketch of sketches) {
    const frames = drawMotion(body, sketch, seed);
    const closest = closestApproach(body, frames);
    if (closest.distance < LEAST_CLEARANCE) {
      throw new UsageError(
        `The motion "${sketch.name}" brings ${closest.parts.join(" and ")} of ${body.robot.name} within ${closest.distance.toFixed(3)} m at ${closest.time.toFixed(1)} s.`,
        `Keep ${LEAST_CLEARANCE} m.`,
      );
    }
    clips.set(sketch.name, frames);
    difficulties.set(sketch.name, measureMotion(body, frames, closest));
  }
  return { data: encodeMotions(body, clips), difficulties };
}

/** Draws one motion: frames of nine joint angles, at 50 a second, from the default pose and back to it. */
function drawMotion(body: MotionBody, sketch: Sketch, seed: number): readonly Float64Array[] {
  const stage = sketch.draw(new Stage(body, new Rng(seed).fork(sketch.name)));
  const missing = SHORTEST - (stage.frames.length - 1) / MOTION_RATE_HZ;
  if (missing > 0) stage.hold(missing);
  return stage.frames;
}

function manifest(
  measured: ReadonlyMap<string, ReadonlyMap<string, MotionDifficulty>>,
  seed: number,
  command: string,
): MotionManifest {
  const shared = MOTION_ROBOTS.flatMap(({ robot, sharedBy }) =>
    [robot, ...sharedBy].map(({ name }) => [name, `${robot.name}.json`] as const),
  );
  return {
    format: "contrapposto-motion-manifest",
    version: 1,
    command,
    seed,
    rateHz: MOTION_RATE_HZ,
    files: Object.fromEntries(shared),
    motions: SKETCHES.flatMap((sketch, i) => entries(sketch, i, measured)),
  };
}

/** A motion's line in the manifest, and its mirror image's. */
function entries(
  sketch: Sketch,
  index: number,
  measured: ReadonlyMap<string, ReadonlyMap<string, MotionDifficulty>>,
): MotionEntry[] {
  const robots: Record<string, MotionDifficulty> = {};
  for (const [robot, difficulties] of measured) {
    const difficulty = difficulties.get(sketch.name);
    if (difficulty !== undefined) robots[robot] = difficulty;
  }
  const { name, description, tags, mirror } = sketch;
  const split = index % EVAL_EVERY === EVAL_EVERY - 1 ? "eval" : "train";
  const original: MotionEntry = { name, description, tags: [...tags], split, robots };
  if (mirror === undefined) return [original];
  const image = {
    name: mirror,
    description: otherHand(description),
    tags: tags.map(otherTag),
    split,
    mirrorOf: name,
    robots,
  } as const;
  return [original, image];
}

function otherTag(tag: MotionTag): MotionTag {
  if (tag === "right") return "left";
  return tag === "left" ? "right" : tag;
}

function otherHand(description: string): string {
  return description.replace(/\b(left|right)\b/g, (side) => (side === "left" ? "right" : "left"));
}

/** One clip a line, so that a difference shows which clips changed. */
function formatData({ clips, ...head }: MotionData): string {
  const lines = Object.entries(clips).map(
    ([name, clip]) => `${JSON.stringify(name)}:${JSON.stringify(clip)}`,
  );
  return `${JSON.stringify(head).slice(0, -1)},"clips":{\n${lines.join(",\n")}\n}}\n`;
}

function formatManifest({ motions, ...head }: MotionManifest): string {
  const lines = motions.map((motion) => `  ${JSON.stringify(motion)}`);
  return `${JSON.stringify(head, null, 2).slice(0, -2)},\n  "motions": [\n${lines.join(",\n")}\n  ]\n}\n`;
}
