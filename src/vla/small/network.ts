import {
  add,
  type Dim,
  type Graph,
  gather,
  type Node,
  normalInitialiser,
  type Parameters,
  pad,
  reshape,
  slice,
  sub,
} from "../../learn/index.ts";
import { VlaMismatchError } from "../errors.ts";
import type { VlaSpec } from "../vla-spec.ts";
import { outputOfClean } from "./clean-prediction.ts";
import { chunkTokens, type ExpertOutput, expertNetwork } from "./expert-network.ts";
import type { NetworkShape } from "./network-shape.ts";
import type { Prefix, PrefixInputs } from "./prefix-network.ts";

/** The part of a spec that decides the network. */
export type NetworkSpec = Pick<
  VlaSpec,
  "cameras" | "proprioception" | "actions" | "chunkHorizon" | "head" | "network"
>;

/** The network's sizes. Throws `VlaMismatchError` for a spec without a network, as of a remote model. */
export function shapeOf({ network }: NetworkSpec): NetworkShape {
  if (network !== undefined) return network;
  throw new VlaMismatchError("This model has no network of ours.", "Train one with train vla.");
}

/** Declares the inputs of the prefix: `image_CAMERA`, `tokens` and `proprioception`. */
export function prefixInputs(graph: Graph, spec: NetworkSpec, batch: Dim): PrefixInputs {
  const { textTokens, textPieces } = shapeOf(spec);
  return {
    images: spec.cameras.map(({ name, height, width }) =>
      graph.input(imageInput(name), [batch, height, width, 3], "uint8"),
    ),
    tokens: graph.input("tokens", [batch, textTokens, textPieces], "int32"),
    proprioception: graph.input("proprioception", [batch, spec.proprioception.length]),
  };
}

/** What the graph calls a camera's picture. */
export function imageInput(camera: string): string {
  return `image_${camera}`;
}

/** The expert on noised chunks [batch, candidates, chunkHorizon, actions]: flow matching and diffusion. */
export function denoisingExpert(
  parameters: Parameters,
  chunk: Node,
  time: Node,
  prefix: Prefix,
  spec: NetworkSpec,
): ExpertOutput {
  const shape = shapeOf(spec);
  const tokens = chunkTokens(parameters, chunk, time, shape);
  const outputs = shape.actionsPerToken * spec.actions.length;
  const { hidden, output } = expertNetwork(parameters, tokens, prefix, shape, { outputs });
  const clean = reshape(output, chunk.shape);
  return { hidden, output: outputOfClean(spec.head.kind, chunk, clean, time) };
}

/**
 * The expert on spelled chunks: position i sees the tokens before i alone, and says what token i is.
 *
 * @param spelled int32 [batch, candidates, chunkHorizon · actions]
 * @returns output: logits [batch, candidates, tokens, bins]
 */
export function spellingExpert(
  parameters: Parameters,
  spelled: Node,
  prefix: Prefix,
  spec: NetworkSpec,
  bins: number,
): ExpertOutput {
  const shape = shapeOf(spec);
  const { graph } = spelled;
  const [batch, candidates, length] = spelled.shape as [Dim, Dim, number];
  const { expertWidth: width } = shape;
  const small = normalInitialiser(0.05);
  const table = parameters.get("expert.tokens", [bins + 1, width], small);
  // Position i reads token i - 1, whose row is one further on; the first reads row 0, which means "begin".
  const isLone = length === 1;
  const before = isLone ? sub(spelled, spelled) : pad(add(slice(spelled, 0, length - 1, 2), 1), 1, 0, 2);
  const positions = parameters.get("expert.positions", [length, width], small);
  const tokens = add(reshape(gather(table, before), [batch, candidates, length, width]), positions);
  const causal = Float32Array.from({ length: length * length }, (_, i) =>
    i % length > Math.floor(i / length) ? -1e9 : 0,
  );
  const ownBias = graph.constant(causal, [length, length]);
  return expertNetwork(parameters, tokens, prefix, shape, { outputs: bins, ownBias });
}
