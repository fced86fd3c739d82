import type { Rng } from "../common/index.ts";
import type { VelocityCommandConfig } from "./mdp/commands.ts";
import type { PushConfig } from "./mdp/events.ts";
import type { TaskConfig } from "./tasks/task-config.ts";

/** Numbers that a curriculum turns while training; read at resets. */
export interface Curriculum {
  readonly commands: VelocityCommandConfig;
  readonly pushes: PushConfig | undefined;
  /** How much of a motion clip is asked for, 0 to 1, and how hard the clips are, 0 (easiest) to 1. */
  readonly motionAmplitude: number;
  readonly motionDifficulty: number;
  /** Factor on reward terms that only help learning along, 1 to 0. */
  readonly shaping: number;
  /** Share of the task's harness that holds the robot up, 1 to 0. */
  readonly harness: number;
  /** Share of the spread of starts and of physical parameters, 0 to 1. */
  readonly variety: number;
}

/** The curriculum that asks for all that a task has. */
export function allOfTask({ commands, pushes }: TaskConfig): Curriculum {
  return {
    commands,
    pushes,
    motionAmplitude: 1,
    motionDifficulty: 1,
    shaping: 1,
    harness: 1,
    variety: 1,
  };
}

/** What one episode of a task meets. */
export interface Episode {
  readonly motionAmplitude: number;
  readonly motionDifficulty: number;
  readonly variety: number;
  /** Standing is all that it asks for, under whole motions, and nothing disturbs but those. */
  readonly isCalm: boolean;
  /** The robot is the published one, no noise is added to what it observes, and nobody pushes it. */
  readonly isPlain: boolean;
}

/** Draws what an episode meets. Takes no draw for what the task has one kind of, so that seeds mean what they meant. */
export function drawEpisode(curriculum: Curriculum, task: TaskConfig, rng: Rng): Episode {
  const { leastHardness, calmShare, plainShare } = task;
  const { motionAmplitude, motionDifficulty, variety } = curriculum;
  const hardness = leastHardness === 1 ? 1 : rng.uniform(leastHardness, 1);
  const isCalm = calmShare > 0 && rng.uniform() < calmShare;
  const isPlain = plainShare > 0 && rng.uniform() < plainShare;
  return {
    motionAmplitude: isCalm ? motionAmplitude : hardness * motionAmplitude,
    motionDifficulty,
    variety: isCalm || isPlain ? 0 : hardness * variety,
    isCalm,
    isPlain: isCalm || isPlain,
  };
}
