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

/** The term as a policy sees it outside of training. */
export function withoutNoise(term: ObservationTerm): ObservationTerm {
  return { ...term, noise: 0 };
}

/** All of one shape, which terms are not that come from files: they are read for every value of every step. */
interface BoundTerm {
  readonly kernel: Kernel;
  readonly offset: number;
  readonly size: number;
  readonly length: number;
  readonly scales: Float32Array;
  readonly noise: number;
  readonly bound: number;
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
  readonly #terms: readonly BoundTerm[];
  #isFresh = true;

  constructor(
    robot: RobotSpec,
    terms: readonly ObservationTerm[],
    policy: { jointNames: readonly string[]; actionSize: number; defaults?: ArrayLike<number> },
  ) {
    let offset = 0;
    this.#terms = terms.map((term) => {
      const bound = bindTerm(buildKernel(robot, term, policy), term, offset);
      offset += bound.length;
      return bound;
    });
    this.slices = this.#terms.map(({ offset: at, size, length }, i) => ({
      term: terms[i],
      offset: at,
      size,
      length,
    }));
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
    for (let i = 0; i < this.#terms.length; i++) {
      const { kernel, offset: within, size, length, scales, noise: amplitude, bound } = this.#terms[i];
      const start = offset + within;
      const newest = start + length - size;
      if (length > size) out.copyWithin(start, start + size, start + length);
      kernel.write(source, out, newest);
      multiply(out, newest, scales);
      if (noise !== undefined && amplitude > 0) addNoise(out, newest, size, amplitude, noise);
      if (bound < Number.POSITIVE_INFINITY) clip(out, newest, size, bound);
      if (this.#isFresh)
        for (let at = start; at < newest; at += size) out.copyWithin(at, newest, newest + size);
    }
    this.#isFresh = false;
  }
}

function bindTerm(kernel: Kernel, term: ObservationTerm, offset: number): BoundTerm {
  const { size } = kernel;
  return {
    kernel,
    offset,
    size,
    length: size * term.history,
    scales: expandScale(term, size),
    noise: term.noise,
    bound: term.clip ?? Number.POSITIVE_INFINITY,
  };
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
