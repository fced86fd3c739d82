import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { UsageError } from "../common/index.ts";
import { DemoFile } from "../sim/index.ts";
import { demoEpisodes, type EpisodeSet, joinSets, type VlaFiles } from "../vla/index.ts";
import { readBytes } from "./files.ts";

/** The two graphs of a VLA in a run folder, or any folder that holds them. */
export async function readVla(folder: string): Promise<VlaFiles> {
  if (!existsSync(join(folder, "prefix.onnx")))
    throw new UsageError(`"${folder}" holds no VLA.`, "Name a run of train vla that has saved once.");
  return {
    prefix: await readBytes(join(folder, "prefix.onnx")),
    step: await readBytes(join(folder, "step.onnx")),
  };
}

/** The files that `train taco` makes, by the selector that uses them. */
export const SCORER_FILES = {
  taco: "taco.onnx",
  elliptical: "elliptical.onnx",
  rnd: "rnd.onnx",
  knn: "knn.onnx",
} as const;

/** The scorers that a folder holds. */
export async function readScorers(
  folder: string,
): Promise<Partial<Record<keyof typeof SCORER_FILES, Uint8Array>>> {
  const found = Object.entries(SCORER_FILES).filter(([, file]) => existsSync(join(folder, file)));
  const read = found.map(async ([name, file]) => [name, await readBytes(join(folder, file))] as const);
  return Object.fromEntries(await Promise.all(read));
}

/**
 * Demonstrations from files, or from all `.demos` files of folders. Throws `UsageError` where there are none.
 *
 * @param onlySuccesses leaves out episodes that failed
 */
export async function readDemos(paths: readonly string[], onlySuccesses: boolean): Promise<EpisodeSet> {
  const files = paths.flatMap((path) =>
    path.endsWith(".demos") || !existsSync(path)
      ? [path]
      : readdirSync(path)
          .filter((name) => name.endsWith(".demos"))
          .sort()
          .map((name) => join(path, name)),
  );
  const keeps = ({ outcome }: { outcome: string }) => !onlySuccesses || outcome === "succeeded";
  const sets: EpisodeSet[] = [];
  for (const file of files) sets.push(demoEpisodes(new DemoFile(await readBytes(file)), keeps));
  return joinSets(sets);
}
