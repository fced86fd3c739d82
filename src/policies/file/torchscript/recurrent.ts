import {
  attribute,
  float32Tensor,
  int64Tensor,
  type OnnxNode,
  type OnnxTensor,
} from "../../../learn/index.ts";
import type { RecurrentState } from "../../spec.ts";
import { UnsupportedPolicyError } from "../errors.ts";
import type { TorchModule } from "./module.ts";

/** Where PyTorch's gates go in ONNX's order: i, f, g, o become i, o, f, c; r, z, n become z, r, h. */
const GATES = {
  lstm: { opType: "LSTM", order: [0, 3, 1, 2], states: ["h", "c"] },
  gru: { opType: "GRU", order: [1, 0, 2], states: ["h"] },
} as const;

/** A recurrent layer as ONNX: nodes from `input` [batch, n] to `output` [batch, hidden], and what they need. */
export interface RecurrentPart {
  readonly state: RecurrentState;
  readonly nodes: readonly OnnxNode[];
  readonly initializers: readonly OnnxTensor[];
  /** "h" and, for LSTM, "c": graph inputs `h_in`, outputs `h_out`. */
  readonly stateNames: readonly string[];
}

/** Turns a PyTorch LSTM or GRU (any number of layers, one direction) into ONNX nodes. */
export function recurrentPart(module: TorchModule, input: string, output: string): RecurrentPart {
  const kind = module.kind === "LSTM" ? "lstm" : "gru";
  if (module.kind !== "LSTM" && module.kind !== "GRU")
    throw unsupported(module, `is a ${module.kind}; LSTM and GRU are known`);
  if (module.constant("bidirectional") === "True") throw unsupported(module, "runs in both directions");
  if (Number(module.constant("proj_size") ?? 0) > 0) throw unsupported(module, "projects its state");
  const layers = countLayers(module);
  const hidden = module.requireTensor("weight_hh_l0").dims[1];
  const builder = new LayerBuilder(module, kind, layers);
  const nodes = builder.build(input, output);
  return {
    state: { kind, layers, hidden },
    nodes,
    initializers: builder.initializers,
    stateNames: GATES[kind].states,
  };
}

class LayerBuilder {
  readonly initializers: OnnxTensor[] = [int64Tensor("axis0", [0])];
  readonly #module: TorchModule;
  readonly #kind: keyof typeof GATES;
  readonly #layers: number;

  constructor(module: TorchModule, kind: keyof typeof GATES, layers: number) {
    this.#module = module;
    this.#kind = kind;
    this.#layers = layers;
  }

  build(input: string, output: string): OnnxNode[] {
    const { states } = GATES[this.#kind];
    const nodes: OnnxNode[] = states.flatMap((state) => this.#split(state));
    nodes.push({ opType: "Unsqueeze", inputs: [input, "axis0"], outputs: ["memory.x0"] });
    for (let layer = 0; layer < this.#layers; layer++) nodes.push(...this.#layer(layer));
    nodes.push({
      opType: "Squeeze",
      inputs: [this.#stateName("h", "out", this.#layers - 1), "axis0"],
      outputs: [output],
    });
    return [...nodes, ...states.flatMap((state) => this.#join(state))];
  }

  #layer(layer: number): OnnxNode[] {
    const { opType, states } = GATES[this.#kind];
    const weights = this.#weights(layer);
    const recurrent: OnnxNode = {
      opType,
      inputs: [
        `memory.x${layer}`,
        ...weights,
        "",
        ...states.map((state) => this.#stateName(state, "in", layer)),
      ],
      outputs: ["", ...states.map((state) => this.#stateName(state, "out", layer))],
      attributes: {
        hidden_size: attribute.int(this.#module.requireTensor(`weight_hh_l${layer}`).dims[1]),
        ...(this.#kind === "gru" ? { linear_before_reset: attribute.int(1) } : {}),
      },
    };
    // The sequence is one step long, so the final state [1, batch, hidden] is also the next layer's input.
    const next: OnnxNode = {
      opType: "Identity",
      inputs: [this.#stateName("h", "out", layer)],
      outputs: [`memory.x${layer + 1}`],
    };
    return layer + 1 < this.#layers ? [recurrent, next] : [recurrent];
  }

  /** Adds a layer's weights, gates reordered, and returns their names W, R, B. */
  #weights(layer: number): string[] {
    const { order } = GATES[this.#kind];
    const [wi, wh] = ["ih", "hh"].map((part) => this.#module.requireTensor(`weight_${part}_l${layer}`));
    const rows = wh.dims[0];
    const [bi, bh] = ["ih", "hh"].map(
      (part) => this.#module.tensor(`bias_${part}_l${layer}`)?.values ?? new Float32Array(rows),
    );
    const hidden = wh.dims[1];
    if (rows !== order.length * hidden || wi.dims[0] !== rows)
      throw unsupported(this.#module, "has weights of an unexpected shape");
    const reorder = (values: Float32Array) => reorderBlocks(values, order);
    const bias = new Float32Array(2 * rows);
    bias.set(reorder(bi));
    bias.set(reorder(bh), rows);
    this.initializers.push(
      float32Tensor(`memory.W${layer}`, [1, rows, wi.dims[1]], reorder(wi.values)),
      float32Tensor(`memory.R${layer}`, [1, rows, hidden], reorder(wh.values)),
      float32Tensor(`memory.B${layer}`, [1, 2 * rows], bias),
    );
    return [`memory.W${layer}`, `memory.R${layer}`, `memory.B${layer}`];
  }

  #stateName(state: string, direction: "in" | "out", layer: number): string {
    return this.#layers === 1 ? `${state}_${direction}` : `memory.${state}_${direction}${layer}`;
  }

  /** Cuts the state input [layers, batch, hidden] into one piece a layer. */
  #split(state: string): OnnxNode[] {
    if (this.#layers === 1) return [];
    const outputs = Array.from({ length: this.#layers }, (_, layer) => this.#stateName(state, "in", layer));
    return [{ opType: "Split", inputs: [`${state}_in`], outputs, attributes: { axis: attribute.int(0) } }];
  }

  #join(state: string): OnnxNode[] {
    if (this.#layers === 1) return [];
    const inputs = Array.from({ length: this.#layers }, (_, layer) => this.#stateName(state, "out", layer));
    return [{ opType: "Concat", inputs, outputs: [`${state}_out`], attributes: { axis: attribute.int(0) } }];
  }
}

/** The blocks of equal length that `values` consist of, in another order. */
function reorderBlocks(values: Float32Array, order: readonly number[]): Float32Array {
  const length = values.length / order.length;
  const out = new Float32Array(values.length);
  for (const [to, from] of order.entries())
    out.set(values.subarray(from * length, (from + 1) * length), to * length);
  return out;
}

function countLayers(module: TorchModule): number {
  let layers = 0;
  while (module.tensor(`weight_ih_l${layers}`) !== undefined) layers++;
  return layers;
}

function unsupported(module: TorchModule, how: string): UnsupportedPolicyError {
  return new UnsupportedPolicyError(
    `The recurrent part "${module.path}" ${how}.`,
    "Export the policy as ONNX with inputs obs, h_in, c_in instead.",
  );
}
