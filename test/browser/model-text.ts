import type { ModelSource } from "../../src/sim/engine/index.ts";

/** A model that can cross into a page: files as base64. */
export interface ModelText {
  readonly main: string;
  readonly files: readonly (readonly [string, string])[];
}

export function encodeModel({ main, files }: ModelSource): ModelText {
  return {
    main,
    files: Array.from(files, ([path, content]) => [path, Buffer.from(content).toString("base64")] as const),
  };
}

export function decodeModel({ main, files }: ModelText): ModelSource {
  const bytes = (text: string) => Uint8Array.from(atob(text), (char) => char.charCodeAt(0));
  return { main, files: new Map(files.map(([path, text]) => [path, bytes(text)])) };
}
