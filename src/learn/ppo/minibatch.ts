import type { Graph } from "../graph/graph.ts";
import type { Node } from "../graph/node.ts";
import { add } from "../graph/ops/arithmetic.ts";
import { concat, gather, split } from "../graph/ops/layout.ts";
import type { Parameters } from "../graph/parameters.ts";
import type { SymmetryUse } from "./config.ts";
import type { MirrorMap } from "./mirror.ts";
import { type ActorCritic, actor, mirrored, type ObservationScale } from "./networks.ts";
import { scaleInputs } from "./policy-graph.ts";

/** How a rollout is cut into sequences, and how many of them a minibatch takes. */
export interface UpdateShape {
  /** Steps of a sequence: the rollout's for an LSTM, else 1. */
  readonly time: number;
  /** Sequences in the rollout. */
  readonly columns: number;
  /** Sequences in a minibatch. */
  readonly minibatch: number;
}

/** The sequences that one gradient step looks at, and their mirror images where symmetry is used. */
export class Minibatch {
  /** How many sequences are learnt as they were drawn; they come first along axis 1, mirror images follow. */
  readonly asDrawn: number;
  readonly #graph: Graph;
  readonly #shape: UpdateShape;
  readonly #indices: Node;
  /** Mirror images of all sequences, besides them; of the second half, in their place; or none. */
  readonly #images: "all" | "half" | "none";

  constructor(graph: Graph, shape: UpdateShape, symmetry: SymmetryUse) {
    this.#images = symmetry === "none" ? "none" : symmetry === "halves" ? "half" : "all";
    this.asDrawn = this.#images === "half" ? Math.ceil(shape.minibatch / 2) : shape.minibatch;
    this.#graph = graph;
    this.#shape = shape;
    this.#indices = graph.input("indices", [shape.minibatch], "int32");
  }

  /** The drawn sequences [time, minibatch, ...size] of a rollout input. */
  pick(name: string, ...size: readonly number[]): Node {
    const { time, columns } = this.#shape;
    return gather(this.#graph.input(name, [time, columns, ...size]), this.#indices, 1);
  }

  /** What was drawn [time, minibatch, size] with its mirror images. */
  withImages(drawn: Node, map: MirrorMap | undefined): Node {
    if (this.#images === "none" || map === undefined) return drawn;
    if (this.#images === "all") return concat([drawn, mirrored(drawn, map)], 1);
    const [kept, rest] = split(drawn, this.#halves, 1);
    return concat([kept, mirrored(rest, map)], 1);
  }

  /** The same of what looks the same in the mirror. */
  repeated(drawn: Node): Node {
    return this.#images === "all" ? concat([drawn, drawn], 1) : drawn;
  }

  /** Whether each sequence is there with its image. */
  get hasPairs(): boolean {
    return this.#images === "all";
  }

  /** The part of something with images that is as it was drawn. */
  drawn(x: Node): Node {
    return x.shape[1] === this.asDrawn ? x : this.#cut(x)[0];
  }

  /** The images of something that has them. */
  images(x: Node): Node {
    return this.#cut(x)[1];
  }

  /** What an LSTM remembered before the sequences and their images, of which `name` has a row each [2 columns, size]. */
  memory(name: string, size: number): Node {
    const { columns } = this.#shape;
    const rows = this.#images === "none" ? columns : 2 * columns;
    const all = this.#graph.input(name, [rows, size]);
    const indices = this.#indices;
    if (this.#images === "none") return gather(all, indices, 0);
    if (this.#images === "all") return gather(all, concat([indices, add(indices, columns)], 0), 0);
    const [kept, rest] = split(indices, this.#halves, 0);
    return gather(all, concat([kept, add(rest, columns)], 0), 0);
  }

  #cut(x: Node): readonly Node[] {
    return split(x, [this.asDrawn, (x.shape[1] as number) - this.asDrawn], 1);
  }

  get #halves(): [number, number] {
    return [this.asDrawn, this.#shape.minibatch - this.asDrawn];
  }
}

/**
 * Observations of a minibatch as they are [time, minibatch, size] and the actor's mean actions
 * [time, minibatch, actionSize], both with the mirror images.
 */
export function meanActions(
  parameters: Parameters,
  networks: ActorCritic,
  minibatch: Minibatch,
): { readonly obs: Node; readonly mean: Node } {
  const { graph } = parameters;
  const { actor: config, observationSizes, mirror } = networks;
  const obs = minibatch.withImages(minibatch.pick("obs", observationSizes.actor), mirror?.obs);
  const scale = scaleOf(graph, networks, "obs", observationSizes.actor);
  if (config.kind === "mlp") return { obs, mean: actor(parameters, networks, obs, scale, undefined).mean };
  const before = (name: string): Node => minibatch.memory(name, config.recurrentSize);
  const memory = {
    start: { h: before("h"), c: before("c") },
    keep: minibatch.repeated(minibatch.pick("keep", 1)),
  };
  return { obs, mean: actor(parameters, networks, obs, scale, memory).mean };
}

/** The scale of an observation as inputs of the graph, where the networks normalise. */
export function scaleOf(
  graph: Graph,
  networks: ActorCritic,
  name: string,
  size: number,
): ObservationScale | undefined {
  return networks.normalisesObservations ? scaleInputs(graph, name, size) : undefined;
}
