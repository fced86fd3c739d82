import { joinBytes } from "../../common/index.ts";
import { type DemoHeader, type DemoInfo, encodeDemoHeader } from "../../sim/index.ts";
import { type SpreadOptions, spreadWork } from "../../sim/node.ts";
import type { DemoJob, DemoWork, MadeDemo } from "./make-demos.ts";

/** A demonstration file and what it holds. */
export interface DemoSet {
  readonly header: DemoHeader;
  readonly infos: readonly DemoInfo[];
  readonly bytes: Uint8Array;
}

/** Makes demonstrations on several threads and joins them into one file, the same for any number of threads. */
export async function makeDemoSet(work: DemoWork, options: SpreadOptions): Promise<DemoSet | undefined> {
  const made = await spreadWork<DemoJob, MadeDemo>(
    new URL("./make-demos.worker", import.meta.url),
    work.jobs,
    (jobs) => ({ ...work, jobs }),
    options,
  );
  const first = made[0];
  if (first === undefined) return undefined;
  const parts = [encodeDemoHeader(first.header), ...made.map(({ bytes }) => bytes)];
  const bytes = joinBytes(parts);
  return { header: first.header, infos: made.map(({ info }) => info), bytes };
}
