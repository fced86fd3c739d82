import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { UsageError } from "../common/index.ts";
import { DemoFile } from "../sim/index.ts";
import { demoEpisodes, type EpisodeSet, joinSets, type VlaFiles } from "../vla/index.ts";
import { readBytes } from "./files.ts";
import { shippedPath } from "./package-root.ts";

/** What `--vla` and `--scorers` call the model that ships, and what scores its chunks. */
const DEFAULT = "default";

/** The flag that names a VLA. */
export const VlaFlag = z
  .string()
  .meta({ description: `run of train vla, or "${DEFAULT}" for what ships`, placeholder: "folder" });
/** The flag that names what scores its chunks. */
export const ScorersFlag = z
  .string()
  .meta({ description: `run of train taco, or "${DEFAULT}"`, placeholder: "folder" });

/** The folder that a flag means. */
function folderOf(name: string): string {
  return name === DEFAULT ? shippedPath("assets", "policies", "vla") : name;
}

/** The two graphs of a VLA in a run folder, or any folder that holds them; "default" is the one that ships. */
export async function readVla(name: string): Promise<VlaFiles> {
  const folder = folderOf(name);
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

/** The scorers that a folder holds; "default" are those that ship. */
export async function readScorers(
  name: string,
): Promise<Partial<Record<keyof typeof SCORER_FILES, Uint8Array>>> {
  const folder = folderOf(name);
  const found = Object.entries(SCORER_FILES).filter(([, file]) => existsSync(join(folder, file)));
  const read = found.map(async ([key, file]) => [key, await readBytes(join(folder, file))] as const);
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
