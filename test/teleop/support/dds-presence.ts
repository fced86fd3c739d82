import { spawnSync } from "node:child_process";
import { errorMessage } from "../../../src/common/index.ts";
import { loadCyclone } from "../../../src/teleop/dds/cyclone/library.ts";

/** The interpreter that has other people's packages. */
export const PYTHON = process.env.CONTRAPPOSTO_PYTHON ?? "python3";

/** Why DDS cannot be spoken here; undefined where it can. */
export const NO_DDS: string | undefined = await loadCyclone().then(
  () => undefined,
  (error: unknown) => errorMessage(error),
);

/** Why Unitree's Python SDK on CycloneDDS cannot be run against us; undefined where it can. */
export const NO_SDK: string | undefined = NO_DDS ?? lacks("cyclonedds, unitree_sdk2py.core.channel, numpy");

/** Why a Python program cannot run policies; undefined where it can. */
export const NO_ONNX: string | undefined = NO_SDK ?? lacks("onnxruntime");

/** What a title says of a test that does not run. */
export const because = (reason: string | undefined): string =>
  reason === undefined ? "" : ` (skipped: ${reason})`;

function lacks(modules: string): string | undefined {
  return spawnSync(PYTHON, ["-c", `import ${modules}`]).status === 0
    ? undefined
    : `${PYTHON} has no ${modules.replaceAll(", ", " or ")}`;
}
