import { cp, mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileError } from "../files.ts";
import { type OfferedPolicy, siteData } from "./site-data.ts";
import { viewerBundle } from "./viewer-bundle.ts";

export interface WrittenSite {
  readonly files: number;
  readonly bytes: number;
}

/**
 * Writes the viewer with all robots, scenes, policies and motions as files that any web server can serve, below any
 * path. Files of the same names are replaced, others stay.
 */
export async function writeSite(
  folder: string,
  offered: readonly OfferedPolicy[] = [],
  note: (text: string) => void = () => {},
): Promise<WrittenSite> {
  const bundle = await viewerBundle(note);
  const data = await siteData(offered);
  try {
    await mkdir(folder, { recursive: true });
    await cp(bundle, folder, { recursive: true });
    let bytes = 0;
    for (const [path, content] of data) {
      const file = join(folder, "data", path);
      await mkdir(dirname(file), { recursive: true });
      await writeFile(file, content);
      bytes += content.length;
    }
    return { files: data.size, bytes };
  } catch (error) {
    throw await fileError(error, folder);
  }
}
