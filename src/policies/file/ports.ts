import type { OnnxDim, OnnxGraph, OnnxModel, OnnxNode, OnnxValueInfo } from "../../learn/index.ts";
import type { RecurrentState } from "../spec.ts";
import { UnsupportedPolicyError } from "./errors.ts";

/** What goes in and out of a policy's graph; a size is undefined where the file leaves it open. */
export interface PolicyPorts {
  readonly observationSize: number | undefined;
  readonly actionSize: number | undefined;
  readonly recurrent: RecurrentState | undefined;
}

/** A policy graph whose inputs are `obs` (and `h_in`, `c_in`) and whose outputs are `actions` (and `h_out`, `c_out`). */
export interface PolicyGraph {
  readonly model: OnnxModel;
  readonly ports: PolicyPorts;
}

/**
 * Finds the observation, action and state ports of a policy graph by rank, count and name, and renames them to ours.
 * Returns the model itself where the names fit already. Throws `UnsupportedPolicyError` for any other graph.
 */
export function normalizePorts(model: OnnxModel): PolicyGraph {
  const inputs = realInputs(model.graph);
  const obs = onlyObservation(inputs);
  const statesIn = inOrder(inputs.filter((port) => port.shape?.length === 3));
  const other = inputs.find((port) => port !== obs && !statesIn.includes(port));
  if (other !== undefined || statesIn.length > 2)
    throw unsupported(`it also needs the input "${(other ?? statesIn[2]).name}"`);
  const actions = actionOutput(model.graph.outputs);
  const statesOut = inOrder(model.graph.outputs.filter((port) => port !== actions && isState(port)));
  if (statesOut.length < statesIn.length) throw unsupported("it does not return its recurrent state");
  const names = new Map([
    [obs.name, "obs"],
    [actions.name, "actions"],
  ]);
  for (const [i, state] of ["h", "c"].slice(0, statesIn.length).entries()) {
    names.set(statesIn[i].name, `${state}_in`);
    names.set(statesOut[i].name, `${state}_out`);
  }
  return {
    model: renamed(model, names),
    ports: {
      observationSize: length(obs.shape?.at(-1)),
      actionSize: length(actions.shape?.at(-1)),
      recurrent: recurrentState(statesIn),
    },
  };
}

/** Inputs that must be fed: those that an initializer gives a value are constants. */
function realInputs(graph: OnnxGraph): OnnxValueInfo[] {
  const constants = new Set(graph.initializers.map((tensor) => tensor.name));
  return graph.inputs.filter((port) => !constants.has(port.name));
}

function onlyObservation(inputs: readonly OnnxValueInfo[]): OnnxValueInfo {
  const flat = inputs.filter((port) => port.shape?.length === 2);
  const [obs] = flat;
  if (flat.length === 1 && obs.type === "float32") return obs;
  const named = flat.find((port) => port.name === "obs");
  if (named !== undefined) return named; // whatever else is fed is reported by name
  throw unsupported(`its inputs are ${inputs.map(describe).join(", ") || "none"}`);
}

function actionOutput(outputs: readonly OnnxValueInfo[]): OnnxValueInfo {
  const candidates = outputs.filter((port) => port.shape === undefined || port.shape.length === 2);
  const actions = candidates.find((port) => /^(actions?|output)$/.test(port.name)) ?? candidates[0];
  if (actions === undefined)
    throw unsupported(`its outputs are ${outputs.map(describe).join(", ") || "none"}`);
  return actions;
}

function isState(port: OnnxValueInfo): boolean {
  return port.shape?.length === 3 || /^[hc](n|_out)?$/.test(port.name);
}

/** The hidden state before the cell state, whatever the file's order. */
function inOrder(states: readonly OnnxValueInfo[]): readonly OnnxValueInfo[] {
  const isCell = (port: OnnxValueInfo) => /^c/.test(port.name);
  return [...states].sort((a, b) => Number(isCell(a)) - Number(isCell(b)));
}

function recurrentState(states: readonly OnnxValueInfo[]): RecurrentState | undefined {
  if (states.length === 0) return undefined;
  const [layers, , hidden] = states[0].shape ?? [];
  if (typeof layers !== "number" || typeof hidden !== "number")
    throw unsupported(`the size of its state ${describe(states[0])} is open`);
  return { kind: states.length === 2 ? "lstm" : "gru", layers, hidden };
}

function length(dim: OnnxDim | undefined): number | undefined {
  return typeof dim === "number" ? dim : undefined;
}

/** The model with values renamed wherever they occur, in the graphs inside control flow as well. */
function renamed(model: OnnxModel, names: ReadonlyMap<string, string>): OnnxModel {
  if ([...names].every(([from, to]) => from === to)) return model;
  const taken = new Set([...names.values()]);
  // A value inside that already has one of the new names makes room.
  const rename = (name: string) => names.get(name) ?? (taken.has(name) ? `${name}.inner` : name);
  return { ...model, graph: renameGraph(model.graph, rename) };
}

function renameGraph(graph: OnnxGraph, rename: (name: string) => string): OnnxGraph {
  const port = (value: OnnxValueInfo): OnnxValueInfo => ({ ...value, name: rename(value.name) });
  return {
    ...graph,
    nodes: graph.nodes.map((node) => renameNode(node, rename)),
    initializers: graph.initializers.map((tensor) => ({ ...tensor, name: rename(tensor.name) })),
    inputs: graph.inputs.map(port),
    outputs: graph.outputs.map(port),
    ...(graph.valueInfo === undefined ? {} : { valueInfo: graph.valueInfo.map(port) }),
  };
}

function renameNode(node: OnnxNode, rename: (name: string) => string): OnnxNode {
  const attributes = Object.entries(node.attributes ?? {}).map(([key, value]) => [
    key,
    value.kind === "graph" ? { ...value, value: renameGraph(value.value, rename) } : value,
  ]);
  return {
    ...node,
    inputs: node.inputs.map(rename),
    outputs: node.outputs.map(rename),
    ...(attributes.length > 0 ? { attributes: Object.fromEntries(attributes) } : {}),
  };
}

function describe({ name, shape }: OnnxValueInfo): string {
  return `${name} [${(shape ?? ["?"]).map((dim) => dim ?? "?").join(", ")}]`;
}

function unsupported(how: string): UnsupportedPolicyError {
  return new UnsupportedPolicyError(
    `The graph is not a policy that we can run: ${how}.`,
    "A policy has one observation input [batch, n], h_in and c_in if it is recurrent, and an action output.",
  );
}
