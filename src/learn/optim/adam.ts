import type { Graph } from "../graph/graph.ts";
import type { Node, Operand } from "../graph/node.ts";
import { add, div, exp, log, mul, sqrt, square, sub } from "../graph/ops/arithmetic.ts";
import type { ParameterLayout } from "../graph/parameters.ts";

/** What Adam keeps between steps besides the parameters. Vectors of the parameters' length, and a scalar count. */
export interface AdamState {
  readonly firstMoment: Node;
  readonly secondMoment: Node;
  readonly step: Node;
}

export interface AdamOptions {
  /** Share of the old gradients in their average; a scalar node where it changes from step to step. */
  readonly beta1?: Operand;
  readonly beta2?: number;
  readonly epsilon?: number;
  /** Decay per step and unit of learning rate, apart from the gradient (AdamW, Loshchilov and Hutter 2019). */
  readonly weightDecay?: number;
  /** Which parameters decay, 1 or 0 each; by default all. See `decayMask`. */
  readonly decayMask?: Node;
}

/**
 * One step of Adam (Kingma and Ba 2015, algorithm 1) or AdamW on a flat vector of parameters, as part of the graph.
 *
 * @param learningRate a scalar node, so that each run can have its own
 * @returns the parameters and the state after the step
 */
export function adam(
  parameters: Node,
  gradient: Node,
  state: AdamState,
  learningRate: Operand,
  options: AdamOptions = {},
): { readonly parameters: Node; readonly state: AdamState } {
  const { beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8, weightDecay = 0, decayMask } = options;
  const step = add(state.step, 1);
  const firstMoment = towards(state.firstMoment, gradient, rest(beta1));
  const secondMoment = towards(state.secondMoment, square(gradient), 1 - beta2);
  const deviation = add(div(sqrt(secondMoment), sqrt(bias(beta2, step))), epsilon);
  const stepSize = div(learningRate, bias(beta1, step));
  const moved = sub(parameters, div(mul(firstMoment, stepSize), deviation));
  const after = { firstMoment, secondMoment, step };
  if (weightDecay === 0) return { parameters: moved, state: after };
  const decay = mul(parameters, mul(learningRate, weightDecay) as Node);
  return { parameters: sub(moved, decayMask ? mul(decay, decayMask) : decay), state: after };
}

/** Declares the inputs that hold Adam's state: `adam.firstMoment`, `adam.secondMoment` and `adam.step`. */
export function adamInputs(graph: Graph, size: number): AdamState {
  return {
    firstMoment: graph.input("adam.firstMoment", [size]),
    secondMoment: graph.input("adam.secondMoment", [size]),
    step: graph.input("adam.step", []),
  };
}

/** 1 for weights of two or more dimensions, 0 for biases, scales and deviations, which should not decay. */
export function decayMask(graph: Graph, layout: ParameterLayout): Node {
  const mask = new Float32Array(layout.size);
  for (const { shape, offset, size } of layout.entries)
    if (shape.length >= 2) mask.fill(1, offset, offset + size);
  return graph.constant(mask);
}

/** a moved by `share` of the way to b. */
function towards(a: Node, b: Node, share: Operand): Node {
  return add(a, mul(sub(b, a), share));
}

/** 1 - β^step: how much of an average that began at zero is real after so many steps. */
function bias(beta: Operand, step: Node): Node {
  return sub(1, exp(mul(step, typeof beta === "number" ? Math.log(beta) : log(beta))));
}

function rest(share: Operand): Operand {
  return typeof share === "number" ? 1 - share : sub(1, share);
}
