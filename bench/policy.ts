import type { BenchResult } from "../src/app/commands/bench.ts";
import { quantile, Rng } from "../src/common/index.ts";
import {
  attribute,
  encodeModel,
  float32Tensor,
  InferenceSession,
  int64Tensor,
  type OnnxModel,
  type OnnxTensor,
} from "../src/learn/index.ts";
import { OnnxPolicy, readPolicyFile } from "../src/policies/index.ts";
import { createControlState, createJointTargets, robotByName } from "../src/sim/index.ts";
import { benchResult } from "./bench-result.ts";

const SIZES = { inputs: 65, hidden: 64, layers: [64, 32, 12] } as const;
const WARM_UP = 2000;
const BLOCKS = 10;
const STEPS = 1000;

/**
 * How long one control step takes, from the robot's state to joint targets: a network of ALMI's size (65 inputs,
 * LSTM 64, MLP 64-32-12, random weights) behind ALMI's observations. The baseline is the bare network. Before
 * anything is timed, the network must agree with its formulas for 200 recurrent steps.
 */
export async function benchPolicy(): Promise<BenchResult> {
  const robot = robotByName("h1_2");
  const model = almiSizedModel(new Rng(1));
  const bytes = encodeModel(model);
  const loading = performance.now();
  using policy = await OnnxPolicy.load(readPolicyFile(bytes), robot);
  const loadMs = performance.now() - loading;
  using session = await InferenceSession.load(bytes);
  const network = bareNetwork(session);
  await checkAgainstFormulas(model, network);
  const state = createControlState(robot);
  const targets = createJointTargets(robot);
  state.command[0] = 0.5;
  const act = async (step: number) => {
    state.time = 0.02 * step;
    for (let i = 0; i < state.q.length; i++) state.q[i] = targets.q[i];
    await policy.act(state, targets);
  };
  const [acting, bare] = await timeInTurns(act, network.run);
  return benchResult("policy", [
    row("control step p50", quantile(acting, 0.5), quantile(bare, 0.5)),
    row("control step p99", quantile(acting, 0.99), quantile(bare, 0.99)),
    row("control step p99.9", quantile(acting, 0.999), quantile(bare, 0.999)),
    { metric: "load a policy file", value: loadMs, unit: "ms", baseline: null, ratio: null },
  ]);
}

function row(metric: string, value: number, baseline: number): BenchResult["results"][number] {
  return { metric, value, unit: "ms", baseline, ratio: value / baseline };
}

type Step = (step: number) => Promise<void>;

/** Durations of both, ms, measured in alternating blocks after a warm-up. */
async function timeInTurns(a: Step, b: Step): Promise<[Float64Array, Float64Array]> {
  const durations: [Float64Array, Float64Array] = [
    new Float64Array(BLOCKS * STEPS),
    new Float64Array(BLOCKS * STEPS),
  ];
  for (let step = 0; step < WARM_UP; step++) {
    await a(step);
    await b(step);
  }
  for (let block = 0; block < BLOCKS; block++)
    for (const [side, run] of [a, b].entries())
      for (let step = block * STEPS; step < (block + 1) * STEPS; step++) {
        const start = performance.now();
        await run(step);
        durations[side][step] = performance.now() - start;
      }
  return durations;
}

interface Network {
  readonly obs: Float32Array;
  readonly actions: Float32Array;
  readonly run: Step;
}

function bareNetwork(session: InferenceSession): Network {
  const inputs = Object.fromEntries(session.inputs.map(({ name }) => [name, session.input(name)]));
  const outputs = Object.fromEntries(session.outputs.map(({ name }) => [name, session.output(name)]));
  const bound = session.bind(inputs, outputs);
  const values = (tensor: { data: unknown }) => tensor.data as Float32Array;
  return {
    obs: values(inputs.obs),
    actions: values(outputs.actions),
    run: async () => {
      await bound.run();
      values(inputs.h_in).set(values(outputs.h_out));
      values(inputs.c_in).set(values(outputs.c_out));
    },
  };
}

function almiSizedModel(rng: Rng): OnnxModel {
  const { inputs, hidden, layers } = SIZES;
  const random = (name: string, ...dims: number[]): OnnxTensor => {
    const size = dims.reduce((product, dim) => product * dim, 1);
    return float32Tensor(
      name,
      dims,
      Float32Array.from({ length: size }, () => rng.uniform(-0.15, 0.15)),
    );
  };
  const sizes = [hidden, ...layers];
  const mlp = layers.flatMap((size, i) => [random(`w${i}`, size, sizes[i]), random(`b${i}`, size)]);
  const port = (name: string, ...shape: number[]) => ({ name, type: "float32", shape }) as const;
  return {
    irVersion: 8,
    opsets: [{ domain: "", version: 17 }],
    metadata: {},
    graph: {
      name: "bench",
      inputs: [port("obs", 1, inputs), port("h_in", 1, 1, hidden), port("c_in", 1, 1, hidden)],
      outputs: [port("actions", 1, layers[2]), port("h_out", 1, 1, hidden), port("c_out", 1, 1, hidden)],
      initializers: [
        random("W", 1, 4 * hidden, inputs),
        random("R", 1, 4 * hidden, hidden),
        random("B", 1, 8 * hidden),
        int64Tensor("axis", [0]),
        ...mlp,
      ],
      nodes: [
        { opType: "Unsqueeze", inputs: ["obs", "axis"], outputs: ["x"] },
        {
          opType: "LSTM",
          inputs: ["x", "W", "R", "B", "", "h_in", "c_in"],
          outputs: ["", "h_out", "c_out"],
          attributes: { hidden_size: attribute.int(hidden) },
        },
        { opType: "Squeeze", inputs: ["h_out", "axis"], outputs: ["a0"] },
        ...layers.flatMap((_, i) => {
          const isLast = i === layers.length - 1;
          const z = isLast ? "actions" : `z${i}`;
          const gemm = {
            opType: "Gemm",
            inputs: [`a${i}`, `w${i}`, `b${i}`],
            outputs: [z],
            attributes: { transB: attribute.int(1) },
          };
          return isLast ? [gemm] : [gemm, { opType: "Elu", inputs: [z], outputs: [`a${i + 1}`] }];
        }),
      ],
    },
  };
}

/** Runs the network beside its formulas in double precision, and throws where they part. Leaves its memory changed. */
async function checkAgainstFormulas(model: OnnxModel, network: Network): Promise<void> {
  const rng = new Rng(2);
  const reference = referenceNetwork(model);
  for (let step = 0; step < 200; step++) {
    for (let i = 0; i < network.obs.length; i++) network.obs[i] = Math.fround(rng.normal());
    await network.run(step);
    const expected = reference(network.obs);
    const worst = expected.reduce((most, y, i) => Math.max(most, Math.abs(y - network.actions[i])), 0);
    if (!(worst < 1e-5))
      throw new Error(`The network is off by ${worst} at step ${step}; nothing was timed.`);
  }
}

/** ONNX's LSTM (gates in the order i, o, f, c) and three linear layers with ELU between, with its own memory. */
function referenceNetwork(model: OnnxModel): (obs: ArrayLike<number>) => number[] {
  const weights = new Map(
    model.graph.initializers.map((tensor) => [tensor.name, tensor.data as Float32Array]),
  );
  const get = (name: string) => weights.get(name) ?? new Float32Array();
  const { hidden, layers } = SIZES;
  const sigmoid = (z: number) => 1 / (1 + Math.exp(-z));
  let h = new Array<number>(hidden).fill(0);
  const c = new Array<number>(hidden).fill(0);
  return (obs) => {
    const input = affine(get("W"), get("B").subarray(0, 4 * hidden), obs);
    const recurrent = affine(get("R"), get("B").subarray(4 * hidden), h);
    const gate = (block: number, i: number) => input[block * hidden + i] + recurrent[block * hidden + i];
    h = h.map((_, i) => {
      c[i] = sigmoid(gate(2, i)) * c[i] + sigmoid(gate(0, i)) * Math.tanh(gate(3, i));
      return sigmoid(gate(1, i)) * Math.tanh(c[i]);
    });
    return layers.reduce<number[]>((x, _, i) => {
      const z = affine(get(`w${i}`), get(`b${i}`), x);
      return i === layers.length - 1 ? z : z.map((y) => (y > 0 ? y : Math.exp(y) - 1));
    }, h);
  };
}

function affine(weight: Float32Array, bias: Float32Array, x: ArrayLike<number>): number[] {
  return Array.from(bias, (b, row) => {
    let sum = b;
    for (let j = 0; j < x.length; j++) sum += weight[row * x.length + j] * x[j];
    return sum;
  });
}
