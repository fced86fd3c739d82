import { add, type Example } from "../../learn/index.ts";
import type { RobotSpec } from "../../sim/index.ts";
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
  if (config.half === "lower")
    return {
      base: undefined,
      example: firstSteps(config.task),
      rounds: config.firstSteps,
      isAtFullMotion: false,
    };
  const arms = openLoop(robot, config.task);
  const base = config.addsToOpenLoop ? arms : undefined;
  if (config.half === "upper")
    return {
      base,
      example: arms,
      rounds: config.addsToOpenLoop ? OPEN_LOOP_ROUNDS : 0,
      isAtFullMotion: true,
    };
  const steps = firstSteps(config.task);
  const example: Example = (obs) => add(steps(obs), arms(obs));
  return { base, example, rounds: config.firstSteps, isAtFullMotion: false };
}
