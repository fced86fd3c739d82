// The page that determinism.test.ts opens; bundled for the browser by Vite.
import { Engine } from "../../src/sim/engine/index.ts";
import { encodeFloats } from "../../src/sim/plant/exact-floats.ts";
import { robotByName } from "../../src/sim/robots/registry.ts";
import { decodeModel, type ModelText } from "./model-text.ts";
import { type FUNCTIONS, runWorkload, sampleFunction, type Trace } from "./workload.ts";

/** What the test calls through the browser's debugging protocol. */
export interface Page {
  run(robot: string, models: { robot: ModelText; scene: ModelText }): Promise<Trace>;
  /** Values as `encodeFloats` writes them. */
  sample(name: (typeof FUNCTIONS)[number], count: number): { portable: string; native: string };
}

const page: Page = {
  async run(robot, models) {
    const engine = await Engine.load({ wasmUrl: "/mujoco.wasm" });
    return runWorkload(engine, robotByName(robot), {
      robot: decodeModel(models.robot),
      scene: decodeModel(models.scene),
    });
  },
  sample(name, count) {
    const { portable, native } = sampleFunction(name, count);
    return { portable: encodeFloats(portable), native: encodeFloats(native) };
  },
};

Object.assign(globalThis, { page });
