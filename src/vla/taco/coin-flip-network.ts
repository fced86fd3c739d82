import {
  add,
  constantInitialiser,
  dense,
  dropout,
  geluExact,
  layerNorm,
  mul,
  type Node,
  type Parameters,
  xavierInitialiser,
} from "../../learn/index.ts";
import type { CoinFlipShape } from "./coin-flip-config.ts";

/** Zeroes a share of activations while training; each call draws its own. */
export type Drop = (x: Node) => Node;

/** Where nothing is dropped: at test time. */
const keepAll: Drop = (x) => x;

/** Dropout whose layers have seeds one after the other from `seed`. */
export function dropWith(rate: number, seed: number): Drop {
  let next = seed;
  return (x) => dropout(x, rate, next++);
}

/**
 * The network of one branch: projection, residual blocks with the normalisation after the sum, linear output. Parameters
 * lie below `name`.
 *
 * @param features [batch, featureSize], unscaled
 * @returns [batch, coins]
 */
export function coinFlipBranch(
  parameters: Parameters,
  name: string,
  features: Node,
  shape: CoinFlipShape,
  drop: Drop = keepAll,
): Node {
  const { width, blocks, expansion, coins, inputScale } = shape;
  const projected = xavier(parameters, `${name}.in`, mul(features, inputScale), width);
  let x = layerNorm(parameters, `${name}.inNorm`, geluExact(projected));
  for (let i = 0; i < blocks; i++) {
    const wide = drop(geluExact(xavier(parameters, `${name}.${i}.up`, x, expansion * width)));
    const change = drop(xavier(parameters, `${name}.${i}.down`, wide, width));
    x = layerNorm(parameters, `${name}.${i}.norm`, add(x, change));
  }
  return xavier(parameters, `${name}.out`, x, coins);
}

function xavier(parameters: Parameters, name: string, x: Node, outputs: number): Node {
  const inputs = x.shape.at(-1) as number;
  const weight = parameters.get(`${name}.weight`, [inputs, outputs], xavierInitialiser());
  return dense(x, weight, parameters.get(`${name}.bias`, [outputs], constantInitialiser(0)));
}
