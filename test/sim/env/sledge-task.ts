import { Rng } from "../../../src/common/index.ts";
import type { Engine, Model } from "../../../src/sim/engine/index.ts";
import { Environment } from "../../../src/sim/env.ts";
import { compilePlantModel } from "../../../src/sim/plant/plant.ts";
import { TaskConfig } from "../../../src/sim/tasks/task-config.ts";
import { sledge, sledgeSources } from "../plant/sledge.ts";

type TaskOverrides = Partial<Parameters<typeof TaskConfig.parse>[0] & object>;

/** The feet as one action group, the arm as another; every ingredient of an environment in small. */
export const sledgeTask = (overrides: TaskOverrides = {}): TaskConfig =>
  TaskConfig.parse({
    plant: { timestep: 0.005, decimation: 4 },
    episodeSeconds: 0.4,
    actions: [
      { name: "feet", joints: ["right_ankle_joint", "left_ankle_joint"], clip: 2 },
      { name: "arm", joints: ["elbow_joint"], scale: [0.5] },
    ],
    observations: [
      {
        name: "policy",
        actionGroup: "feet",
        terms: [
          { name: "base_ang_vel", noise: 0.1 },
          { name: "velocity_command" },
          { name: "joint_pos" },
          { name: "last_action" },
        ],
      },
      {
        name: "critic",
        actionGroup: "arm",
        isPrivileged: true,
        terms: [{ name: "base_lin_vel" }, { name: "joint_reference" }, { name: "last_action" }],
      },
    ],
    rewardedGroup: "feet",
    rewards: {
      alive: { weight: 2 },
      action_rate: { weight: -1 },
      track_lin_vel: { weight: 1, params: { sigma: 1 } },
    },
    fall: { minHeight: 0.02 },
    reset: { drop: 0 },
    ...overrides,
  });

/** An environment and the model below it. */
export class SledgeWorld implements Disposable {
  readonly model: Model;
  readonly env: Environment;

  constructor(
    engine: Engine,
    task: TaskConfig,
    seed = 1,
    world?: ConstructorParameters<typeof Environment>[4],
  ) {
    this.model = compilePlantModel(engine, sledge, sledgeSources(), task.plant);
    this.env = new Environment(engine.simulate(this.model), sledge, task, new Rng(seed), world);
  }

  [Symbol.dispose](): void {
    this.env[Symbol.dispose]();
    this.model[Symbol.dispose]();
  }
}
