import { z } from "zod";
import { type Rng, UnknownNameError, UsageError } from "../../common/index.ts";
import { jointIndices, type RobotSpec } from "../robots/robot.ts";
import { type Kernel, OBSERVATION_TERMS, type ObservationSource } from "./observation-terms.ts";

/** One for all values of a term, or one for each. */
const Amplitude = z.union([z.number().nonnegative(), z.array(z.number().nonnegative())]).default(0);

/** One line of an observation vector, as a policy file stores it. */
export const ObservationTerm = z.strictObject({
  name: z.string().describe("which term; see OBSERVATION_TERMS"),
  joints: z
    .array(z.string())
    .optional()
    .describe("the joints it covers, in order; default: all of the policy's model"),
  scale: z
    .union([z.number(), z.array(z.number())])
    .default(1)
    .describe("multiplies the raw value"),
  noise: Amplitude.describe("uniform noise amplitude in training, in scaled units"),
  bias: Amplitude.describe("the same, of an offset that is drawn once an episode"),
  clip: z.number().positive().optional().describe("bound on the magnitude of the scaled, noisy value"),
  history: z.int().positive().default(1).describe("how many past values are kept, oldest first"),
  period: z.number().positive().default(0.8).describe("stride of gait terms, s"),
  standThreshold: z
    .number()
    .nonnegative()
    .default(0.1)
    .describe("command norm below which gait terms stand still"),
});
export type ObservationTerm = z.infer<typeof ObservationTerm>;

/** The term as a policy sees it outside of training. */
export function withoutNoise(term: ObservationTerm): ObservationTerm {
  return { ...term, noise: 0, bias: 0 };
}

/** What is given for a whole term, or for each of its values. */
type Expandable = "scale" | "noise" | "bias";

interface Bias {
  readonly amplitudes: Float32Array;
  /** Of this episode. */
  readonly drawn: Float32Array;
}

/** The named slice of one term in an observation vector. */
export interface ObservationSlice {
  readonly term: ObservationTerm;
  readonly offset: number;
  /** Values per step, and in all (`size` times `history`). */
  readonly size: number;
  readonly length: number;
}

/**
 * Builds one observation vector from ordered terms. Owns the history buffers, so keep one per robot and policy,
 * and call `reset` where an episode begins.
 */
export class ObservationGroup {
  readonly slices: readonly ObservationSlice[];
  readonly size: number;
  readonly #kernels: readonly Kernel[];
  readonly #scales: readonly Float32Array[];
  /** Undefined where there is none. */
  readonly #noise: readonly (Float32Array | undefined)[];
  readonly #biases: readonly (Bias | undefined)[];
  #isFresh = true;

  constructor(
    robot: RobotSpec,
    terms: readonly ObservationTerm[],
    policy: { jointNames: readonly string[]; actionSize: number; defaults?: ArrayLike<number> },
  ) {
    let offset = 0;
    const slices: ObservationSlice[] = [];
    this.#kernels = terms.map((term) => buildKernel(robot, term, policy));
    const expanded = (key: Expandable) => terms.map((term, i) => expand(term, key, this.#kernels[i].size));
    this.#scales = expanded("scale");
    this.#noise = expanded("noise").map((amplitudes) =>
      amplitudes.some(isPositive) ? amplitudes : undefined,
    );
    this.#biases = expanded("bias").map((amplitudes) =>
      amplitudes.some(isPositive) ? { amplitudes, drawn: new Float32Array(amplitudes.length) } : undefined,
    );
    for (const [i, term] of terms.entries()) {
      const size = this.#kernels[i].size;
      slices.push({ term, offset, size, length: size * term.history });
      offset += size * term.history;
    }
    this.slices = slices;
    this.size = offset;
  }

  /** Forgets the history: the next write fills it with the first value. */
  reset(): void {
    this.#isFresh = true;
  }

  /**
   * Writes the whole vector at `offset`. History terms keep their past in `out` itself, so always pass the same
   * buffer.
   *
   * @param noise adds each term's uniform training noise from this source, once to each value: a value keeps its noise
   *   while it grows old; and its bias, drawn at the first write of an episode
   */
  write(source: ObservationSource, out: Float32Array, offset = 0, noise?: Rng): void {
    for (let i = 0; i < this.slices.length; i++) {
      const { term, offset: within, size, length } = this.slices[i];
      const start = offset + within;
      const newest = start + length - size;
      if (term.history > 1) out.copyWithin(start, start + size, start + length);
      this.#kernels[i].write(source, out, newest);
      multiply(out, newest, this.#scales[i]);
      if (noise !== undefined) this.#disturb(i, out, newest, noise);
      if (term.clip !== undefined) clip(out, newest, size, term.clip);
      if (this.#isFresh)
        for (let at = start; at < newest; at += size) out.copyWithin(at, newest, newest + size);
    }
    this.#isFresh = false;
  }

  #disturb(i: number, out: Float32Array, offset: number, rng: Rng): void {
    const amplitudes = this.#noise[i];
    if (amplitudes !== undefined) addUniform(out, offset, amplitudes, rng);
    const bias = this.#biases[i];
    if (bias === undefined) return;
    if (this.#isFresh) {
      bias.drawn.fill(0);
      addUniform(bias.drawn, 0, bias.amplitudes, rng);
    }
    for (let k = 0; k < bias.drawn.length; k++) out[offset + k] += bias.drawn[k];
  }
}

function buildKernel(
  robot: RobotSpec,
  term: ObservationTerm,
  policy: { jointNames: readonly string[]; actionSize: number; defaults?: ArrayLike<number> },
): Kernel {
  const known = Object.hasOwn(OBSERVATION_TERMS, term.name) ? OBSERVATION_TERMS[term.name] : undefined;
  if (known === undefined)
    throw new UnknownNameError("observation term", term.name, Object.keys(OBSERVATION_TERMS));
  const joints = jointIndices(robot, term.joints ?? policy.jointNames);
  const defaults = Float64Array.from(
    joints,
    (joint) => policy.defaults?.[joint] ?? robot.joints[joint].default,
  );
  return known.build({ robot, joints, defaults, actionSize: policy.actionSize, gait: term });
}

function expand(term: ObservationTerm, key: Expandable, size: number): Float32Array {
  const values = term[key];
  if (typeof values === "number") return new Float32Array(size).fill(values);
  if (values.length === size) return Float32Array.from(values);
  throw new UsageError(
    `Observation term "${term.name}" has ${size} values but ${values.length} of "${key}".`,
    "Give one number, or one for each value.",
  );
}

const isPositive = (value: number): boolean => value > 0;

function multiply(out: Float32Array, offset: number, scale: Float32Array): void {
  for (let k = 0; k < scale.length; k++) out[offset + k] *= scale[k];
}

function addUniform(out: Float32Array, offset: number, amplitudes: Float32Array, rng: Rng): void {
  for (let k = 0; k < amplitudes.length; k++)
    if (amplitudes[k] > 0) out[offset + k] += rng.uniform(-amplitudes[k], amplitudes[k]);
}

function clip(out: Float32Array, offset: number, size: number, bound: number): void {
  for (let k = 0; k < size; k++) out[offset + k] = Math.min(bound, Math.max(-bound, out[offset + k]));
}
