import {
  encodeModel,
  float32Tensor,
  InferenceSession,
  type OnnxModel,
  type OnnxValueInfo,
  type SessionOptions,
  type TensorValue,
} from "../../learn/index.ts";
import type { PolicyFile } from "../file/policy-file.ts";

/** One policy file that acts for some of many environments at once. It holds native memory: hold it with `using`. */
export class FrozenNetwork implements Disposable {
  readonly file: PolicyFile;
  /** The environments that it acts for, as rows of a batch. */
  readonly rows: Int32Array;
  readonly #session: InferenceSession;
  readonly #run: () => Promise<void>;
  readonly #obs: Float32Array;
  readonly #actions: Float32Array;
  /** What it remembers before and after a step, [rows, hidden] each. */
  readonly #memories: readonly (readonly [before: Float32Array, after: Float32Array])[];

  private constructor(session: InferenceSession, file: PolicyFile, rows: Int32Array) {
    const { recurrent, jointNames } = file.spec;
    const batch = rows.length;
    this.file = file;
    this.rows = rows;
    this.#session = session;
    const symbols = Object.fromEntries(
      session.inputs.flatMap(({ dims }) =>
        dims.filter((dim) => typeof dim === "string").map((dim) => [dim, batch]),
      ),
    );
    const inputs: Record<string, TensorValue> = { obs: session.input("obs", symbols) };
    const actions = float32Tensor(
      "",
      [batch, jointNames.length],
      new Float32Array(batch * jointNames.length),
    );
    const outputs: Record<string, TensorValue> = { actions };
    const names = recurrent === undefined ? [] : recurrent.kind === "lstm" ? ["h", "c"] : ["h"];
    for (const name of names) {
      const before = session.input(`${name}_in`, symbols);
      inputs[`${name}_in`] = before;
      outputs[`${name}_out`] = { ...before, data: new Float32Array(before.data.length) };
    }
    const bound = session.bind(inputs, outputs);
    this.#run = () => bound.run();
    this.#obs = inputs.obs.data as Float32Array;
    this.#actions = actions.data as Float32Array;
    this.#memories = names.map((name) => [
      inputs[`${name}_in`].data as Float32Array,
      outputs[`${name}_out`].data as Float32Array,
    ]);
  }

  static async load(
    file: PolicyFile,
    rows: Int32Array,
    options: SessionOptions = {},
  ): Promise<FrozenNetwork> {
    const model = encodeModel(withOpenBatch(file.graph));
    const session = await InferenceSession.load(model, { ...options, threads: 1 });
    return new FrozenNetwork(session, file, rows);
  }

  /**
   * Writes the mean actions of its environments.
   *
   * @param observations [numEnvs, size]
   * @param actions [numEnvs, stride]; it writes the columns from `offset` on
   * @param ended [numEnvs], 1 where an episode has just begun, so that nothing is remembered of the last
   */
  async act(
    observations: Float32Array,
    actions: Float32Array,
    offset: number,
    ended: Uint8Array,
  ): Promise<void> {
    const count = this.rows.length;
    const numEnvs = ended.length;
    const [seen, size] = [this.#obs.length / count, this.#actions.length / count];
    const [width, stride] = [observations.length / numEnvs, actions.length / numEnvs];
    for (let k = 0; k < count; k++) {
      const row = this.rows[k];
      for (let i = 0; i < seen; i++) this.#obs[k * seen + i] = observations[row * width + i];
      if (ended[row] !== 0) this.#forget(k);
    }
    await this.#run();
    for (const [before, after] of this.#memories) before.set(after);
    for (let k = 0; k < count; k++)
      for (let i = 0; i < size; i++)
        actions[this.rows[k] * stride + offset + i] = this.#actions[k * size + i];
  }

  [Symbol.dispose](): void {
    this.#session[Symbol.dispose]();
  }

  /** State tensors are [layers, rows, hidden]. */
  #forget(k: number): void {
    const layers = this.file.spec.recurrent?.layers ?? 1;
    for (const [before] of this.#memories) {
      const hidden = before.length / (layers * this.rows.length);
      for (let layer = 0; layer < layers; layer++) {
        const at = (layer * this.rows.length + k) * hidden;
        before.fill(0, at, at + hidden);
      }
    }
  }
}

/** The graph for any number of rows: exporters often write down the one row that they traced. */
function withOpenBatch(model: OnnxModel): OnnxModel {
  const open = ({ shape, ...port }: OnnxValueInfo): OnnxValueInfo => {
    if (shape === undefined) return port;
    const batch = shape.length === 3 ? 1 : 0;
    return { ...port, shape: shape.map((dim, axis) => (axis === batch ? "batch" : dim)) };
  };
  const { inputs, outputs } = model.graph;
  return { ...model, graph: { ...model.graph, inputs: inputs.map(open), outputs: outputs.map(open) } };
}
