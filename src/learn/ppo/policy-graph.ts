import { Graph } from "../graph/graph.ts";
import type { LstmState } from "../graph/layers/lstm.ts";
import type { Node } from "../graph/node.ts";
import { reshape } from "../graph/ops/broadcast.ts";
import { concat, slice } from "../graph/ops/layout.ts";
import { type ParameterLayout, Parameters } from "../graph/parameters.ts";
import type { Dim } from "../graph/shape.ts";
import { encodeModel, float32Tensor } from "../onnx/index.ts";
import type { TensorValue } from "../runtime.ts";
import { type ActorCritic, actor, critic, mirrored, type ObservationScale, scaled } from "./networks.ts";
import type { Normaliser } from "./normaliser.ts";

/**
 * The actor for collecting experience: inputs `parameters`, `obs` [batch, size], for an LSTM `h_in` and `c_in`
 * [1, memoryRows, recurrentSize], with normalisation `obs.mean` and `obs.scale`; outputs `actions` (the mean)
 * [batch, actionSize], `h_out` and `c_out`.
 */
export function actGraph(networks: ActorCritic, layout: ParameterLayout, batch: number): Graph {
  const graph = new Graph();
  const parameters = new Parameters(graph, layout);
  const { actor: config, observationSizes, mirror } = networks;
  const obs = graph.input("obs", [batch, observationSizes.actor]);
  const scale = networks.normalisesObservations
    ? scaleInputs(graph, "obs", observationSizes.actor)
    : undefined;
  // Mirror images act too, but only for what they remember.
  const isImagined = config.kind === "lstm" && mirror !== undefined;
  const seen = isImagined ? concat([obs, mirrored(obs, mirror.obs)], 0) : obs;
  const actions = addActor(parameters, networks, seen, scale);
  graph.output("actions", isImagined ? slice(actions, 0, batch, 0) : actions);
  parameters.bindTo(graph.input("parameters", [layout.size]));
  return graph;
}

/** The critic: inputs `parameters` and `criticObs` [rows, size], output `values` [rows]. */
export function valueGraph(networks: ActorCritic, layout: ParameterLayout): Graph {
  const graph = new Graph();
  const parameters = new Parameters(graph, layout);
  const size = networks.observationSizes.critic;
  const obs = graph.input("criticObs", ["rows", size]);
  const scale = networks.normalisesObservations ? scaleInputs(graph, "criticObs", size) : undefined;
  graph.output("values", critic(parameters, networks, scaled(obs, scale)));
  parameters.bindTo(graph.input("parameters", [layout.size]));
  return graph;
}

/** Names of the normalisation in policy files. */
export const OBS_MEAN = "obs.mean";
export const OBS_SCALE = "obs.scale";

/**
 * The actor as a policy file without its description: weights and normalisation inside, any batch size; inputs `obs`
 * and, for an LSTM, `h_in` and `c_in` [1, batch, recurrentSize]; outputs `actions`, `h_out`, `c_out`.
 */
export function policyFile(
  networks: ActorCritic,
  layout: ParameterLayout,
  values: Float32Array,
  normaliser: Normaliser,
): Uint8Array {
  const graph = new Graph();
  const parameters = new Parameters(graph, layout);
  const scale = networks.normalisesObservations
    ? {
        mean: graph.constant(normaliser.mean, [normaliser.size], "float32", OBS_MEAN),
        scale: graph.constant(normaliser.scale, [normaliser.size], "float32", OBS_SCALE),
      }
    : undefined;
  const obs = graph.input("obs", ["batch", networks.observationSizes.actor]);
  graph.output("actions", addActor(parameters, networks, obs, scale));
  parameters.bindToValues(values);
  return encodeModel(graph.model("policy"));
}

/** Inputs for `scaled`, named after the observation. */
export function scaleInputs(graph: Graph, name: string, size: number): ObservationScale {
  return { mean: graph.input(`${name}.mean`, [size]), scale: graph.input(`${name}.scale`, [size]) };
}

/** The normalisation of observations as inputs for a graph (`scaleInputs`); none if the networks take them as they are. */
export function scaleFeeds(
  networks: ActorCritic,
  name: string,
  { size, mean, scale }: Normaliser,
): Readonly<Record<string, TensorValue>> {
  if (!networks.normalisesObservations) return {};
  return {
    [`${name}.mean`]: float32Tensor("", [size], mean),
    [`${name}.scale`]: float32Tensor("", [size], scale),
  };
}

/** Mean actions [batch, actionSize] of observations [batch, size]; declares what an LSTM reads and writes. */
function addActor(
  parameters: Parameters,
  networks: ActorCritic,
  obs: Node,
  scale: ObservationScale | undefined,
): Node {
  const { graph } = parameters;
  const { actor: config, actionSize } = networks;
  const [batch] = obs.shape;
  const memory =
    config.kind === "lstm" ? { start: stateInputs(graph, batch, config.recurrentSize) } : undefined;
  const { mean, state } = actor(parameters, networks, reshape(obs, [1, ...obs.shape]), scale, memory);
  if (state !== undefined) {
    graph.output("h_out", reshape(state.h, [1, batch, config.recurrentSize]));
    graph.output("c_out", reshape(state.c, [1, batch, config.recurrentSize]));
  }
  return reshape(mean, [batch, actionSize]);
}

function stateInputs(graph: Graph, batch: Dim, size: number): LstmState {
  const flat = (name: string): Node => reshape(graph.input(name, [1, batch, size]), [batch, size]);
  return { h: flat("h_in"), c: flat("c_in") };
}
