import { Rng } from "../../common/index.ts";
import { Engine, type EpisodeEnd } from "../../sim/index.ts";
import { type SpreadOptions, spreadWork } from "../../sim/node.ts";
import type { DemoJob } from "./make-demos.ts";
import { type EnvironmentSetup, openEnvironment } from "./open-environment.ts";

/** Episodes for experts, as data that crosses to a worker. */
export interface ExpertWork {
  readonly setup: EnvironmentSetup;
  readonly jobs: readonly DemoJob[];
}

/** How an expert's episode went. */
export interface ExpertOutcome {
  readonly outcome: Exclude<EpisodeEnd, "running">;
  readonly seconds: number;
}

/** Lets experts do episodes without cameras or noise, one after the other on an engine of its own. */
export async function* tryExperts({ setup, jobs }: ExpertWork): AsyncGenerator<ExpertOutcome> {
  const engine = await Engine.load();
  using environment = await openEnvironment(engine, { ...setup, cameras: [] });
  const action = new Float32Array(environment.actionSize);
  for (const { request, mode } of jobs) {
    await environment.reset(request);
    const expert = environment.expert(mode, new Rng(request.seed).fork("script"));
    let outcome = environment.status;
    while (outcome === "running") {
      expert.act(action);
      outcome = await environment.step(action);
    }
    yield { outcome, seconds: environment.seconds };
  }
}

/** The same on several threads; outcomes in the order of the jobs. */
export function measureExperts(work: ExpertWork, options: SpreadOptions): Promise<ExpertOutcome[]> {
  const module = new URL("./try-experts.worker", import.meta.url);
  return spreadWork<DemoJob, ExpertOutcome>(module, work.jobs, (jobs) => ({ ...work, jobs }), options);
}
