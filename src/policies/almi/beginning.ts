import { add, CheckpointError, type Example } from "../../learn/index.ts";
import type { RobotSpec } from "../../sim/index.ts";
import type { PolicyFile } from "../file/policy-file.ts";
import { type SwingPose, swingPose, swingPoseOf } from "../swing-pose.ts";
import { firstSteps } from "./first-steps.ts";
import { openLoop } from "./open-loop.ts";
import type { StageConfig } from "./stage-config.ts";

/** Rounds in which arms learn to add nothing to open-loop control before they learn what to add. */
const OPEN_LOOP_ROUNDS = 4;

/** What fresh networks begin near. */
export interface Beginning {
  /** What the network's output is added to, inside the policy. */
  readonly base: Example | undefined;
  /** What the whole policy copies before it learns by reward, and for how many rounds. */
  readonly example: Example;
  readonly rounds: number;
  /** Whether it is copied at full arm motions, whatever the curriculum asks for. */
  readonly isAtFullMotion: boolean;
}

/**
 * Stepping is hard to find by chance in a body that stands well, and easy to keep once it is there; arms that ask for
 * their reference follow it already, and only have to learn what it takes besides.
 */
export function beginningOf(config: StageConfig, robot: RobotSpec): Beginning {
  const steps = firstSteps(config.task);
  const base = baseOf(config, robot);
  if (config.half === "lower")
    return { base, example: steps, rounds: config.firstSteps, isAtFullMotion: false };
  const arms = openLoop(robot, config.task);
  if (config.half === "upper")
    return {
      base,
      example: arms,
      rounds: config.addsToOpenLoop ? OPEN_LOOP_ROUNDS : 0,
      isAtFullMotion: true,
    };
  const example: Example = (obs) => add(steps(obs), arms(obs));
  return { base, example, rounds: config.firstSteps, isAtFullMotion: false };
}

function baseOf(config: StageConfig, robot: RobotSpec): Example | undefined {
  const swing =
    "swingPose" in config && config.swingPose !== undefined
      ? swingPose(config.task.actions[0], config.swingPose)
      : undefined;
  const arms = "addsToOpenLoop" in config && config.addsToOpenLoop ? openLoop(robot, config.task) : undefined;
  if (swing === undefined || arms === undefined) return swing ?? arms;
  return (obs) => add(swing(obs), arms(obs));
}

/** Throws `CheckpointError` where the network of a policy is added to another swing pose than the config's. */
export function requireSwingPose(config: StageConfig, { graph, spec }: PolicyFile): void {
  const wanted = inWords("swingPose" in config ? config.swingPose : undefined);
  const found = inWords(swingPoseOf(graph, spec));
  if (found === wanted) return;
  throw new CheckpointError(
    `The swing pose of the policy is ${found}, that of the learner ${wanted}.`,
    "Set swingPose in the config to the policy's.",
  );
}

const inWords = (pose: SwingPose | undefined): string => (pose === undefined ? "none" : JSON.stringify(pose));
