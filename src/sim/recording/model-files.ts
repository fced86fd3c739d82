import { strToU8, unzipSync, zipSync } from "fflate";
import type { ModelSource } from "../engine/index.ts";
import type { World } from "../world.ts";
import { CorruptRecordingError } from "./errors.ts";

/** A fixed date, so that equal files make an equal archive. */
const MODIFIED = new Date(1980, 0, 1);

/** Models as one zip archive, the files of each below a folder of its name. */
export function zipModels(models: Readonly<Record<string, ModelSource>>): Uint8Array {
  const entries = Object.entries(models).flatMap(([folder, { files }]) =>
    [...files].map(([path, content]) => {
      const bytes = typeof content === "string" ? strToU8(content) : content;
      return [`${folder}/${path}`, bytes] as const;
    }),
  );
  return zipSync(Object.fromEntries(entries), { mtime: MODIFIED });
}

/** The models of a world, by the folder that each has in an archive. */
export function worldModels({ robotModel, scene, companions = [] }: World): Record<string, ModelSource> {
  return {
    robot: robotModel,
    ...("kind" in scene ? {} : { scene }),
    ...Object.fromEntries(companions.map(({ name, robotModel }) => [name, robotModel])),
  };
}

/** The files of an archive that `zipModels` made. */
export class ModelArchive {
  readonly #files: Readonly<Record<string, Uint8Array>>;

  constructor(zip: Uint8Array) {
    try {
      this.#files = unzipSync(zip);
    } catch (cause) {
      throw new CorruptRecordingError(
        `The recording's model files cannot be unpacked: ${cause instanceof Error ? cause.message : cause}.`,
        "Record the session again.",
        { cause },
      );
    }
  }

  /** The model below a folder. Throws `CorruptRecordingError` where its entry file is missing. */
  model(folder: string, main: string): ModelSource {
    const files = Object.entries(this.#files)
      .filter(([path]) => path.startsWith(`${folder}/`))
      .map(([path, bytes]) => [path.slice(folder.length + 1), bytes] as const);
    const source = { main, files: new Map<string, Uint8Array | string>(files) };
    if (source.files.has(main)) return source;
    throw new CorruptRecordingError(
      `The recording lacks its model file "${folder}/${main}".`,
      "Record the session again.",
    );
  }
}
