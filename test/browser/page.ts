// The page that determinism.test.ts opens; bundled for the browser by Vite.
import { Engine } from "../../src/sim/engine/index.ts";
import { encodeFloats } from "../../src/sim/plant/exact-floats.ts";
import { openRecording } from "../../src/sim/recording/recording.ts";
import { type ReplayResult, ReplayWorld, replay } from "../../src/sim/recording/replay.ts";
import { robotByName } from "../../src/sim/robots/registry.ts";
import { decodeModel, type ModelText } from "./model-text.ts";
import { type FUNCTIONS, runWorkload, sampleFunction, type Trace } from "./workload.ts";

/** What the test calls through the browser's debugging protocol. */
export interface Page {
  run(robot: string, models: { robot: ModelText; scene: ModelText }): Promise<Trace>;
  /** Replays a recording, given as base64. */
  replay(recording: string): Promise<ReplayResult>;
  /** Values as `encodeFloats` writes them. */
  sample(name: (typeof FUNCTIONS)[number], count: number): { portable: string; native: string };
}

const loadEngine = () => Engine.load({ wasmUrl: "/mujoco.wasm" });

const page: Page = {
  async run(robot, models) {
    return runWorkload(await loadEngine(), robotByName(robot), {
      robot: decodeModel(models.robot),
      scene: decodeModel(models.scene),
    });
  },
  async replay(text) {
    const recording = openRecording(Uint8Array.from(atob(text), (char) => char.charCodeAt(0)));
    using world = new ReplayWorld(await loadEngine(), recording);
    return replay(recording, world.plant);
  },
  sample(name, count) {
    const { portable, native } = sampleFunction(name, count);
    return { portable: encodeFloats(portable), native: encodeFloats(native) };
  },
};

Object.assign(globalThis, { page });
