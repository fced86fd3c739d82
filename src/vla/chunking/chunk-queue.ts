import { VlaMismatchError } from "../errors.ts";

/** How chunks follow each other. */
export interface QueueOptions {
  /** Values of an action. */
  readonly size: number;
  /** Actions used of a chunk before the next is due. */
  readonly executeHorizon: number;
  /** Actions over which an old plan fades into the new one at a seam; 0 switches at once. */
  readonly blend: number;
}

/** What happened so far, in actions unless it says otherwise. */
export interface QueueCounts {
  chunks: number;
  executed: number;
  /** First actions of chunks that came too late to be used. */
  stale: number;
  /** Times that nothing was left and the last action was held. */
  stalls: number;
  /** Sum over seams of the L2 distance between the last action of the old plan and the first of the new. */
  seamJump: number;
}

/**
 * The actions of the newest chunk, handed out one by one. A chunk is planned from an observation and arrives some actions
 * later: those that have passed are dropped, so that the rest stay in step with what was seen. Between modes a blend
 * leads through the middle, so it is short and off by default; real-time chunking makes seams meet instead.
 */
export class ChunkQueue {
  readonly counts: QueueCounts = { chunks: 0, executed: 0, stale: 0, stalls: 0, seamJump: 0 };
  readonly #options: QueueOptions;
  readonly #last: Float32Array;
  #chunk = new Float32Array(0);
  /** Index of the next action in the chunk, and the action number at which the chunk was planned. */
  #next = 0;
  #used = 0;
  #hasLast = false;

  constructor(options: QueueOptions) {
    this.#options = options;
    this.#last = new Float32Array(options.size);
  }

  /** Forgets the episode, counts included. */
  reset(): void {
    this.#chunk = new Float32Array(0);
    this.#next = 0;
    this.#used = 0;
    this.#hasLast = false;
    Object.assign(this.counts, { chunks: 0, executed: 0, stale: 0, stalls: 0, seamJump: 0 });
  }

  /** Actions left of the newest chunk. */
  get left(): number {
    return this.#chunk.length / this.#options.size - this.#next;
  }

  /** Whether the next chunk should be asked for, if it takes `latency` actions to come. */
  isDue(latency: number): boolean {
    return this.left === 0 || this.#used >= this.#options.executeHorizon - latency;
  }

  /**
   * What is left of the plan from the next action on, for guidance of the next chunk; zeros after its end.
   *
   * @param out [horizon, size], written and returned
   */
  remaining(out: Float32Array): Float32Array {
    const tail = this.#chunk.subarray(this.#next * this.#options.size);
    out.fill(0);
    out.set(tail.subarray(0, Math.min(tail.length, out.length)));
    return out;
  }

  /**
   * Replaces the plan. Throws `VlaMismatchError` for a chunk that holds no whole actions.
   *
   * @param chunk   [horizon, size], copied
   * @param delay   actions handed out since the observation that it was planned from
   */
  push(chunk: Float32Array, delay: number): void {
    const { size, blend } = this.#options;
    if (chunk.length % size !== 0 || chunk.length === 0)
      throw new VlaMismatchError(`${chunk.length} values are no actions of ${size}.`, "Check the model.");
    const next = chunk.slice();
    const length = chunk.length / size;
    const from = Math.min(delay, length);
    this.counts.chunks++;
    this.counts.stale += from;
    if (this.#hasLast && from < length) this.counts.seamJump += distance(this.#last, next, from * size);
    const shared = Math.min(blend, this.left, length - from);
    for (let k = 0; k < shared; k++) {
      const share = (k + 1) / (blend + 1);
      for (let j = 0; j < size; j++) {
        const old = this.#chunk[(this.#next + k) * size + j];
        const at = (from + k) * size + j;
        next[at] = old + share * (next[at] - old);
      }
    }
    this.#chunk = next;
    this.#next = from;
    this.#used = 0;
  }

  /**
   * The next action; the last one again where the plan has run out. Throws `VlaMismatchError` before the first chunk.
   *
   * @param out [size], written and returned
   */
  pop(out: Float32Array): Float32Array {
    const { size } = this.#options;
    if (this.left > 0) {
      this.#last.set(this.#chunk.subarray(this.#next * size, (this.#next + 1) * size));
      this.#next++;
      this.#used++;
      this.#hasLast = true;
    } else if (this.#hasLast) this.counts.stalls++;
    else throw new VlaMismatchError("No chunk has arrived yet.", "Wait for the first one before acting.");
    this.counts.executed++;
    out.set(this.#last);
    return out;
  }
}

/**
 * Weights of real-time chunking: 1 for the actions that will have been executed before the new chunk arrives, falling in a
 * straight line to 0 at the end of what is left of the old plan.
 *
 * @param delay   actions until the new chunk arrives
 * @param overlap actions of the old plan that the new one is drawn towards
 */
export function guidanceWeights(horizon: number, delay: number, overlap: number): Float32Array {
  return Float32Array.from({ length: horizon }, (_, k) => {
    if (k < delay) return 1;
    return k < overlap ? (overlap - k) / (overlap - delay + 1) : 0;
  });
}

function distance(a: Float32Array, b: Float32Array, from: number): number {
  let sum = 0;
  for (let j = 0; j < a.length; j++) sum += (a[j] - b[from + j]) ** 2;
  return Math.sqrt(sum);
}
