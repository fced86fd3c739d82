import { z } from "zod";
import { type Rng, UnknownNameError, UsageError } from "../../common/index.ts";
import { jointIndices, type RobotSpec } from "../robots/robot.ts";
import { type Kernel, OBSERVATION_TERMS, type ObservationSource } from "./observation-terms.ts";

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
  noise: z.number().nonnegative().default(0).describe("uniform noise amplitude in training, in scaled units"),
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
  #isFresh = true;

  constructor(
    robot: RobotSpec,
    terms: readonly ObservationTerm[],
    policy: { jointNames: readonly string[]; actionSize: number; defaults?: ArrayLike<number> },
  ) {
    let offset = 0;
    const slices: ObservationSlice[] = [];
    this.#kernels = terms.map((term) => buildKernel(robot, term, policy));
    this.#scales = terms.map((term, i) => expandScale(term, this.#kernels[i].size));
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
   *   while it grows old
   */
  write(source: ObservationSource, out: Float32Array, offset = 0, noise?: Rng): void {
    for (let i = 0; i < this.slices.length; i++) {
      const { term, offset: within, size, length } = this.slices[i];
      const start = offset + within;
      const newest = start + length - size;
      if (term.history > 1) out.copyWithin(start, start + size, start + length);
      this.#kernels[i].write(source, out, newest);
      multiply(out, newest, this.#scales[i]);
      if (noise !== undefined && term.noise > 0) addNoise(out, newest, size, term.noise, noise);
      if (term.clip !== undefined) clip(out, newest, size, term.clip);
      if (this.#isFresh)
        for (let at = start; at < newest; at += size) out.copyWithin(at, newest, newest + size);
    }
    this.#isFresh = false;
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

function expandScale(term: ObservationTerm, size: number): Float32Array {
  if (typeof term.scale === "number") return new Float32Array(size).fill(term.scale);
  if (term.scale.length === size) return Float32Array.from(term.scale);
  throw new UsageError(
    `Observation term "${term.name}" has ${size} values but ${term.scale.length} scales.`,
    "Give one scale, or one for each value.",
  );
}

function multiply(out: Float32Array, offset: number, scale: Float32Array): void {
  for (let k = 0; k < scale.length; k++) out[offset + k] *= scale[k];
}

function addNoise(out: Float32Array, offset: number, size: number, amplitude: number, rng: Rng): void {
  for (let k = 0; k < size; k++) out[offset + k] += rng.uniform(-amplitude, amplitude);
}

function clip(out: Float32Array, offset: number, size: number, bound: number): void {
  for (let k = 0; k < size; k++) out[offset + k] = Math.min(bound, Math.max(-bound, out[offset + k]));
}
