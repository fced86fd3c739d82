import { hashFloats, hashText } from "../../common/index.ts";
import {
  type Dim,
  encodeModel,
  Graph,
  gather,
  mul,
  type Node,
  type ParameterLayout,
  Parameters,
  stack,
  sub,
  unstack,
} from "../../learn/index.ts";
import type { VlaSpec } from "../vla-spec.ts";
import { denoisingExpert, type NetworkSpec, prefixInputs, shapeOf, spellingExpert } from "./network.ts";
import { type Prefix, prefixNetwork } from "./prefix-network.ts";

/** A small VLA as files: two ONNX graphs, each with the manifest in its metadata. */
export interface VlaFiles {
  /** Once per observation: pictures, words and proprioception to `keys` and `values`. */
  readonly prefix: Uint8Array;
  /** Once per denoising step, or per token: candidates and what the prefix left to `output` and `hidden`. */
  readonly step: Uint8Array;
}

/** The metadata key of the manifest in both graphs. */
export const MANIFEST_KEY = "contrapposto";

/** How a step graph is laid out: candidates of one observation that share its prefix, or one of each of several. */
export type StepBatching = "shared" | "replicated";

/**
 * Writes a network with these weights. The manifest's hash is made from them, normalisation and head: all that features
 * follow from, since denoising in other steps ends with other features.
 */
export function writeVla(spec: VlaSpec, layout: ParameterLayout, weights: Float32Array): VlaFiles {
  const modelHash = hashText(hashFloats(weights) + JSON.stringify([spec.normalisation, spec.head]));
  const metadata = { [MANIFEST_KEY]: JSON.stringify({ ...spec, modelHash }) };
  return {
    prefix: encodeModel(prefixGraph(spec, layout, weights).model("prefix", metadata)),
    step: encodeModel(stepGraph(spec, layout, weights, "shared").model("step", metadata)),
  };
}

/** Outputs `keys` and `values`, [layers, batch, heads, tokens, size]. */
export function prefixGraph(spec: NetworkSpec, layout: ParameterLayout, weights: Float32Array): Graph {
  const graph = new Graph();
  const parameters = new Parameters(graph, layout);
  const { prefix } = prefixNetwork(parameters, prefixInputs(graph, spec, "batch"), shapeOf(spec));
  graph.output(
    "keys",
    stack(
      prefix.map(({ keys }) => keys),
      0,
    ),
  );
  graph.output(
    "values",
    stack(
      prefix.map(({ values }) => values),
      0,
    ),
  );
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
  const prefix = prefixInput(graph, spec, batch);
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

/**
 * The whole of sampling by flow matching as one graph: `stepGraph` again and again from pure noise, so that nothing but the
 * noise goes in and nothing but chunks and features come out. Inputs `chunk`, `keys` and `values` as there; outputs `denoised`,
 * `hidden` of the last step, and `outlook` [1, 1, tokens, expertWidth]: what the first step would hold without noise.
 */
export function samplingGraph(
  spec: NetworkSpec,
  layout: ParameterLayout,
  weights: Float32Array,
  steps: number,
  batching: StepBatching = "shared",
): Graph {
  const graph = new Graph();
  const parameters = new Parameters(graph, layout);
  const [batch, candidates] = batching === "shared" ? [1, "candidates"] : ["batch", 1];
  const prefix = prefixInput(graph, spec, batch);
  const size = [spec.chunkHorizon, spec.actions.length] as const;
  const blank = graph.constant(new Float32Array(size[0] * size[1]), [1, 1, ...size]);
  const begin = graph.constant(Float32Array.of(1), [1, 1]);
  graph.output("outlook", denoisingExpert(parameters, blank, begin, firstOf(prefix), spec).hidden);
  let chunk = graph.input("chunk", [batch, candidates, ...size]);
  for (let k = 0; k < steps; k++) {
    const time = graph.constant(Float32Array.of(1 - k / steps), [1, 1]);
    const { output, hidden } = denoisingExpert(parameters, chunk, time, prefix, spec);
    chunk = sub(chunk, mul(output, 1 / steps));
    if (k === steps - 1) graph.output("hidden", hidden);
  }
  graph.output("denoised", chunk);
  parameters.bindToValues(weights);
  return graph;
}

/** What the prefix left of the first observation of a batch. */
function firstOf(prefix: Prefix): Prefix {
  const first = (x: Node): Node => (x.shape[0] === 1 ? x : gather(x, x.graph.integers([0])));
  return prefix.map(({ keys, values }) => ({ keys: first(keys), values: first(values) }));
}

/** Declares what the prefix left as inputs. */
function prefixInput(graph: Graph, spec: NetworkSpec, batch: Dim): Prefix {
  const { layers, heads, width } = shapeOf(spec);
  const memory = [layers, batch, heads, prefixTokens(spec), width / heads];
  const keys = unstack(graph.input("keys", memory), 0);
  const values = unstack(graph.input("values", memory), 0);
  return keys.map((each, i) => ({ keys: each, values: values[i] }));
}

/** How many tokens an observation becomes: glances at the pictures, the landmark, the body and the sentence. */
function prefixTokens(spec: NetworkSpec): number {
  const { glances, landmarkToken } = shapeOf(spec);
  return glances + (landmarkToken ? 1 : 0) + 2;
}
