import type { EpisodeRequest, ManipulationEnvironment } from "../../sim/index.ts";
import type { VlaModel } from "../model.ts";
import { type Arm, Pilot, type PilotOptions, type Plan } from "./pilot.ts";

/** How an episode is run; the same for all arms. */
export interface EpisodeOptions extends PilotOptions {
  /** Told of every decision before it is carried out. */
  readonly watch?: (plan: Plan) => void;
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

/** Runs one episode under one arm. Equal requests give equal scenes and equal noise to every arm, whatever it draws. */
export async function runEpisode(
  environment: ManipulationEnvironment,
  model: VlaModel,
  arm: Arm,
  request: EpisodeRequest,
  options: EpisodeOptions,
): Promise<ArmOutcome> {
  await environment.reset(request);
  const pilot = new Pilot(model, arm, { ...request, task: environment.task.name }, options);
  const size = model.spec.actions.length;
  const { std } = model.spec.normalisation.actions;
  const latenciesMs: number[] = [];
  const jumps: number[] = [];
  let last: Float32Array | undefined;
  while (environment.status === "running") {
    const plan = await pilot.decide(environment);
    const { chunk } = plan.selection;
    options.watch?.(plan);
    latenciesMs.push(plan.milliseconds);
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

function seam(last: Float32Array, chunk: Float32Array, std: readonly number[]): number {
  return Math.sqrt(last.reduce((sum, x, j) => sum + ((chunk[j] - x) / Math.max(1e-3, std[j])) ** 2, 0));
}
