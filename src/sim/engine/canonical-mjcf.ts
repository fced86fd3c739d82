import type { Engine } from "./engine.ts";
import { modelErrorFrom } from "./errors.ts";
import { folderOf, type ModelSource } from "./model-source.ts";
import { withFiles } from "./virtual-files.ts";

/**
 * The model as the engine understood it, as one MJCF text: URDF converted, includes merged, one element a line. It
 * refers to assets by the same names as the source's entry file and belongs in the same folder. Numbers have six digits.
 * Throws like `Engine.compile`.
 */
export function canonicalMjcf(engine: Engine, source: ModelSource): string {
  const { mujoco } = engine;
  try {
    return withFiles(mujoco, source, (root) => {
      const model = mujoco.MjModel.from_xml_path(`${root}/${source.main}`);
      const file = `${root}/${folderOf(source.main)}/.canonical.xml`;
      try {
        mujoco.mj_saveLastXML(file, model);
        return new TextDecoder().decode(mujoco.FS.readFile(file));
      } finally {
        model.delete();
      }
    });
  } catch (cause) {
    throw modelErrorFrom(cause, source.main);
  }
}
