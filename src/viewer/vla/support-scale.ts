import type { VlaDecision } from "../host/vla-messages.ts";

type Scored = Pick<VlaDecision, "judge" | "scores">;

/** How much support a score stands for: the higher the more. TACO's score estimates 1 / count. */
export function supportOf(judge: string, score: number): number {
  return judge === "taco" ? 1 / Math.max(score, 1e-9) : -score;
}

/** What the support is called. */
export function supportName(judge: string): string {
  return judge === "taco" ? "pseudo-count" : `support by ${judge}`;
}

/** A number of the support's for people. */
export function supportText(support: number): string {
  const size = Math.abs(support);
  return support.toFixed(size >= 100 ? 0 : size >= 10 ? 1 : size >= 1 ? 2 : 3);
}

/** Counts that differ by less than this factor are hardly told apart by colours. */
const LEAST_FACTOR = 2;

/** How the candidates of one decision compare: from the rarest of them to the most frequent, counts by their logarithm. */
export class SupportScale {
  /** The least and the most support among the candidates. */
  readonly range: readonly [number, number];
  readonly #judge: string;
  readonly #low: number;
  readonly #high: number;

  constructor({ judge, scores }: Scored) {
    const supports = scores.map((score) => supportOf(judge, score));
    this.#judge = judge;
    this.range = supports.length === 0 ? [0, 0] : [Math.min(...supports), Math.max(...supports)];
    const [low, high] = this.range.map((support) => this.#place(support));
    const lacking = judge === "taco" ? Math.max(0, Math.log(LEAST_FACTOR) - (high - low)) : 0;
    this.#low = low - lacking / 2;
    this.#high = high + lacking / 2;
  }

  /** Where a score lies between rare, 0, and frequent, 1; 0.5 where nothing differs. */
  share(score: number): number {
    const at = this.#place(supportOf(this.#judge, score));
    const span = this.#high - this.#low;
    return span > 1e-12 ? Math.min(1, Math.max(0, (at - this.#low) / span)) : 0.5;
  }

  #place(support: number): number {
    return this.#judge === "taco" ? Math.log(support) : support;
  }
}

/** From rare, warm, to frequent, cool; sRGB 0 to 255. */
const STOPS = [
  [232, 62, 48],
  [247, 157, 60],
  [226, 214, 130],
  [84, 184, 190],
  [36, 104, 232],
] as const;

/** The colour of a share between rare, 0, and frequent, 1; sRGB 0 to 255. */
export function supportColour(share: number): readonly [number, number, number] {
  const at = Math.min(1, Math.max(0, share)) * (STOPS.length - 1);
  const k = Math.min(STOPS.length - 2, Math.floor(at));
  const mix = (i: number) => Math.round(STOPS[k][i] + (at - k) * (STOPS[k + 1][i] - STOPS[k][i]));
  return [mix(0), mix(1), mix(2)];
}

/** The same for style sheets. */
export function supportCss(share: number): string {
  return `rgb(${supportColour(share).join(" ")})`;
}
