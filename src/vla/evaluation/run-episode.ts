import { Rng } from "../../common/index.ts";
import type { EpisodeRequest, ManipulationEnvironment } from "../../sim/index.ts";
import { noiseSize, type VlaModel, type VlaObservation } from "../model.ts";
import { FixedNoise, FreshNoise } from "../noise-bank.ts";
import type { Selector } from "../selection/selectors.ts";

/** One arm of a comparison. */
export interface Arm {
  readonly name: string;
  readonly selector: Selector;
  /** Chunks to choose from. */
  readonly candidates: number;
}

/** How an episode is run; the same for all arms. */
export interface EpisodeOptions {
  readonly executeHorizon: number;
  /** `fresh`: new noise at every decision, decided by the episode's seed; `fixed`: the same 50 rows throughout. */
  readonly noise: "fresh" | "fixed";
  readonly others?: readonly VlaModel[];
  readonly now: () => number;
}

/** How an episode went. */
export interface ArmOutcome {
  readonly success: boolean;
  readonly actions: number;
  /** Of every decision, ms. */
  readonly latenciesMs: readonly number[];
  /** Mean L2 jump between the last action of a chunk and the first of the next, in normalised units. */
  readonly seamJump: number;
}

const FIXED_SEED = 42;

/** Runs one episode under one arm. Equal seeds give equal scenes and equal noise to every arm, whatever it draws. */
export async function runEpisode(
  environment: ManipulationEnvironment,
  model: VlaModel,
  arm: Arm,
  request: EpisodeRequest,
  options: EpisodeOptions,
): Promise<ArmOutcome> {
  await environment.reset(request);
  const { spec } = model;
  const rng = new Rng(request.seed).fork("vla episode");
  const noise = options.noise === "fixed" ? new FixedNoise(FIXED_SEED) : new FreshNoise(rng.fork("noise"));
  const choices = rng.fork("choices");
  const size = spec.actions.length;
  const { std } = spec.normalisation.actions;
  const latenciesMs: number[] = [];
  const jumps: number[] = [];
  let last: Float32Array | undefined;
  while (environment.status === "running") {
    const observation = observe(environment);
    const begun = options.now();
    const context = await model.encode(observation);
    const candidates = await context.sample(noise.draw(arm.candidates, noiseSize(spec)));
    const others = await Promise.all((options.others ?? []).map((other) => other.encode(observation)));
    const imagine = (chunk: Float32Array) => progressAfter(environment, chunk, size, options.executeHorizon);
    const { chunk } = await arm.selector({ spec, context, candidates, rng: choices, others, imagine });
    latenciesMs.push(options.now() - begun);
    if (last !== undefined) jumps.push(seam(last, chunk, std));
    for (let h = 0; h < options.executeHorizon && environment.status === "running"; h++)
      await environment.step(chunk, h * size);
    last = chunk.slice((options.executeHorizon - 1) * size, options.executeHorizon * size);
  }
  return {
    success: environment.status === "succeeded",
    actions: environment.actionCount,
    latenciesMs,
    seamJump: jumps.reduce((sum, jump) => sum + jump, 0) / Math.max(1, jumps.length),
  };
}

/** What a VLA sees of an environment. The pictures belong to the environment's cameras. */
export function observe(environment: ManipulationEnvironment): VlaObservation {
  const { instruction, images, proprioception } = environment.observe();
  return { instruction, images: Object.fromEntries(images), proprioception };
}

async function progressAfter(
  environment: ManipulationEnvironment,
  chunk: Float32Array,
  size: number,
  steps: number,
): Promise<number> {
  const before = environment.save();
  for (let h = 0; h < steps && environment.status === "running"; h++) await environment.step(chunk, h * size);
  const progress =
    environment.status === "succeeded" ? 2 : environment.status === "failed" ? -1 : environment.progress();
  environment.restore(before);
  return progress;
}

function seam(last: Float32Array, chunk: Float32Array, std: readonly number[]): number {
  return Math.sqrt(last.reduce((sum, x, j) => sum + ((chunk[j] - x) / Math.max(1e-3, std[j])) ** 2, 0));
}
