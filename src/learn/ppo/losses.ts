import type { Node } from "../graph/node.ts";
import {
  add,
  clip,
  div,
  exp,
  greater,
  less,
  max,
  min,
  mul,
  neg,
  square,
  stopGradient,
  sub,
  where,
} from "../graph/ops/arithmetic.ts";
import { slice } from "../graph/ops/layout.ts";
import { mean } from "../graph/ops/reduction.ts";
import type { PpoConfig } from "./config.ts";

/**
 * The clipped surrogate of PPO (Schulman et al. 2017, eq. 7) as a loss.
 *
 * @param logProb     of the actions under the policy that learns [...]
 * @param oldLogProb  under the policy that acted
 * @param advantages  [...]
 * @param limit       how far the ratio of the two probabilities may help
 */
export function surrogateLoss(logProb: Node, oldLogProb: Node, advantages: Node, limit: number): Node {
  const ratio = exp(sub(logProb, oldLogProb));
  const free = mul(ratio, advantages);
  const clipped = mul(clip(ratio, 1 - limit, 1 + limit), advantages);
  return neg(mean(min(free, clipped)));
}

/** Mean squared error of values against returns; where `near` is given, a step beyond its limit from the old value earns nothing. */
export function valueLoss(
  values: Node,
  returns: Node,
  near?: { readonly old: Node; readonly limit: number },
): Node {
  const error = square(sub(values, returns));
  if (near === undefined) return mean(error);
  const { old, limit } = near;
  const clipped = add(old, clip(sub(values, old), -limit, limit));
  return mean(max(error, square(sub(clipped, returns))));
}

/** How far the actions in mirrored states are from the mirrored actions, which do not move for it: a mean square. */
export function symmetryLoss(actionsInMirror: Node, mirroredActions: Node): Node {
  return mean(square(sub(actionsInMirror, stopGradient(mirroredActions))));
}

/** How far what the actor's memory tells [..., estimates] is from the critic's first observations: a mean square. */
export function estimateLoss(told: Node, criticObs: Node): Node {
  return mean(square(sub(told, slice(criticObs, 0, told.shape.at(-1) as number, -1))));
}

/** The learning rate for this step: lower where the policy has moved too far, higher where it hardly moved (rsl_rl). */
export function adaptedRate(rate: Node, kl: Node, config: PpoConfig): Node {
  const { desiredKl, minLearningRate, maxLearningRate } = config;
  if (desiredKl === 0) return rate;
  const lower = max(div(rate, 1.5), minLearningRate);
  const higher = min(mul(rate, 1.5), maxLearningRate);
  // As in rsl_rl. Its divergence of a policy that has not moved yet is a little above 0, by the 1e-5 in `gaussianKl`, so
  // the first step of an iteration raises the rate; below 0 it is rounding, which says nothing.
  const raised = where(greater(kl, 0), higher, rate);
  return where(greater(kl, desiredKl * 2), lower, where(less(kl, desiredKl / 2), raised, rate));
}
