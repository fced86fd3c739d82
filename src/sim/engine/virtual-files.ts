import type { MainModule } from "mujoco-js";
import { folderOf, type ModelSource } from "./model-source.ts";

const staged = new WeakMap<MainModule, { count: number; folders: WeakMap<ModelSource, string> }>();

/**
 * Runs `use` with the source's files laid out in the engine's in-memory file system, so that includes, meshes,
 * textures and height fields resolve as they would on disk, whatever the folder layout. Each source is laid out once
 * per engine; the files stay until the engine goes, because compiling reads assets again.
 */
export function withFiles<T>(mujoco: MainModule, source: ModelSource, use: (root: string) => T): T {
  let record = staged.get(mujoco);
  if (record === undefined) {
    record = { count: 0, folders: new WeakMap() };
    staged.set(mujoco, record);
  }
  let root = record.folders.get(source);
  if (root === undefined) {
    root = `/models/${record.count++}`;
    layOut(mujoco, source, root);
    record.folders.set(source, root);
  }
  return use(root);
}

function layOut(mujoco: MainModule, source: ModelSource, root: string): void {
  for (const [path, content] of source.files) {
    const absolute = `${root}/${path}`;
    mujoco.FS.mkdirTree(folderOf(absolute), 0o777);
    mujoco.FS.writeFile(absolute, content);
  }
}
