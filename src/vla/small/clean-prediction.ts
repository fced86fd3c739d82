import { div, max, mul, type Node, reshape, sqrt, square, sub } from "../../learn/index.ts";
import type { Head } from "../vla-spec.ts";

/** Below this time, or this share of noise, what is wrong with a clean chunk is no longer blown up. */
const LEAST = 0.1;
/** As the diffusion of `heads/denoising.ts`. */
const LEAST_SIGNAL = 0.02;

/**
 * What a denoising head says, of the clean chunk that the network predicts: flow matching's velocity (x - a) / t, or the
 * noise of diffusion (x - √ᾱ a) / √(1 - ᾱ).
 *
 * A smooth chunk has few degrees of freedom and its noise has all of them: a token narrower than the chunk cannot pass the
 * noise on, and a network that predicts velocities leaves the rest of it in the chunk (Li and He, arXiv 2511.13720).
 *
 * @param noised and @param clean [batch, candidates, chunkHorizon, actions]
 * @param time   [batch, candidates], or [1, 1] for all alike
 */
export function outputOfClean(kind: Head["kind"], noised: Node, clean: Node, time: Node): Node {
  const t = reshape(time, [...time.shape, 1, 1]);
  if (kind !== "diffusion") return div(sub(noised, clean), max(t, LEAST));
  const [cosine] = t.graph.apply("Cos", [mul(t, Math.PI / 2)], [{ shape: t.shape }]);
  const signal = max(cosine, LEAST_SIGNAL);
  return div(sub(noised, mul(signal, clean)), max(sqrt(sub(1, square(signal))), LEAST));
}
