import { portableMath } from "../../common/index.ts";

/** One pass of an autoregressive expert: token numbers [count, tokens] in, logits of every position and hidden layer out. */
export type TokenPass = (
  tokens: Int32Array,
  wantsHidden: boolean,
) => Promise<{ readonly logits: Float32Array; readonly hidden: Float32Array | undefined }>;

/** Chunks spelled token by token. */
export interface Spelled {
  /** [count, tokens] */
  readonly tokens: Int32Array;
  /** Of the pass that generated the last token, [count, tokens, featureSize]. */
  readonly hidden: Float32Array;
  /** Natural logarithm of each chunk's probability, [count]. */
  readonly logProb: Float32Array;
}

/** Normalised actions within ±RANGE are cut into equal bins. */
const RANGE = 3;

/** The bin of a normalised action; values outside the range fall into the outermost bins. */
export function binOf(value: number, bins: number): number {
  return Math.max(0, Math.min(bins - 1, Math.floor(((value + RANGE) / (2 * RANGE)) * bins)));
}

/** The middle of a bin, in normalised units. */
export function binCentre(bin: number, bins: number): number {
  return ((bin + 0.5) / bins) * 2 * RANGE - RANGE;
}

/**
 * Spells chunks by sampling each token from its distribution. The normal noise, through the normal distribution function,
 * says which: so that noise banks serve these models too.
 *
 * @param noise [count, tokens]
 */
export async function spell(
  pass: TokenPass,
  noise: Float32Array,
  tokensEach: number,
  { bins, temperature }: { readonly bins: number; readonly temperature: number },
): Promise<Spelled> {
  const count = noise.length / tokensEach;
  const tokens = new Int32Array(noise.length);
  const logProb = new Float32Array(count);
  let hidden: Float32Array | undefined;
  for (let position = 0; position < tokensEach; position++) {
    const result = await pass(tokens, position === tokensEach - 1);
    for (let i = 0; i < count; i++) {
      const at = (i * tokensEach + position) * bins;
      const logits = result.logits.subarray(at, at + bins);
      const level = normalCdf(noise[i * tokensEach + position]);
      const { token, logProbability } = draw(logits, temperature, level);
      tokens[i * tokensEach + position] = token;
      logProb[i] += logProbability;
    }
    hidden = result.hidden;
  }
  return { tokens, hidden: hidden ?? new Float32Array(0), logProb };
}

/** The token at a level (0 to 1) of the softmax's distribution function. */
function draw(
  logits: Float32Array,
  temperature: number,
  level: number,
): { token: number; logProbability: number } {
  const top = logits.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
  let total = 0;
  for (const logit of logits) total += portableMath.exp((logit - top) / temperature);
  let reached = 0;
  let token = 0;
  for (; token < logits.length - 1; token++) {
    reached += portableMath.exp((logits[token] - top) / temperature);
    if (reached >= level * total) break;
  }
  return { token, logProbability: (logits[token] - top) / temperature - portableMath.log(total) };
}

/** Φ(x) within 1.5e-7 (Abramowitz and Stegun 7.1.26). */
export function normalCdf(x: number): number {
  const z = Math.abs(x) * Math.SQRT1_2;
  const t = 1 / (1 + 0.3275911 * z);
  const series =
    t * (0.254829592 + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429))));
  const erf = 1 - series * portableMath.exp(-z * z);
  return x >= 0 ? 0.5 * (1 + erf) : 0.5 * (1 - erf);
}
