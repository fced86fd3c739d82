import { Rng } from "../../../src/common/index.ts";
import { type ModelSource, modelFromText } from "../../../src/sim/engine/index.ts";
import type { VecEnvSetup } from "../../../src/sim/parallel/env-slice.ts";
import type { VecEnv } from "../../../src/sim/vec-env.ts";
import { sledgeTask } from "../env/sledge-task.ts";
import { sledge, sledgeSources } from "../plant/sledge.ts";

/** Five sledges with every randomness on, in episodes of 0.2 s. */
export const randomBatch = (overrides: Parameters<typeof sledgeTask>[0] = {}): VecEnvSetup => ({
  robot: sledge,
  models: sledgeSources(),
  numEnvs: 5,
  seed: 11,
  task: sledgeTask({
    plant: {
      timestep: 0.005,
      decimation: 4,
      randomization: {
        footFriction: [0.3, 1.2],
        baseMassAdded: [-3, 5],
        linkMassScale: [0.8, 1.2],
        comOffset: [0.02, 0.02, 0.02],
        kpScale: [0.8, 1.2],
        jointFriction: [0, 0.1],
        actionDelay: [0, 0.03],
      },
      sensors: { jointPosNoise: 0.01, gyroBias: 0.1, tiltNoise: 0.02 },
    },
    episodeSeconds: 0.2,
    observations: [
      {
        name: "policy",
        actionGroup: "feet",
        isNoisy: true,
        terms: [
          { name: "base_ang_vel", noise: 0.1, history: 2 },
          { name: "joint_pos" },
          { name: "last_action" },
        ],
      },
      {
        name: "critic",
        actionGroup: "feet",
        isPrivileged: true,
        terms: [{ name: "base_lin_vel" }, { name: "velocity_command" }],
      },
    ],
    pushes: { everySeconds: 0.06, speed: 0.5 },
    commands: { resampleSeconds: 0.1 },
    reset: { jointOffset: 0.2, baseVel: 0.3, yaw: 3, position: 1, drop: 0.02 },
    ...overrides,
  }),
});

/** Sledges whose motors have no torque limit to speak of, so that an absurd action breaks the physics. */
export function breakableBatch(): VecEnvSetup {
  const { robot, scene } = sledgeSources();
  const strong = (source: ModelSource) =>
    modelFromText(
      String(source.files.get(source.main)).replaceAll(
        /actuatorfrcrange="[^"]*"/g,
        'actuatorfrcrange="-9e9 9e9"',
      ),
      source.main,
    );
  return {
    robot: { ...sledge, joints: sledge.joints.map((joint) => ({ ...joint, torqueLimit: 9e9 })) },
    models: { robot: strong(robot), scene },
    numEnvs: 4,
    seed: 1,
    task: sledgeTask({
      actions: [
        { name: "feet", joints: ["right_ankle_joint", "left_ankle_joint"] },
        { name: "arm", joints: ["elbow_joint"], clip: 1e8 },
      ],
    }),
  };
}

/** Writes new random actions for all environments. */
export function act(env: VecEnv, rng: Rng): void {
  for (let i = 0; i < env.arrays.actions.length; i++) env.arrays.actions[i] = rng.uniform(-1, 1);
}

/** Everything that a batch puts out over some steps, as one text. */
export async function trace(env: VecEnv, steps: number): Promise<string> {
  const rng = new Rng(3);
  const { observations, finalObservations, reward, terminated, timedOut, episodeLength, episodeRewards } =
    env.arrays;
  const lines: unknown[] = [...observations.values()].map((values) => [...values]);
  for (let step = 0; step < steps; step++) {
    act(env, rng);
    await env.step();
    lines.push(
      [...observations.values(), ...finalObservations.values()].map((values) => [...values]),
      [...reward],
      [...terminated],
      [...timedOut],
      [...episodeLength],
      [...episodeRewards],
    );
  }
  return JSON.stringify(lines);
}
