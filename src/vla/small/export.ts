import { hashFloats, hashText } from "../../common/index.ts";
import { encodeModel, Graph, type ParameterLayout, Parameters, stack, unstack } from "../../learn/index.ts";
import type { VlaSpec } from "../vla-spec.ts";
import { denoisingExpert, type NetworkSpec, prefixInputs, shapeOf, spellingExpert } from "./network.ts";
import { type Prefix, prefixNetwork } from "./prefix-network.ts";

/** A small VLA as files: two ONNX graphs, each with the manifest in its metadata. */
export interface VlaFiles {
  /** Once per observation: pictures, words and proprioception to `keys`, `values` and `bias`. */
  readonly prefix: Uint8Array;
  /** Once per denoising step, or per token: candidates and what the prefix left to `output` and `hidden`. */
  readonly step: Uint8Array;
}

/** The metadata key of the manifest in both graphs. */
export const MANIFEST_KEY = "contrapposto";

/** How a step graph is laid out: candidates of one observation that share its prefix, or one of each of several. */
export type StepBatching = "shared" | "replicated";

/** Writes a network with these weights. The manifest's hash is made from weights and normalisation. */
export function writeVla(spec: VlaSpec, layout: ParameterLayout, weights: Float32Array): VlaFiles {
  const modelHash = hashText(hashFloats(weights) + JSON.stringify(spec.normalisation));
  const metadata = { [MANIFEST_KEY]: JSON.stringify({ ...spec, modelHash }) };
  return {
    prefix: encodeModel(prefixGraph(spec, layout, weights).model("prefix", metadata)),
    step: encodeModel(stepGraph(spec, layout, weights, "shared").model("step", metadata)),
  };
}

/** Outputs `keys` and `values` [layers, batch, heads, tokens, size] and `bias` [batch, 1, 1, tokens]. */
export function prefixGraph(spec: NetworkSpec, layout: ParameterLayout, weights: Float32Array): Graph {
  const graph = new Graph();
  const parameters = new Parameters(graph, layout);
  const { memories, bias } = prefixNetwork(parameters, prefixInputs(graph, spec, "batch"), shapeOf(spec));
  graph.output(
    "keys",
    stack(
      memories.map(({ keys }) => keys),
      0,
    ),
  );
  graph.output(
    "values",
    stack(
      memories.map(({ values }) => values),
      0,
    ),
  );
  graph.output("bias", bias);
  parameters.bindToValues(weights);
  return graph;
}

/**
 * Inputs `chunk` [1, candidates, chunkHorizon, actions] and `time` [1, 1], or `spelled` [1, candidates, tokens], and the
 * prefix's outputs; outputs `output` and `hidden` [1, candidates, tokens, ..]. Replicated: [batch, 1, ..] with a prefix each.
 */
export function stepGraph(
  spec: NetworkSpec,
  layout: ParameterLayout,
  weights: Float32Array,
  batching: StepBatching,
): Graph {
  const graph = new Graph();
  const parameters = new Parameters(graph, layout);
  const [batch, candidates] = batching === "shared" ? [1, "candidates"] : ["batch", 1];
  const { layers, heads, width } = shapeOf(spec);
  const tokens = prefixTokens(spec);
  const memory = [layers, batch, heads, tokens, width / heads];
  const keys = unstack(graph.input("keys", memory), 0);
  const values = unstack(graph.input("values", memory), 0);
  const prefix: Prefix = {
    memories: keys.map((each, i) => ({ keys: each, values: values[i] })),
    bias: graph.input("bias", [batch, 1, 1, tokens]),
  };
  const [horizon, actions] = [spec.chunkHorizon, spec.actions.length];
  const { output, hidden } =
    spec.head.kind === "autoregressive"
      ? spellingExpert(
          parameters,
          graph.input("spelled", [batch, candidates, horizon * actions], "int32"),
          prefix,
          spec,
          spec.head.bins,
        )
      : denoisingExpert(
          parameters,
          graph.input("chunk", [batch, candidates, horizon, actions]),
          graph.input("time", [1, 1]),
          prefix,
          spec,
        );
  graph.output("output", output);
  graph.output("hidden", hidden);
  parameters.bindToValues(weights);
  return graph;
}

/** How many tokens an observation becomes: patches of every camera, one for the body, and the words. */
export function prefixTokens(spec: NetworkSpec): number {
  const { patchSize, textTokens } = shapeOf(spec);
  const patches = spec.cameras.map(({ width, height }) => (width / patchSize) * (height / patchSize));
  return patches.reduce((sum, count) => sum + count, 0) + 1 + textTokens;
}
