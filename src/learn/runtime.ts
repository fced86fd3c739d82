import type { InferenceSession as OrtSession, Tensor as OrtTensor } from "onnxruntime-web";
import { errorMessage } from "../common/index.ts";
import { type Backend, type LoadBackend, loadDefaultBackend, type Ort } from "./runtime/backend.ts";
import {
  InferenceError,
  ModelRefusedError,
  SessionClosedError,
  TensorMismatchError,
} from "./runtime/errors.ts";
import { checkTensor, findPort, type TensorInfo, type TensorValue, zeros } from "./runtime/tensor-check.ts";

export { type Backend, type LoadBackend, loadNodeBackend, loadWebBackend } from "./runtime/backend.ts";
export {
  InferenceError,
  ModelRefusedError,
  RuntimeMissingError,
  SessionClosedError,
  TensorMismatchError,
} from "./runtime/errors.ts";
export type { TensorInfo, TensorValue } from "./runtime/tensor-check.ts";

/** How a session runs. */
export interface SessionOptions {
  /** Processor threads for one evaluation; 1 is best for small networks. */
  readonly threads?: number;
  /** Execution providers in order of preference ("cuda", "webgpu", "coreml" ...); the processor comes last by itself. */
  readonly providers?: readonly string[];
  /** Which build of ONNX Runtime; by default the one for where we run. */
  readonly backend?: LoadBackend;
}

type TensorValues = Readonly<Record<string, TensorValue>>;

/** An ONNX graph ready to be evaluated. It holds native memory: hold it with `using`. */
export class InferenceSession implements Disposable {
  readonly inputs: readonly TensorInfo[];
  readonly outputs: readonly TensorInfo[];
  /** Why the session runs on another provider than asked for; undefined when it runs as asked. */
  readonly notice: string | undefined;
  readonly #session: OrtSession;
  readonly #backend: Backend;
  #isClosed = false;

  private constructor(session: OrtSession, backend: Backend, notice: string | undefined) {
    this.#session = session;
    this.#backend = backend;
    this.notice = notice;
    this.inputs = ports(session.inputMetadata);
    this.outputs = ports(session.outputMetadata);
  }

  /**
   * Makes a session from the bytes of an .onnx file, which may be reused afterwards.
   * Throws `ModelRefusedError` for a model that does not load and `RuntimeMissingError` without ONNX Runtime.
   * An execution provider that fails is replaced by the processor, and `notice` says so.
   */
  static async load(model: Uint8Array, options: SessionOptions = {}): Promise<InferenceSession> {
    const { threads = 1, providers = [], backend: loadBackend = loadDefaultBackend } = options;
    const backend = await loadBackend(providers, threads);
    const refusals: string[] = [];
    for (const provider of providers) {
      if (provider === "cpu" || provider === backend.cpuProvider) break;
      try {
        // Alone: with the processor beside it, ONNX Runtime would drop it with a mere warning.
        return new InferenceSession(
          await create(backend, model, threads, provider),
          backend,
          notice(refusals),
        );
      } catch (error) {
        refusals.push(`${provider} is not available: ${errorMessage(error).replace(/\s+/g, " ")}`);
      }
    }
    const session = await create(backend, model, threads, backend.cpuProvider);
    return new InferenceSession(session, backend, notice(refusals, "the processor"));
  }

  /** Zeros in the shape of an input, open dimensions filled in: `session.input("obs", { batch: 1 })`. */
  input(name: string, symbols: Readonly<Record<string, number>> = {}): TensorValue {
    return zeros(findPort(this.inputs, "input", name), symbols);
  }

  /** Zeros in the shape of an output, open dimensions filled in. */
  output(name: string, symbols: Readonly<Record<string, number>> = {}): TensorValue {
    return zeros(findPort(this.outputs, "output", name), symbols);
  }

  /**
   * Fixes the arrays that evaluations read and write, so that each call allocates nothing of its own: change the
   * input arrays in place, `await run()`, read the output arrays. Outputs that are not named are not computed.
   * Throws `TensorMismatchError` where name, type or shape differ from the graph's.
   */
  bind(inputs: TensorValues, outputs: TensorValues): BoundRun {
    checkInputs(this.inputs, inputs);
    checkNames(this.outputs, "output", outputs);
    const { ort, writesInPlace } = this.#backend;
    const feeds = mapValues(inputs, (value) => wrap(ort, value));
    const fetches = mapValues(outputs, (value) => wrap(ort, value));
    const fetched = writesInPlace ? fetches : Object.keys(outputs);
    return new BoundRun(
      () => this.#run(feeds, fetched),
      writesInPlace ? undefined : (results) => copyResults(results, outputs),
    );
  }

  /**
   * Evaluates once and returns fresh arrays: all outputs, or those named.
   * Throws `TensorMismatchError` for inputs that do not fit and `InferenceError` where the graph fails.
   */
  async run(inputs: TensorValues, outputs?: readonly string[]): Promise<Record<string, TensorValue>> {
    checkInputs(this.inputs, inputs);
    const names = outputs ?? this.outputs.map((port) => port.name);
    for (const name of names) findPort(this.outputs, "output", name);
    const feeds = mapValues(inputs, (value) => wrap(this.#backend.ort, value));
    return mapValues(await this.#run(feeds, names), unwrap);
  }

  async #run(
    feeds: Record<string, OrtTensor>,
    fetches: Record<string, OrtTensor> | readonly string[],
  ): Promise<OrtSession.ReturnType> {
    if (this.#isClosed) throw new SessionClosedError();
    try {
      return await this.#session.run(feeds, fetches);
    } catch (cause) {
      throw this.#isClosed ? new SessionClosedError() : new InferenceError(cause);
    }
  }

  /** Frees the native memory; a second call does nothing. */
  [Symbol.dispose](): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    void this.#session.release();
  }
}

/** An evaluation between fixed arrays; see `InferenceSession.bind`. Await one before starting the next. */
export class BoundRun {
  readonly #evaluate: () => Promise<OrtSession.ReturnType>;
  readonly #store: ((results: OrtSession.ReturnType) => void) | undefined;

  constructor(
    evaluate: () => Promise<OrtSession.ReturnType>,
    store: ((results: OrtSession.ReturnType) => void) | undefined,
  ) {
    this.#evaluate = evaluate;
    this.#store = store;
  }

  /** Evaluates once; the output arrays are complete when it resolves. Throws `InferenceError`. */
  async run(): Promise<void> {
    const results = await this.#evaluate();
    this.#store?.(results);
  }
}

async function create(
  backend: Backend,
  model: Uint8Array,
  threads: number,
  provider: string,
): Promise<OrtSession> {
  try {
    return await backend.ort.InferenceSession.create(model, {
      intraOpNumThreads: threads,
      interOpNumThreads: 1,
      executionMode: "sequential",
      executionProviders: [provider],
      logSeverityLevel: 4,
    });
  } catch (cause) {
    throw new ModelRefusedError(cause);
  }
}

function notice(refusals: readonly string[], instead = "the next one"): string | undefined {
  return refusals.length === 0 ? undefined : `${refusals.join("; ")}; running on ${instead}.`;
}

function ports(metadata: readonly OrtSession.ValueMetadata[]): TensorInfo[] {
  return metadata.map((value) => {
    if (value.isTensor)
      return { name: value.name, type: value.type as TensorInfo["type"], dims: value.shape };
    throw new TensorMismatchError(
      `The graph's "${value.name}" is no tensor.`,
      "Export the model with tensor inputs and outputs only.",
    );
  });
}

function checkNames(ports: readonly TensorInfo[], kind: string, values: TensorValues): void {
  for (const [name, value] of Object.entries(values)) checkTensor(findPort(ports, kind, name), value);
}

function checkInputs(ports: readonly TensorInfo[], values: TensorValues): void {
  checkNames(ports, "input", values);
  for (const { name } of ports)
    if (values[name] === undefined)
      throw new TensorMismatchError(`The graph's input "${name}" is missing.`, "Give all of its inputs.");
}

function wrap(ort: Ort, { type, data, dims }: TensorValue): OrtTensor {
  return new ort.Tensor(type as "float32", data as Float32Array, dims);
}

function unwrap(tensor: OrtSession.OnnxValueMapType[string]): TensorValue {
  const { type, dims, data } = tensor as OrtTensor;
  return { type: type as TensorValue["type"], dims, data: data as TensorValue["data"] };
}

function copyResults(results: OrtSession.ReturnType, outputs: TensorValues): void {
  for (const [name, { data }] of Object.entries(outputs))
    (data as Float32Array).set(unwrap(results[name]).data as Float32Array);
}

function mapValues<V, W>(record: Readonly<Record<string, V>>, convert: (value: V) => W): Record<string, W> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, convert(value)]));
}
