import { Rng } from "../../common/index.ts";
import {
  type DemoHeader,
  type DemoInfo,
  type DemoOptions,
  demoHeader,
  drawMode,
  Engine,
  type EpisodeRequest,
  type ExpertMode,
  encodeDemo,
  type Mixture,
  mixtureNamed,
  recordDemo,
} from "../../sim/index.ts";
import { type EnvironmentSetup, openEnvironment } from "./open-environment.ts";

/** One demonstration to be made. */
export interface DemoJob {
  readonly request: EpisodeRequest;
  readonly mode: ExpertMode;
}

/** A part of a data set, as data that crosses to a worker. */
export interface DemoWork {
  readonly setup: EnvironmentSetup;
  readonly jobs: readonly DemoJob[];
  readonly options: DemoOptions;
}

/** One demonstration, packed as its file holds it. */
export interface MadeDemo {
  readonly header: DemoHeader;
  readonly info: DemoInfo;
  readonly bytes: Uint8Array;
}

/** The jobs of a data set: seeds in a row, each with a mode drawn from the mixture by its seed. */
export function demoJobs(
  task: string,
  split: EpisodeRequest["split"],
  seeds: { readonly from: number; readonly count: number },
  mixture: string,
): DemoJob[] {
  const shares: Mixture = mixtureNamed(mixture);
  return Array.from({ length: seeds.count }, (_, i) => {
    const seed = seeds.from + i;
    return {
      request: { split, seed },
      mode: drawMode(new Rng(seed).fork(`mode/${task}/${mixture}`), shares),
    };
  });
}

/** Makes demonstrations one after the other on an engine of its own. */
export async function* makeDemos({ setup, jobs, options }: DemoWork): AsyncGenerator<MadeDemo> {
  const engine = await Engine.load();
  using environment = await openEnvironment(engine, setup);
  const header = demoHeader(environment, options);
  for (const { request, mode } of jobs) {
    const demo = await recordDemo(environment, request, mode, options);
    yield { header, info: demo.info, bytes: encodeDemo(demo, header) };
  }
}
