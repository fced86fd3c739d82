import { Graph } from "../graph/graph.ts";
import { constantInitialiser } from "../graph/initialisers.ts";
import { type LstmState, lstm, lstmWeights } from "../graph/layers/lstm.ts";
import { mlp } from "../graph/layers/mlp.ts";
import type { Node } from "../graph/node.ts";
import { add, mul, sub } from "../graph/ops/arithmetic.ts";
import { reshape } from "../graph/ops/broadcast.ts";
import { dense } from "../graph/ops/linear.ts";
import { ParameterLayout, Parameters } from "../graph/parameters.ts";
import type { ActorConfig, CriticConfig } from "./config.ts";
import { type MirrorMap, type MirrorMaps, mirrorMatrix } from "./mirror.ts";

/** The networks of one learner and the sizes of what they see and do. */
export interface ActorCritic {
  readonly actor: ActorConfig;
  readonly critic: CriticConfig;
  readonly observationSizes: { readonly actor: number; readonly critic: number };
  readonly actionSize: number;
  readonly normalisesObservations: boolean;
  /** Given where the left-right symmetry of the robot is used. */
  readonly mirror?: MirrorMaps;
  /** How many of the critic's observations the actor's memory learns to tell. */
  readonly estimates: number;
  /** What the actor's output is added to; none: it says all. */
  readonly base?: Example | undefined;
}

/** What should be done, or begun from: actions [..., actionSize] as a function of observations [..., size] as they are. */
export type Example = (obs: Node) => Node;

/** Name of the parameter that holds the logarithm of the actions' standard deviation [actionSize]. */
export const LOG_DEVIATION = "actor.logDeviation";

/** Parameters with this prefix act; all others only help to learn. */
export const ACTOR = "actor.";

/** Mean and scale by which a network's observations are normalised, [size] each. */
export interface ObservationScale {
  readonly mean: Node;
  readonly scale: Node;
}

/** What an LSTM actor starts from; `keep` as in `lstm`. */
export interface ActorMemory {
  readonly start: LstmState;
  readonly keep?: Node;
}

/** What an actor says of a sequence of observations. */
export interface Acted {
  /** Mean actions [time, batch, actionSize]. */
  readonly mean: Node;
  /** What its LSTM said at each step [time, batch, recurrentSize] and remembers afterwards; undefined without one. */
  readonly features: Node | undefined;
  readonly state: LstmState | undefined;
}

/** The actor's answer to a sequence of observations [time, batch, size] as they are. */
export function actor(
  parameters: Parameters,
  { actor: config, actionSize, base }: ActorCritic,
  obs: Node,
  scale: ObservationScale | undefined,
  memory: ActorMemory | undefined,
): Acted {
  const seen = scaled(obs, scale);
  const say = (features: Node): Node => {
    const said = mlp(parameters, "actor.mlp", features, [...config.hidden, actionSize], config.activation);
    return base === undefined ? said : add(said, base(obs));
  };
  if (config.kind === "mlp" || memory === undefined)
    return { mean: say(seen), features: undefined, state: undefined };
  const weights = lstmWeights(parameters, "actor.lstm", obs.shape[2] as number, config.recurrentSize);
  const { outputs, state } = lstm(weights, seen, memory.start, memory.keep);
  return { mean: say(outputs), features: outputs, state };
}

/**
 * What the actor's memory tells of the critic's first observations, normalised [..., estimates]: a linear reading of its
 * features, which leaves the LSTM to find it out. The policy file goes without.
 */
export function estimator(parameters: Parameters, { actor, estimates }: ActorCritic, features: Node): Node {
  return mlp(parameters, "estimator.mlp", features, [estimates], actor.activation);
}

/** The logarithm of the actions' standard deviation [actionSize], the same in every state. */
export function logDeviation(parameters: Parameters, { actor: config, actionSize }: ActorCritic): Node {
  return parameters.get(LOG_DEVIATION, [actionSize], constantInitialiser(Math.log(config.initialDeviation)));
}

/** The critic's values [...] of observations [..., size]. */
export function critic(parameters: Parameters, { critic: config }: ActorCritic, obs: Node): Node {
  const values = mlp(parameters, "critic.mlp", obs, [...config.hidden, 1], config.activation);
  return reshape(values, obs.shape.slice(0, -1));
}

/** Observations as the network shall see them. */
export function scaled(obs: Node, scale: ObservationScale | undefined): Node {
  return scale === undefined ? obs : mul(sub(obs, scale.mean), scale.scale);
}

/** The mirror images of row vectors [..., size]. */
export function mirrored(x: Node, map: MirrorMap): Node {
  const size = map.source.length;
  return dense(x, x.graph.constant(mirrorMatrix(map), [size, size]));
}

/** Where each parameter of the networks lies: the actor's first. */
export function actorCriticLayout(networks: ActorCritic): ParameterLayout {
  const layout = new ParameterLayout();
  const graph = new Graph();
  const parameters = new Parameters(graph, layout);
  const { actor: config, observationSizes } = networks;
  const zeros = (): Node => graph.constant(new Float32Array(config.recurrentSize), [1, config.recurrentSize]);
  const memory = config.kind === "lstm" ? { start: { h: zeros(), c: zeros() } } : undefined;
  const obs = graph.input("obs", [1, 1, observationSizes.actor]);
  const { features } = actor(parameters, networks, obs, undefined, memory);
  logDeviation(parameters, networks);
  critic(parameters, networks, graph.input("criticObs", [1, observationSizes.critic]));
  if (networks.estimates > 0 && features !== undefined) estimator(parameters, networks, features);
  return layout;
}
