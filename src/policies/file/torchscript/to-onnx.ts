import {
  attribute,
  float32Tensor,
  type OnnxDim,
  type OnnxModel,
  type OnnxNode,
  type OnnxTensor,
  type OnnxValueInfo,
} from "../../../learn/index.ts";
import { UnsupportedPolicyError } from "../errors.ts";
import { activationNodes } from "./activations.ts";
import { TorchArchive } from "./archive.ts";
import { TorchModule } from "./module.ts";
import { type RecurrentPart, recurrentPart } from "./recurrent.ts";

/** Calls that an exported policy's own `forward` may make: they only move values around. */
const HARMLESS_CALLS = new Set(
  ["unsqueeze", "squeeze", "slice", "copy_", "select", "flatten", "size"].map((f) => `torch.${f}`),
);

/**
 * Rebuilds a TorchScript policy (legged_gym, rsl_rl, Isaac Lab: an MLP actor, behind an LSTM or GRU if it has one,
 * behind an observation normaliser if it has one) as ONNX with inputs `obs [batch, n]` and `h_in`, `c_in
 * [layers, batch, hidden]`, outputs `actions`, `h_out`, `c_out`. The code in the archive is read, never executed.
 * Throws `UnsupportedPolicyError` for anything else, rather than converting it wrongly.
 */
export function torchScriptToOnnx(bytes: Uint8Array): OnnxModel {
  const archive = TorchArchive.open(bytes);
  const root = new TorchModule(archive, archive.root, "");
  const parts = partsOf(root);
  const graph = new GraphParts();
  let value = "obs";
  if (parts.normalizer !== undefined) value = graph.normalize(parts.normalizer, value);
  const memory = parts.memory === undefined ? undefined : recurrentPart(parts.memory, value, "memory.out");
  if (memory !== undefined) {
    graph.nodes.push(...memory.nodes);
    graph.initializers.push(...memory.initializers);
    value = "memory.out";
  }
  const layers = graph.mlp(parts.actor, value);
  const observationSize = memory === undefined ? layers.inputs : memory.initializers[1].dims[2];
  return model(graph, memory, observationSize, layers.outputs);
}

interface Parts {
  readonly normalizer: TorchModule | undefined;
  readonly memory: TorchModule | undefined;
  readonly actor: TorchModule;
}

/** Finds actor, memory and normaliser, and makes sure that there is nothing else. */
function partsOf(root: TorchModule): Parts {
  if (isChain(root)) return { actor: root, memory: undefined, normalizer: undefined };
  const { actor, memory, rnn, normalizer, ...rest } = Object.fromEntries(root.children) as Record<
    string,
    TorchModule | undefined
  >;
  const extra = Object.values(rest).find((module) => module?.kind !== "Identity");
  if (extra !== undefined)
    throw unsupported(`It has a part "${extra.path}" (${extra.kind}) beside actor, memory and normalizer.`);
  if (actor === undefined) throw unsupported(`Its class ${root.kind} has no part "actor".`);
  const call = root.calls.find((name) => !HARMLESS_CALLS.has(name));
  if (call !== undefined) throw unsupported(`Its forward function calls ${call}.`);
  return {
    actor,
    memory: memory ?? rnn,
    normalizer: normalizer?.kind === "Identity" ? undefined : normalizer,
  };
}

/** Whether a module is a plain chain of layers, as torch.nn.Sequential and rsl_rl's MLP are. */
function isChain(module: TorchModule): boolean {
  const names = [...module.children.keys()];
  return module.kind === "Linear" || (names.length > 0 && names.every((name) => /^\d+$/.test(name)));
}

class GraphParts {
  readonly nodes: OnnxNode[] = [];
  readonly initializers: OnnxTensor[] = [];

  /** rsl_rl's EmpiricalNormalization: (x - mean) / (std + eps). */
  normalize(module: TorchModule, input: string): string {
    const mean = module.tensor("_mean");
    const deviation = module.tensor("_std");
    const eps = Number(module.constant("eps") ?? /torch\.add\([^,()]+, ([\d.e-]+)\)/.exec(module.code)?.[1]);
    if (mean === undefined || deviation === undefined || !Number.isFinite(eps))
      throw unsupported(`Its normaliser ${module.kind} is not rsl_rl's EmpiricalNormalization.`);
    this.initializers.push(
      float32Tensor("normalizer.mean", [1, mean.values.length], mean.values),
      float32Tensor(
        "normalizer.divisor",
        [1, deviation.values.length],
        deviation.values.map((s) => s + eps),
      ),
    );
    this.nodes.push(
      { opType: "Sub", inputs: [input, "normalizer.mean"], outputs: ["normalizer.centred"] },
      { opType: "Div", inputs: ["normalizer.centred", "normalizer.divisor"], outputs: ["normalizer.out"] },
    );
    return "normalizer.out";
  }

  /** A chain of linear layers and activations that ends in `actions`. */
  mlp(actor: TorchModule, input: string): { inputs: number; outputs: number } {
    if (!isChain(actor)) throw unsupported(`Its actor is a ${actor.kind}, not a chain of layers.`);
    const layers = actor.kind === "Linear" ? [actor] : inOrder(actor.children);
    const linears = layers.filter((layer) => layer.kind === "Linear");
    let value = input;
    for (const [i, layer] of layers.entries()) {
      const output = i === layers.length - 1 ? "actions" : `actor.${i}.out`;
      if (layer.kind === "Linear") this.#linear(layer, i, value, output);
      else this.nodes.push(...activationNodes(layer, value, output));
      value = output;
    }
    const sizes = linears.map((layer) => layer.requireTensor("weight").dims);
    const misfit = sizes.findIndex((dims, i) => dims.length !== 2 || (i > 0 && dims[1] !== sizes[i - 1][0]));
    if (sizes.length === 0 || misfit >= 0)
      throw unsupported("The layers of its actor do not fit each other.");
    return { inputs: sizes[0][1], outputs: sizes[sizes.length - 1][0] };
  }

  #linear(layer: TorchModule, index: number, input: string, output: string): void {
    const weight = layer.requireTensor("weight");
    const bias = layer.tensor("bias")?.values ?? new Float32Array(weight.dims[0]);
    const name = `actor.${index}`;
    this.initializers.push(
      float32Tensor(`${name}.weight`, weight.dims, weight.values),
      float32Tensor(`${name}.bias`, [bias.length], bias),
    );
    this.nodes.push({
      opType: "Gemm",
      inputs: [input, `${name}.weight`, `${name}.bias`],
      outputs: [output],
      attributes: { transB: attribute.int(1) },
    });
  }
}

function inOrder(children: ReadonlyMap<string, TorchModule>): TorchModule[] {
  return [...children].sort(([a], [b]) => Number(a) - Number(b)).map(([, module]) => module);
}

function model(
  parts: GraphParts,
  memory: RecurrentPart | undefined,
  inputs: number,
  outputs: number,
): OnnxModel {
  const port = (name: string, shape: readonly OnnxDim[]): OnnxValueInfo => ({ name, type: "float32", shape });
  const state = (direction: string) =>
    (memory?.stateNames ?? []).map((name) =>
      port(`${name}_${direction}`, [memory?.state.layers ?? 1, "batch", memory?.state.hidden ?? 0]),
    );
  return {
    irVersion: 8,
    opsets: [{ domain: "", version: 17 }],
    producerName: "contrapposto",
    metadata: {},
    graph: {
      name: "policy",
      nodes: parts.nodes,
      initializers: parts.initializers,
      inputs: [port("obs", ["batch", inputs]), ...state("in")],
      outputs: [port("actions", ["batch", outputs]), ...state("out")],
    },
  };
}

function unsupported(how: string): UnsupportedPolicyError {
  return new UnsupportedPolicyError(
    `The TorchScript policy is of an unknown kind. ${how}`,
    "Export it as ONNX with inputs obs (and h_in, c_in) instead.",
  );
}
