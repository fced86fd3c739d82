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

/** The curriculum of one episode of a task, as hard as is drawn. Takes no draw where all are equally hard, so that seeds mean what they meant. */
export function drawHardness(curriculum: Curriculum, { leastHardness }: TaskConfig, rng: Rng): Curriculum {
  const hardness = leastHardness === 1 ? 1 : rng.uniform(leastHardness, 1);
  const { motionAmplitude, variety } = curriculum;
  return { ...curriculum, motionAmplitude: hardness * motionAmplitude, variety: hardness * variety };
}

/** Whether an episode is calm: standing is all it asks for, and nobody pushes. Takes no draw where none is. */
export function drawCalm({ calmShare }: TaskConfig, rng: Rng): boolean {
  return calmShare > 0 && rng.uniform() < calmShare;
}
