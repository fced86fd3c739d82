// Runs in Node and in the browser: the same source, compared bit for bit by determinism.test.ts.
import { hashFloats, hashText, portableMath, Rng } from "../../src/common/index.ts";
import type { Engine, ModelSource } from "../../src/sim/engine/index.ts";
import { Environment } from "../../src/sim/env.ts";
import { OBSERVATION_TERMS } from "../../src/sim/mdp/observation-terms.ts";
import { compilePlantModel } from "../../src/sim/plant/plant.ts";
import { jointNames, type RobotSpec } from "../../src/sim/robots/robot.ts";
import { TaskConfig } from "../../src/sim/tasks/task-config.ts";

/** What one run came to: equal in two places only if every bit of every step was. */
export interface Trace {
  readonly engine: string;
  readonly modelHash: string;
  readonly physicsSteps: number;
  readonly episodes: number;
  /** After every 100 control steps: digests of the physics, of all observations and of all rewards so far. */
  readonly states: readonly string[];
  readonly observations: readonly string[];
  readonly rewards: readonly string[];
}

export const STEPS = 1000;
const STEPS_PER_DIGEST = 100;

/** A task in which everything that is random is: masses, motors, delay, noise, pushes, commands, resets. */
function task(robot: RobotSpec): TaskConfig {
  const terms = (arePrivileged: boolean) =>
    Object.entries(OBSERVATION_TERMS)
      .filter(([, { isPrivileged = false }]) => isPrivileged === arePrivileged)
      .map(([name]) => ({ name, noise: 0.02 }));
  return TaskConfig.parse({
    plant: {
      randomization: {
        footFriction: [0.5, 1.25],
        baseMassAdded: [-2, 4],
        linkMassScale: [0.9, 1.1],
        comOffset: [0.03, 0.03, 0.03],
        kpScale: [0.9, 1.1],
        jointFriction: [0, 0.5],
        actionDelay: [0, 0.03],
      },
      sensors: { jointPosNoise: 0.01, jointVelNoise: 0.3, gyroNoise: 0.1, tiltNoise: 0.02, tiltBias: 0.02 },
    },
    actions: [{ name: "all", joints: jointNames(robot) }],
    observations: [
      { name: "policy", actionGroup: "all", terms: terms(false), isNoisy: true },
      {
        name: "critic",
        actionGroup: "all",
        terms: [...terms(true), { name: "gait_phase_feet" }, { name: "projected_gravity", history: 3 }],
        isPrivileged: true,
      },
    ],
    rewardedGroup: "all",
    rewards: {
      track_lin_vel: { weight: 2 },
      track_ang_vel: { weight: 1 },
      contact_phase: { weight: 0.2 },
      orientation: { weight: -1 },
      torques: { weight: -1e-5 },
      joint_acc: { weight: -1e-7 },
    },
    commands: { resampleSeconds: 3 },
    pushes: { everySeconds: 2, speed: 0.8, shape: "circle" },
    reset: { jointFactor: [0.9, 1.1], baseVel: 0.2, position: 1, yaw: 3 },
  });
}

/** Moves the whole robot about along seeded smooth curves for `STEPS` control steps, and starts anew where it falls. */
export function runWorkload(
  engine: Engine,
  robot: RobotSpec,
  models: { robot: ModelSource; scene: ModelSource },
): Trace {
  const config = task(robot);
  using model = compilePlantModel(engine, robot, models, config.plant);
  using env = new Environment(engine.simulate(model), robot, config, new Rng(11));
  const actions = new Float32Array(env.actionSize);
  const wave = smoothCurves(actions.length, new Rng(12));
  const trace = { states: [] as string[], observations: [] as string[], rewards: [] as string[] };
  let [observed, rewarded] = ["", ""];
  let episodes = 1;
  for (let step = 1; step <= STEPS; step++) {
    wave(0.02 * step, actions);
    env.step(actions);
    observed = hashText(observed + [...env.observations.values()].map(hashFloats).join());
    rewarded = hashText(rewarded + hashFloats(env.rewardTerms));
    if (env.terminated || env.timedOut) {
      env.reset();
      episodes++;
    }
    if (step % STEPS_PER_DIGEST !== 0) continue;
    trace.states.push(env.plant.stateHash());
    trace.observations.push(observed);
    trace.rewards.push(rewarded);
  }
  const physicsSteps = STEPS * config.plant.decimation;
  return { engine: engine.version, modelHash: env.plant.modelHash, physicsSteps, episodes, ...trace };
}

/** Sums of two sines of random frequency and phase, one curve an entry, about as large as a policy's actions. */
function smoothCurves(count: number, rng: Rng): (time: number, out: Float32Array) => void {
  const waves = Array.from({ length: 2 * count }, () => ({
    size: rng.normal(0, 0.4),
    rate: rng.uniform(0.5, 8),
    phase: rng.uniform(0, 6),
  }));
  return (time, out) => {
    for (let k = 0; k < count; k++) {
      const [a, b] = [waves[2 * k], waves[2 * k + 1]];
      out[k] =
        a.size * portableMath.sin(a.rate * time + a.phase) +
        b.size * portableMath.cos(b.rate * time + b.phase);
    }
  };
}

/** Functions of which ours must agree between JavaScript engines; the engines' own need not. */
export const FUNCTIONS = ["sin", "cos", "exp", "log", "atan2"] as const;

/** Values of a function of ours and of JavaScript's own at `count` seeded places. */
export function sampleFunction(
  name: (typeof FUNCTIONS)[number],
  count: number,
): { portable: Float64Array; native: Float64Array } {
  const rng = new Rng(13).fork(name);
  const portable = new Float64Array(count);
  const native = new Float64Array(count);
  const low = name === "log" ? 1e-6 : -20;
  for (let i = 0; i < count; i++) {
    const x = rng.uniform(low, 20);
    const y = rng.uniform(-20, 20);
    portable[i] = name === "atan2" ? portableMath.atan2(x, y) : portableMath[name](x);
    native[i] = name === "atan2" ? Math.atan2(x, y) : Math[name](x);
  }
  return { portable, native };
}
