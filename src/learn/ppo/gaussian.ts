import type { Rng } from "../../common/index.ts";
import type { Node } from "../graph/node.ts";
import { add, div, exp, log, mul, neg, square, sub } from "../graph/ops/arithmetic.ts";
import { sum } from "../graph/ops/broadcast.ts";

const HALF_LOG_TWO_PI = 0.5 * Math.log(2 * Math.PI);

/**
 * Draws actions around their means, and writes the logarithm of their probability density.
 *
 * @param mean      [rows, size]
 * @param deviation standard deviation of each action [size]
 * @param actions   written, [rows, size]
 * @param logProb   written, [rows]
 */
export function sampleActions(
  mean: Float32Array,
  deviation: Float32Array,
  rng: Rng,
  actions: Float32Array,
  logProb: Float32Array,
): void {
  const size = deviation.length;
  let constant = -size * HALF_LOG_TWO_PI;
  for (const sigma of deviation) constant -= Math.log(sigma);
  for (let row = 0; row < logProb.length; row++) {
    let squares = 0;
    for (let i = 0; i < size; i++) {
      const at = row * size + i;
      actions[at] = mean[at] + deviation[i] * rng.normal();
      // From the rounded action, as the learner will see it.
      squares += ((actions[at] - mean[at]) / deviation[i]) ** 2;
    }
    logProb[row] = constant - 0.5 * squares;
  }
}

/** Logarithm of the probability density of actions [..., size] around `mean` [..., size]; `logDeviation` [size]. */
export function gaussianLogProb(actions: Node, mean: Node, logDeviation: Node): Node {
  const z = mul(sub(actions, mean), exp(neg(logDeviation)));
  const size = logDeviation.shape[0] as number;
  const normal = add(sum(logDeviation), size * HALF_LOG_TWO_PI);
  return neg(add(mul(sum(square(z), [-1]), 0.5), normal));
}

/** Entropy of a Gaussian with independent components, as a scalar; `logDeviation` [size]. */
export function gaussianEntropy(logDeviation: Node): Node {
  const size = logDeviation.shape[0] as number;
  return add(sum(logDeviation), size * (0.5 + HALF_LOG_TWO_PI));
}

/**
 * Kullback-Leibler divergence from an old Gaussian policy to the new one, for each row [...], as rsl_rl computes it.
 *
 * @param old mean [..., size] and deviation [size] of the policy that acted
 */
export function gaussianKl(
  mean: Node,
  logDeviation: Node,
  old: { readonly mean: Node; readonly deviation: Node },
): Node {
  const deviation = exp(logDeviation);
  const grown = log(add(div(deviation, old.deviation), 1e-5));
  const spread = add(square(old.deviation), square(sub(old.mean, mean)));
  const perAction = sub(add(grown, div(spread, mul(square(deviation), 2))), 0.5);
  return sum(perAction, [-1]);
}
