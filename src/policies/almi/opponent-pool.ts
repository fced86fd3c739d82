import { type Part, Rng, type RngState, UsageError } from "../../common/index.ts";
import type { SessionOptions } from "../../learn/index.ts";
import type { PolicyFile } from "../file/policy-file.ts";
import { FrozenNetwork } from "./frozen-network.ts";
import type { Opponent } from "./vec-learner-environment.ts";

/** Frozen networks of the other half, dealt out to the environments; each remembers each of its episodes apart. */
export class OpponentPool implements Opponent, Disposable {
  /** Each acts within one part. */
  readonly networks: readonly FrozenNetwork[];
  /** Where the noise on sampled actions comes from. */
  readonly #rng: Rng;
  readonly #samples: boolean;

  private constructor(networks: readonly FrozenNetwork[], rng: Rng, samples: boolean) {
    this.networks = networks;
    this.#rng = rng;
    this.#samples = samples;
  }

  /**
   * Loads the networks and deals them out by seed, as evenly as possible.
   *
   * @param parts of the environments, which are acted for one at a time
   * @param samples adds the noise of their training to their actions, as ALMI does, instead of taking the mean
   * @throws UsageError where a file does not say how strong that noise was
   */
  static async load(
    files: readonly PolicyFile[],
    parts: readonly Part[],
    { seed, samples, session }: { seed: number; samples: boolean; session?: SessionOptions },
  ): Promise<OpponentPool> {
    if (samples) requireDeviations(files);
    const rng = new Rng(seed).fork("opponents");
    const numEnvs = parts.reduce((sum, { count }) => sum + count, 0);
    const dealt = dealOut(files.length, numEnvs, rng.fork("deal"));
    const networks: FrozenNetwork[] = [];
    for (const part of parts) {
      for (const [i, file] of files.entries()) {
        const rows = Int32Array.from(dealt.keys()).filter((row) => dealt[row] === i && isIn(part, row));
        if (rows.length > 0) networks.push(await FrozenNetwork.load(file, rows, session));
      }
    }
    return new OpponentPool(networks, rng, samples);
  }

  /** State of the noise, for checkpoints. */
  get noise(): RngState {
    return this.#rng.state;
  }

  set noise(state: RngState) {
    this.#rng.state = state;
  }

  async act(
    part: Part,
    observations: Float32Array,
    actions: Float32Array,
    offset: number,
    ended: Uint8Array,
  ): Promise<void> {
    const stride = actions.length / ended.length;
    for (const network of this.networks) {
      if (!isIn(part, network.rows[0])) continue;
      await network.act(observations, actions, offset, ended);
      const { actionDeviation } = network.file.spec;
      if (!this.#samples || actionDeviation === undefined) continue;
      for (const row of network.rows)
        for (let i = 0; i < actionDeviation.length; i++)
          actions[row * stride + offset + i] += actionDeviation[i] * this.#rng.normal();
    }
  }

  [Symbol.dispose](): void {
    for (const network of this.networks) network[Symbol.dispose]();
  }
}

function isIn({ first, count }: Part, row: number): boolean {
  return row >= first && row < first + count;
}

/** Throws `UsageError` for policies that cannot be sampled from. */
export function requireDeviations(files: readonly PolicyFile[]): void {
  for (const { spec } of files)
    if (spec.actionDeviation === undefined)
      throw new UsageError(
        `The opponent "${spec.name}" does not say how far its actions varied in training.`,
        "Let opponents act by their mean: --opponent-action mean.",
      );
}

/** Which of so many opponents each environment gets: equally many each, in an order decided by the source. */
export function dealOut(opponents: number, numEnvs: number, rng: Rng): Int32Array {
  const dealt = Int32Array.from({ length: numEnvs }, (_, i) => i % opponents);
  for (let i = numEnvs - 1; i > 0; i--) {
    const other = rng.integer(i + 1);
    [dealt[i], dealt[other]] = [dealt[other], dealt[i]];
  }
  return dealt;
}
