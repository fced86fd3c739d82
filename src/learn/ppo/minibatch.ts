import type { Graph } from "../graph/graph.ts";
import type { Node } from "../graph/node.ts";
import { add } from "../graph/ops/arithmetic.ts";
import { concat, gather } from "../graph/ops/layout.ts";
import type { Parameters } from "../graph/parameters.ts";
import { type Acted, type ActorCritic, actor, mirrored, type ObservationScale } from "./networks.ts";
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

/** The sequences that one gradient step looks at. */
export class Minibatch {
  readonly size: number;
  readonly columns: number;
  readonly #graph: Graph;
  readonly #shape: UpdateShape;
  readonly #indices: Node;

  constructor(graph: Graph, shape: UpdateShape) {
    this.size = shape.minibatch;
    this.columns = shape.columns;
    this.#graph = graph;
    this.#shape = shape;
    this.#indices = graph.input("indices", [shape.minibatch], "int32");
  }

  /** The drawn sequences [time, minibatch, ...size] of a rollout input. */
  pick(name: string, ...size: readonly number[]): Node {
    const { time, columns } = this.#shape;
    return gather(this.#graph.input(name, [time, columns, ...size]), this.#indices, 1);
  }

  /** What an LSTM remembered before the drawn sequences, and before their mirror images if `rows` has them. */
  memory(name: string, rows: number, size: number): Node {
    const { columns } = this.#shape;
    const all = this.#graph.input(name, [rows, size]);
    const images = rows > columns ? [add(this.#indices, columns)] : [];
    return gather(all, concat([this.#indices, ...images], 0), 0);
  }
}

/**
 * Observations of a minibatch as they are [time, minibatch, size] and what the actor says of them, each followed along axis 1
 * by those in the mirror, where symmetry is used.
 */
export function actAgain(
  parameters: Parameters,
  networks: ActorCritic,
  minibatch: Minibatch,
): Acted & { readonly obs: Node } {
  const { graph } = parameters;
  const { actor: config, observationSizes, mirror } = networks;
  const drawn = minibatch.pick("obs", observationSizes.actor);
  const seen = mirror === undefined ? drawn : concat([drawn, mirrored(drawn, mirror.obs)], 1);
  const scale = scaleOf(graph, networks, "obs", observationSizes.actor);
  if (config.kind === "mlp") return { obs: seen, ...actor(parameters, networks, seen, scale, undefined) };
  const keep = minibatch.pick("keep", 1);
  const images = mirror === undefined ? 1 : 2;
  const before = (name: string): Node =>
    minibatch.memory(name, images * minibatch.columns, config.recurrentSize);
  const start = { h: before("h"), c: before("c") };
  const memory = { start, keep: images === 1 ? keep : concat([keep, keep], 1) };
  return { obs: seen, ...actor(parameters, networks, seen, scale, memory) };
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
