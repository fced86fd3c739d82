import { uniformInitialiser } from "../initialisers.ts";
import type { Node } from "../node.ts";
import { sigmoid, tanh } from "../ops/activation.ts";
import { add, mul } from "../ops/arithmetic.ts";
import { split, stack, unstack } from "../ops/layout.ts";
import { dense, gemm } from "../ops/linear.ts";
import type { Parameters } from "../parameters.ts";
import { knownDim } from "../shape.ts";

/** What an LSTM remembers: hidden and cell state, each [batch, hidden]. */
export interface LstmState {
  readonly h: Node;
  readonly c: Node;
}

/** The parameters of one LSTM layer; gates lie in PyTorch's order input, forget, cell, output. */
export interface LstmWeights {
  /** [inputs, 4 hidden] */
  readonly input: Node;
  /** [hidden, 4 hidden] */
  readonly recurrent: Node;
  /** [4 hidden]: the sum of PyTorch's two. */
  readonly bias: Node;
}

/** Declares the parameters of an LSTM layer: `name`.input, `name`.recurrent and `name`.bias, initialised as PyTorch does. */
export function lstmWeights(
  parameters: Parameters,
  name: string,
  inputs: number,
  hidden: number,
): LstmWeights {
  const uniform = uniformInitialiser(hidden);
  return {
    input: parameters.get(`${name}.input`, [inputs, 4 * hidden], uniform),
    recurrent: parameters.get(`${name}.recurrent`, [hidden, 4 * hidden], uniform),
    bias: parameters.get(`${name}.bias`, [4 * hidden], uniform),
  };
}

/** One step of an LSTM (Hochreiter and Schmidhuber 1997, with forget gate): `x` [batch, inputs]. */
export function lstmCell(weights: LstmWeights, x: Node, state: LstmState): LstmState {
  return step(weights, dense(x, weights.input, weights.bias), state);
}

/**
 * An LSTM over a sequence, unrolled; gradients reach back to the first step and end there (truncated
 * back-propagation through time, if the sequence is a piece of a longer one).
 *
 * @param x     [time, batch, inputs]
 * @param start the state before the first step
 * @param keep  [time, batch, 1]: 0 where an episode begins, so that the step starts from a zero state, else 1
 * @returns hidden states [time, batch, hidden], and the state after the last step
 */
export function lstm(
  weights: LstmWeights,
  x: Node,
  start: LstmState,
  keep?: Node,
): { readonly outputs: Node; readonly state: LstmState } {
  // The part of the gates that depends on the input alone is one large product for all steps.
  const projected = unstack(dense(x, weights.input, weights.bias), 0);
  const kept = keep && unstack(keep, 0);
  let state = start;
  const outputs = projected.map((fromInput, t) => {
    const before = kept ? { h: mul(state.h, kept[t]), c: mul(state.c, kept[t]) } : state;
    state = step(weights, fromInput, before);
    return state.h;
  });
  return { outputs: stack(outputs, 0), state };
}

function step(weights: LstmWeights, fromInput: Node, { h, c }: LstmState): LstmState {
  const hidden = knownDim(h.shape[1], "an LSTM");
  const gates = gemm(h, weights.recurrent, { c: fromInput });
  const [input, forget, cell, output] = split(gates, Array<number>(4).fill(hidden), 1);
  const next = add(mul(sigmoid(forget), c), mul(sigmoid(input), tanh(cell)));
  return { h: mul(sigmoid(output), tanh(next)), c: next };
}
