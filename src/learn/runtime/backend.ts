import type * as OrtWeb from "onnxruntime-web";
import { RuntimeMissingError } from "./errors.ts";

/** The part of ONNX Runtime's JavaScript API that its Node and web packages share. */
export type Ort = Pick<typeof OrtWeb, "InferenceSession" | "Tensor" | "env">;

/** One build of ONNX Runtime. */
export interface Backend {
  readonly ort: Ort;
  /** What this build calls its plain processor provider. */
  readonly cpuProvider: string;
  /** Whether results are written into the tensors given for them, as Node's build does and the web's does not. */
  readonly writesInPlace: boolean;
}

/** Loads a build; `providers` are those the user asked for, since the web's GPU providers come in another file. */
export type LoadBackend = (providers: readonly string[], threads: number) => Promise<Backend>;

/** ONNX Runtime as the native Node add-on. */
export const loadNodeBackend: LoadBackend = async () => {
  // A name in a variable keeps bundlers for the browser from following the import into a native add-on.
  const name = ["onnxruntime", "node"].join("-");
  const module = await load<Ort & { default?: Ort }>("for Node", () => import(/* @vite-ignore */ name));
  const ort = module.default ?? module; // Node puts a CommonJS package under `default`, other loaders do not
  ort.env.logLevel = "fatal";
  return { ort, cpuProvider: "cpu", writesInPlace: true };
};

/** ONNX Runtime as WebAssembly, in a browser (or in Node, for tests). */
export const loadWebBackend: LoadBackend = async (providers, threads) => {
  const isGpu = providers.some((name) => name === "webgpu" || name === "webnn");
  const ort = await load<Ort>("for the web", () =>
    isGpu ? import("onnxruntime-web/webgpu") : import("onnxruntime-web/wasm"),
  );
  ort.env.logLevel = "fatal";
  if (ort.env.wasm.numThreads === undefined) ort.env.wasm.numThreads = threads;
  return { ort, cpuProvider: "wasm", writesInPlace: false };
};

/** The build for where we run: Node's add-on under Node, WebAssembly elsewhere. */
export const loadDefaultBackend: LoadBackend = (providers, threads) =>
  typeof process !== "undefined" && process.versions?.node !== undefined
    ? loadNodeBackend(providers, threads)
    : loadWebBackend(providers, threads);

async function load<T>(name: string, run: () => Promise<unknown>): Promise<T> {
  try {
    return (await run()) as T;
  } catch (cause) {
    throw new RuntimeMissingError(name, cause);
  }
}
