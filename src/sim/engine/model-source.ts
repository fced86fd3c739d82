import { UsageError } from "../../common/index.ts";

/** A model as files: the entry file and everything it refers to, by path relative to one common root. */
export interface ModelSource {
  /** Path of the entry MJCF or URDF among `files`. */
  readonly main: string;
  readonly files: ReadonlyMap<string, Uint8Array | string>;
}

/** A model that is one MJCF text and refers to no other file. */
export function modelFromText(xml: string, name = "model.xml"): ModelSource {
  return { main: name, files: new Map([[name, xml]]) };
}

/** The entry file's text. */
export function mainText(source: ModelSource): string {
  const content = source.files.get(source.main);
  if (content === undefined) {
    throw new UsageError(
      `The model's entry file "${source.main}" is not among its files.`,
      `Its files are: ${[...source.files.keys()].join(", ")}.`,
    );
  }
  return typeof content === "string" ? content : new TextDecoder().decode(content);
}

/** The folder of a slash-separated path; "" at the top. */
export function folderOf(path: string): string {
  const slash = path.lastIndexOf("/");
  return slash < 0 ? "" : path.slice(0, slash);
}
