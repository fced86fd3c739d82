import { type Part, Rng } from "../../common/index.ts";
import type { MirrorMaps, SessionOptions, TensorFile } from "../../learn/index.ts";
import {
  jointMirror,
  type MotionTexts,
  observationMirror,
  type RobotSpec,
  type TaskConfig,
  type World,
} from "../../sim/index.ts";
import type { PolicyFile } from "../file/policy-file.ts";
import { OpponentPool } from "./opponent-pool.ts";
import type { StageConfig } from "./stage-config.ts";

/** What a trainer is made of. */
export interface StageSetup {
  readonly config: StageConfig;
  readonly world: World;
  readonly motions: MotionTexts;
  /** The files of `config.opponents`, in that order. */
  readonly opponents?: readonly PolicyFile[];
  /** Simulation threads; 0 simulates in this one. */
  readonly workers: number;
  /** Milliseconds of a monotonic clock, to report how long things take; no result depends on it. */
  readonly now: () => number;
  /** Goes on from here. */
  readonly checkpoint?: TensorFile | undefined;
  readonly session?: SessionOptions;
}

/** The batch that a stage trains on, from an iteration on. */
export function batchOf({ config, world, motions }: StageSetup, iteration: number) {
  const { robot, robotModel, scene } = world;
  if ("kind" in scene)
    throw new RangeError("Training makes its ground itself: give a scene, and the terrain in the config.");
  const { seed, motionDraw: draw, motionWidth: width, motionRanking: ranking, isWaistStill } = config;
  const { calmMotions: calm } = config;
  return {
    robot,
    models: { robot: robotModel, scene },
    task: config.task,
    numEnvs: config.numEnvs,
    // A run that goes on must not draw the episodes of its beginning again.
    seed: iteration === 0 ? seed : new Rng(seed).fork(`iteration ${iteration}`).uint32(),
    motions: { ...motions, draw, width, ranking, calm, isWaistStill },
    terrain: config.terrain,
  };
}

/** The frozen networks of a stage; none where it has none. */
export async function loadOpponents(
  setup: StageSetup,
  parts: readonly Part[],
): Promise<OpponentPool | undefined> {
  const { config, opponents = [], session = {} } = setup;
  if (opponents.length !== config.opponents.length)
    throw new RangeError(
      `${opponents.length} opponents were given, ${config.opponents.length} are configured.`,
    );
  if (opponents.length === 0) return undefined;
  return await OpponentPool.load(opponents, parts, {
    seed: config.seed,
    samples: config.opponentAction === "sample",
    session,
  });
}

/** How everything that the learner handles looks in a mirror. */
export function mirrorMaps(robot: RobotSpec, task: TaskConfig): MirrorMaps {
  const all = robot.joints.map((joint) => joint.name);
  const driven = task.actions[0].joints;
  const of = (name: string) => {
    const group = task.observations.find((candidate) => candidate.name === name);
    return observationMirror(robot, group?.terms ?? [], group?.joints ?? all, driven);
  };
  return { obs: of("policy"), criticObs: of("critic"), actions: jointMirror(robot, driven) };
}
