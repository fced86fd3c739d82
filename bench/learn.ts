import type { BenchResult } from "../src/app/commands/bench.ts";
import { quantile, Rng } from "../src/common/index.ts";
import {
  adam,
  adamInputs,
  carry,
  clipByNorm,
  encodeModel,
  float32Tensor,
  Graph,
  gradients,
  InferenceSession,
  lstm,
  lstmWeights,
  mean,
  mlp,
  Parameters,
  Ppo,
  PpoConfig,
  reshape,
  square,
  sub,
  TrainingSession,
  type VecEnvironment,
  type VecStep,
} from "../src/learn/index.ts";
import { benchResult } from "./bench-result.ts";

const BATCH = 4096;
const SIZES = [65, 256, 128, 12] as const;
const NUM_ENVS = 1024;
const ALMI = { rolloutLength: 24, epochs: 5, minibatches: 4 } as const;
const OBSERVATIONS = { actor: 65, critic: 68 } as const;
const ACTIONS = 12;
const ROUNDS = 15;

type Row = BenchResult["results"][number];

/**
 * How fast networks learn. First an MLP 65-256-128-12 on 4096 rows: forward, backward, gradient clipping and Adam in
 * one session, in GFLOP/s of its matrix products. Then PPO with networks of ALMI's size (LSTM 64 and MLP 64-32-12;
 * critic 68-64-32-1) on 24 steps of 1024 environments, five passes in four minibatches, in samples of experience per
 * second. The baseline of both is three times the forward pass of the same networks. Gradient and learning are checked
 * before anything is timed.
 */
export async function benchLearn(): Promise<BenchResult> {
  const rows: Row[] = [];
  for (const [threads, label] of [
    [1, "one thread"],
    [2, "two threads"],
  ] as const) {
    rows.push(await timeMlp(threads, label), ...(await timePpo(threads, label)));
  }
  return benchResult("learn", rows);
}

async function timeMlp(threads: number, label: string): Promise<Row> {
  using training = await mlpTraining(threads);
  using forward = await mlpForward(threads);
  await checkMlp(training);
  const [learning, passing] = await timeInTurns(() => training.session.step(), forward.run);
  const macs = SIZES.slice(1).reduce((sum, size, i) => sum + size * SIZES[i], 0);
  // Forward, and backward to weights and inputs, but for the inputs of the first layer.
  const flop = BATCH * (6 * macs - 2 * SIZES[0] * SIZES[1]);
  return compared(`MLP forward, backward and Adam, ${label}`, flop / 1e6, "GFLOP/s", learning, 3 * passing);
}

async function timePpo(threads: number, label: string): Promise<readonly Row[]> {
  const env = new NoiseEnvironment();
  const config = PpoConfig.parse({
    actor: { kind: "lstm", recurrentSize: 64, hidden: [64, 32] },
    critic: { hidden: [64, 32] },
    ...ALMI,
  });
  using ppo = await Ppo.create(env, config, { seed: 1, threads });
  using forward = await ppoForward(threads);
  const collecting: number[] = [];
  await ppo.collect();
  checkPpo(await ppo.learn(), ppo);
  const [learning, passing] = await timeInTurns(
    () => ppo.learn(),
    forward.run,
    async () => {
      const start = performance.now();
      await ppo.collect();
      collecting.push(performance.now() - start);
    },
  );
  const samples = 1000 * NUM_ENVS * ALMI.rolloutLength;
  const passes = 3 * ALMI.epochs * ALMI.minibatches * passing;
  const acting = samples / quantile(collecting, 0.5);
  return [
    compared(`PPO learning, ${label}`, samples, "samples/s", learning, passes),
    { metric: `PPO acting, ${label}`, value: acting, unit: "samples/s", baseline: null, ratio: null },
  ];
}

function compared(metric: string, work: number, unit: string, ms: number, baselineMs: number): Row {
  return { metric, value: work / ms, unit, baseline: work / baselineMs, ratio: baselineMs / ms };
}

/** Median durations of both, ms, taken in turns after a warm-up; `prepare` is called before each of the first. */
async function timeInTurns(
  a: () => Promise<unknown>,
  b: () => Promise<unknown>,
  prepare: () => Promise<unknown> = async () => {},
): Promise<readonly [number, number]> {
  const durations: [number[], number[]] = [[], []];
  for (let round = -2; round < ROUNDS; round++) {
    await prepare();
    for (const [side, run] of [a, b].entries()) {
      const start = performance.now();
      await run();
      if (round >= 0) durations[side].push(performance.now() - start);
    }
  }
  return [quantile(durations[0], 0.5), quantile(durations[1], 0.5)];
}

/** One step of learning a fixed batch by heart. */
async function mlpTraining(threads: number) {
  const graph = new Graph();
  const parameters = new Parameters(graph);
  const y = mlp(parameters, "net", graph.input("x", [BATCH, SIZES[0]]), SIZES.slice(1));
  const loss = mean(square(sub(y, graph.input("y", [BATCH, SIZES[3]]))));
  const { layout } = parameters;
  const flat = graph.input("parameters", [layout.size]);
  parameters.bindTo(flat);
  const [gradient] = gradients(loss, [flat]);
  const before = adamInputs(graph, layout.size);
  const after = adam(flat, clipByNorm(gradient, 1).gradient, before, graph.input("rate", []));
  carry(graph, flat, after.parameters);
  carry(graph, before.firstMoment, after.state.firstMoment);
  carry(graph, before.secondMoment, after.state.secondMoment);
  carry(graph, before.step, after.state.step);
  graph.output("loss", loss);
  graph.output("gradient", gradient);
  const rate = new Float32Array(1);
  const feeds = { x: noise(BATCH, SIZES[0]), y: noise(BATCH, SIZES[3]), rate: float32Tensor("", [], rate) };
  const session = await TrainingSession.create(graph, feeds, { threads });
  session.state("parameters").set(layout.initial(new Rng(1)));
  return { session, rate, [Symbol.dispose]: () => session[Symbol.dispose]() };
}

/** Compares the gradient with a difference along it, and sees the loss fall. */
async function checkMlp({ session, rate }: Awaited<ReturnType<typeof mlpTraining>>): Promise<void> {
  const lossAt = async (parameters: Float32Array): Promise<number> => {
    session.state("parameters").set(parameters);
    await session.step();
    return session.result("loss")[0];
  };
  const start = session.state("parameters").slice();
  const first = await lossAt(start);
  const gradient = session.result("gradient").slice();
  const norm = Math.sqrt(gradient.reduce((sum, g) => sum + g * g, 0));
  const moved = (by: number): Float32Array => start.map((p, i) => p + (by * gradient[i]) / norm);
  const slope = ((await lossAt(moved(0.05))) - (await lossAt(moved(-0.05)))) / 0.1;
  if (!(Math.abs(slope / norm - 1) < 0.01))
    throw new Error(`The gradient's norm is ${norm}, but the loss rises by ${slope}; nothing was timed.`);
  rate[0] = 1e-3;
  session.state("parameters").set(start);
  for (let i = 0; i < 30; i++) await session.step();
  const last = session.result("loss")[0];
  if (!(last < first)) throw new Error(`The loss went from ${first} to ${last}; nothing was timed.`);
}

function checkPpo(summary: Awaited<ReturnType<Ppo["learn"]>>, ppo: Ppo): void {
  // Observations and rewards are noise, so there is nothing to learn but the mean return.
  if (!(summary.gradientNorm > 0 && summary.kl > 0 && ppo.parameters.every(Number.isFinite)))
    throw new Error(`The update does nothing sensible: ${JSON.stringify(summary)}; nothing was timed.`);
}

async function mlpForward(threads: number) {
  const graph = new Graph();
  const parameters = new Parameters(graph);
  const y = mlp(parameters, "net", graph.input("x", [BATCH, SIZES[0]]), SIZES.slice(1));
  graph.output("y", y);
  return forwardPass(graph, parameters, threads);
}

/** The forward pass of actor and critic on one minibatch. */
async function ppoForward(threads: number) {
  const graph = new Graph();
  const parameters = new Parameters(graph);
  const [time, columns] = [ALMI.rolloutLength, NUM_ENVS / ALMI.minibatches];
  const weights = lstmWeights(parameters, "lstm", OBSERVATIONS.actor, 64);
  const start = { h: graph.input("h", [columns, 64]), c: graph.input("c", [columns, 64]) };
  const obs = graph.input("obs", [time, columns, OBSERVATIONS.actor]);
  const { outputs } = lstm(weights, obs, start, graph.input("keep", [time, columns, 1]));
  graph.output("actions", mlp(parameters, "actor", outputs, [64, 32, ACTIONS]));
  const criticObs = graph.input("criticObs", [time, columns, OBSERVATIONS.critic]);
  graph.output("values", reshape(mlp(parameters, "critic", criticObs, [64, 32, 1]), [time, columns]));
  return forwardPass(graph, parameters, threads);
}

async function forwardPass(graph: Graph, parameters: Parameters, threads: number) {
  const { layout } = parameters;
  parameters.bindTo(graph.input("parameters", [layout.size]));
  const session = await InferenceSession.load(encodeModel(graph.model()), { threads });
  const inputs = session.inputs.map(({ name, dims }) => [name, noise(...dims.map(Number))] as const);
  const outputs = session.outputs.map(({ name }) => [name, session.output(name)] as const);
  const bound = session.bind(
    {
      ...Object.fromEntries(inputs),
      parameters: float32Tensor("", [layout.size], layout.initial(new Rng(1))),
    },
    Object.fromEntries(outputs),
  );
  return { run: () => bound.run(), [Symbol.dispose]: () => session[Symbol.dispose]() };
}

function noise(...dims: readonly number[]) {
  const rng = new Rng(7);
  const size = dims.reduce((product, dim) => product * dim, 1);
  return float32Tensor(
    "",
    dims,
    Float32Array.from({ length: size }, () => rng.uniform(-1, 1)),
  );
}

/** An environment that costs nothing: noise for observations and rewards, and episodes of about a hundred steps. */
class NoiseEnvironment implements VecEnvironment {
  readonly numEnvs = NUM_ENVS;
  readonly observationSizes = OBSERVATIONS;
  readonly actionSize = ACTIONS;
  readonly parts = [{ first: 0, count: NUM_ENVS }];
  readonly #step: VecStep;
  #t = 0;

  constructor() {
    const n = this.numEnvs;
    this.#step = {
      obs: noise(n, OBSERVATIONS.actor).data as Float32Array,
      criticObs: noise(n, OBSERVATIONS.critic).data as Float32Array,
      reward: noise(n).data as Float32Array,
      terminated: new Uint8Array(n),
      timedOut: new Uint8Array(n),
      terminalCriticObs: noise(n, OBSERVATIONS.critic).data as Float32Array,
    };
  }

  reset(): VecStep {
    return this.#step;
  }

  send(): void {
    this.#t++;
    const { terminated, timedOut } = this.#step;
    for (let i = 0; i < this.numEnvs; i++) {
      terminated[i] = (this.#t + i) % 100 === 0 ? 1 : 0;
      timedOut[i] = (this.#t + i) % 150 === 1 ? 1 : 0;
    }
  }

  receive(): VecStep {
    return this.#step;
  }
}
