import type { BenchResult } from "../src/app/commands/bench.ts";
import { loadWorld } from "../src/app/worlds.ts";
import { hashFloats, quantile, Rng } from "../src/common/index.ts";
import { almiLowerTask } from "../src/policies/index.ts";
import {
  compileWorld,
  Engine,
  Environment,
  type PlantConfig,
  type Simulation,
  TaskConfig,
} from "../src/sim/index.ts";
import { VecEnv } from "../src/sim/node.ts";
import { benchResult } from "./bench-result.ts";

/** Control steps of a round, before both sides start from the same standing robot again. */
const ROUND = 25;
const WARM_UP_ROUNDS = 40;
const ROUNDS = 120;
/** Environments of a batch, its control steps in a turn, and turns. */
const BATCH = 64;
const TURN = 4;
const TURNS = 40;

/** The two ways in which we run physics: as the motors do, and as training does. */
const SETTINGS = [
  {
    name: "torque 0.002 x 10, all contacts",
    plant: { timestep: 0.002, decimation: 10, collisions: "full", frictionLoss: true },
  },
  {
    name: "torque 0.005 x 4, feet and ground",
    plant: { timestep: 0.005, decimation: 4, collisions: "feet", frictionLoss: false },
  },
] as const;

const world = loadWorld({ robot: "h1_2", scene: "flat", seed: 0 });

/**
 * What our environment costs over bare MuJoCo (the same model, the same PD loop at each physics step, nothing else),
 * in one process and in many short alternating rounds; and what a second worker brings. Both roads must end in the
 * same bits before anything is timed.
 */
export async function benchPhysics(): Promise<BenchResult> {
  const engine = await Engine.load();
  const overhead = SETTINGS.flatMap(({ name, plant }) => environmentOverBare(engine, name, taskWith(plant)));
  return benchResult("physics", [...overhead, await twoWorkersOverOne(taskWith(SETTINGS[1].plant))]);
}

/** ALMI's task with all its terms and randomised masses, but for pushes, which would tear the two sides apart. */
function taskWith(plant: Partial<PlantConfig>): TaskConfig {
  const { plant: almi, ...task } = almiLowerTask(world.robot);
  const randomization = { ...almi.randomization, actionDelay: [0, 0] };
  return TaskConfig.parse({ ...task, pushes: undefined, plant: { ...almi, ...plant, randomization } });
}

function environmentOverBare(engine: Engine, name: string, task: TaskConfig): BenchResult["results"] {
  using model = compileWorld(engine, world, task.plant).model;
  using env = new Environment(engine.simulate(model), world.robot, task, new Rng(1));
  using simulation = engine.simulate(model);
  const start = standing(env);
  const bare = new BareLoop(env, simulation);
  const actions = Array.from({ length: ROUND }, (_, step) =>
    Float32Array.from({ length: env.actionSize }, (_, k) => 0.3 * Math.sin(0.4 * step + k)),
  );
  simulation.restore(start);
  const sides = [() => stepAll(env, actions), () => bare.stepAll(actions)] as const;
  const [inEnvironment, alone] = timeInTurns(sides, () => {
    if (env.plant.stateHash() !== simulation.hash())
      throw new Error("Environment and bare loop end in different states; nothing was timed.");
    env.plant.overwrite(start);
    simulation.restore(start);
  });
  const ratios = inEnvironment.map((time, i) => alone[i] / time);
  const perSecond = (times: Float64Array) => ROUND / quantile(times, 0.5);
  const [ours, theirs] = [perSecond(inEnvironment), perSecond(alone)];
  const ratio = quantile(ratios, 0.5);
  const { decimation } = task.plant;
  return [
    { metric: `environment steps, ${name}`, value: ours, unit: "1/s", baseline: theirs, ratio },
    {
      metric: `physics steps, ${name}`,
      value: ours * decimation,
      unit: "1/s",
      baseline: theirs * decimation,
      ratio,
    },
  ];
}

/** The state of a robot that has come to rest on its feet. */
function standing(env: Environment): Float64Array {
  const still = new Float32Array(env.actionSize);
  for (let step = 0; step < ROUND; step++) env.step(still);
  return env.plant.simulation.save();
}

function stepAll(env: Environment, actions: readonly Float32Array[]): void {
  for (const action of actions) env.step(action);
}

/** What anybody would write who wants nothing but MuJoCo: kept views, PD torque, `mj_step`. */
class BareLoop {
  readonly #env: Environment;
  readonly #simulation: Simulation;

  constructor(env: Environment, simulation: Simulation) {
    this.#env = env;
    this.#simulation = simulation;
  }

  stepAll(actions: readonly Float32Array[]): void {
    const { plant, config } = this.#env;
    const { joints } = plant.robot;
    const { qpos, qvel, ctrl } = this.#simulation.views;
    const { qpos: qposOf, dof, actuator } = plant.index;
    const { mujoco, handle: model } = this.#simulation.model;
    const { handle: data } = this.#simulation;
    const kp = Float64Array.from(joints, (joint) => joint.kp);
    const kd = Float64Array.from(joints, (joint) => joint.kd);
    const limit = Float64Array.from(joints, (joint) => joint.torqueLimit);
    const target = Float64Array.from(joints, (joint) => joint.default);
    for (const action of actions) {
      for (let k = 0; k < action.length; k++) target[k] = joints[k].default + 0.25 * action[k];
      for (let substep = 0; substep < config.plant.decimation; substep++) {
        for (let j = 0; j < actuator.length; j++) {
          const tau = kp[j] * (target[j] - qpos[qposOf[j]]) - kd[j] * qvel[dof[j]];
          ctrl[actuator[j]] = Math.min(limit[j], Math.max(-limit[j], tau));
        }
        mujoco.mj_step(model, data);
      }
    }
  }
}

/**
 * Seconds of each side in each round, the order changing from round to round so that whatever else the machine does
 * hits both alike. `between` checks and rewinds.
 */
function timeInTurns(sides: readonly (() => void)[], between: () => void): Float64Array[] {
  const times = sides.map(() => new Float64Array(ROUNDS));
  for (let round = -WARM_UP_ROUNDS; round < ROUNDS; round++) {
    for (const i of round % 2 === 0 ? [0, 1] : [1, 0]) {
      const start = performance.now();
      sides[i]();
      if (round >= 0) times[i][round] = (performance.now() - start) / 1000;
    }
    between();
  }
  return times;
}

async function twoWorkersOverOne(task: TaskConfig): Promise<BenchResult["results"][number]> {
  if ("kind" in world.scene) throw new Error("The batch needs a scene that is a model.");
  const models = { robot: world.robotModel, scene: world.scene };
  const setup = { robot: world.robot, models, task, numEnvs: BATCH, seed: 1 };
  await using one = await VecEnv.create(setup, 1);
  await using two = await VecEnv.create(setup, 2);
  const times: number[][] = [[], []];
  const rng = new Rng(1);
  for (let turn = -TURNS / 2; turn < TURNS; turn++) {
    const actions = Float32Array.from(one.arrays.actions, () => rng.uniform(-0.3, 0.3));
    for (const [i, env] of turn % 2 === 0
      ? ([
          [0, one],
          [1, two],
        ] as const)
      : ([
          [1, two],
          [0, one],
        ] as const)) {
      env.arrays.actions.set(actions);
      const start = performance.now();
      for (let step = 0; step < TURN; step++) await env.step();
      if (turn >= 0) times[i].push((performance.now() - start) / 1000);
    }
    if (digest(one) !== digest(two)) throw new Error("One worker and two give different results.");
  }
  const [alone, both] = times;
  const perSecond = (seconds: number[]) => (TURN * BATCH) / quantile(seconds, 0.5);
  return {
    metric: `two workers, ${BATCH} environments, ${SETTINGS[1].name}`,
    value: perSecond(both),
    unit: "environment steps/s",
    baseline: perSecond(alone),
    ratio: quantile(
      alone.map((time, i) => time / both[i]),
      0.5,
    ),
  };
}

function digest({ arrays }: VecEnv): string {
  return [...arrays.observations.values(), arrays.reward].map(hashFloats).join("");
}
