import type { EpisodeRequest, ManipulationEnvironment } from "../../../sim/index.ts";
import { type Arm, Pilot, type Plan, type VlaModel } from "../../../vla/index.ts";

export interface TrialOptions {
  readonly executeHorizon: number;
  readonly instruction: string;
  readonly now: () => number;
  /** Told of each decision before it is carried out. */
  readonly decided: (plan: Plan) => void;
}

/**
 * One episode of `eval vla` for whoever shows it in real time: stops after each control step. The world stands still
 * while the model thinks, so outcomes are those of an evaluation with the same seed. The environment has been reset.
 */
export async function* runTrial(
  environment: ManipulationEnvironment,
  model: VlaModel,
  arm: Arm,
  request: EpisodeRequest,
  { executeHorizon, instruction, now, decided }: TrialOptions,
): AsyncGenerator<void> {
  const episode = { ...request, task: environment.task.name };
  const pilot = new Pilot(model, arm, episode, { executeHorizon, noise: "fresh", instruction, now });
  while (environment.status === "running") {
    const plan = await pilot.decide(environment);
    decided(plan);
    const { chunk } = plan.selection;
    for (let h = 0; h < executeHorizon && environment.status === "running"; h++)
      yield* environment.controlSteps(chunk, h * environment.actionSize);
  }
}
