import { type OnnxValueInfo, readMetadata } from "../../learn/index.ts";
import { OBSERVATION_TERMS } from "../../sim/index.ts";
import { actionScales, type CommandRange, type Provenance, type RecurrentState } from "../spec.ts";
import { type SwingPose, swingPoseOf } from "../swing-pose.ts";
import { observationLayout } from "./layout.ts";
import type { PolicyFile, PolicySource } from "./policy-file.ts";

/** One term of the observation vector. */
export interface InspectedTerm {
  readonly term: string;
  readonly about: string;
  /** First value's place in the vector; values per step; past steps kept, the newest included. */
  readonly offset: number;
  readonly size: number;
  readonly history: number;
  readonly scale: number | readonly number[];
  readonly clip: number | undefined;
  /** The joints it covers, in order; undefined for terms without joints. */
  readonly joints: readonly string[] | undefined;
}

/** One driven joint: rad, N·m/rad, N·m·s/rad, N·m, rad per unit action. */
export interface InspectedJoint {
  readonly name: string;
  readonly defaultPos: number;
  readonly kp: number;
  readonly kd: number;
  readonly torqueLimit: number;
  readonly actionScale: number;
}

/** A graph input or output; "?" stands for what the file leaves open. */
export interface InspectedPort {
  readonly name: string;
  readonly type: string;
  readonly shape: readonly (number | string)[];
}

/** Everything that a policy file says, as plain data to print or to send. */
export interface PolicyInspection {
  readonly name: string;
  readonly robot: string;
  readonly source: PolicySource;
  readonly importedFrom: string | undefined;
  readonly rateHz: number;
  readonly observationSize: number;
  readonly observations: readonly InspectedTerm[];
  readonly joints: readonly InspectedJoint[];
  readonly observedJoints: readonly string[];
  readonly commands: readonly CommandRange[];
  readonly recurrent: RecurrentState | undefined;
  /** What the file adds to the network's answer in swing; undefined where it adds nothing. */
  readonly swingPose: SwingPose | undefined;
  readonly inputs: readonly InspectedPort[];
  readonly outputs: readonly InspectedPort[];
  readonly operators: readonly string[];
  readonly opset: number;
  readonly parameters: number;
  readonly provenance: Provenance | undefined;
  readonly assumptions: readonly string[];
  /** Keys of all metadata in the file. */
  readonly metadataKeys: readonly string[];
}

/** Takes a policy file apart for reading. Throws as `observationLayout` does. */
export function inspectPolicy(file: PolicyFile): PolicyInspection {
  const { spec, graph } = file;
  const observations = inspectTerms(file);
  return {
    name: spec.name,
    robot: spec.robot,
    source: file.source,
    importedFrom: spec.importedFrom,
    rateHz: 1 / spec.controlTimestep,
    observationSize: observations.reduce((sum, term) => sum + term.size * term.history, 0),
    observations,
    joints: inspectJoints(file),
    observedJoints: spec.observedJoints,
    commands: spec.commands,
    recurrent: spec.recurrent,
    swingPose: swingPoseOf(graph, spec),
    inputs: graph.graph.inputs.map(inspectPort),
    outputs: graph.graph.outputs.map(inspectPort),
    operators: [...new Set(graph.graph.nodes.map((node) => node.opType))].sort(),
    opset: graph.opsets.find((opset) => opset.domain === "")?.version ?? 0,
    parameters: graph.graph.initializers
      .filter((tensor) => tensor.type === "float32")
      .reduce((sum, tensor) => sum + tensor.data.length, 0),
    provenance: spec.provenance,
    assumptions: spec.assumptions,
    metadataKeys: [...readMetadata(file.model).keys()],
  };
}

function inspectTerms({ spec }: PolicyFile): InspectedTerm[] {
  return observationLayout(spec).map(({ term, offset, size }) => ({
    term: term.name,
    about: OBSERVATION_TERMS[term.name].about,
    offset,
    size,
    history: term.history,
    scale: term.scale,
    clip: term.clip,
    joints: term.name.startsWith("joint_") ? (term.joints ?? spec.observedJoints) : undefined,
  }));
}

function inspectJoints({ spec }: PolicyFile): InspectedJoint[] {
  const scales = actionScales(spec);
  return spec.jointNames.map((name, i) => ({
    name,
    defaultPos: spec.defaultJointPos[name],
    kp: spec.kp[i],
    kd: spec.kd[i],
    torqueLimit: spec.torqueLimit[i],
    actionScale: scales[i],
  }));
}

function inspectPort({ name, type, shape }: OnnxValueInfo): InspectedPort {
  return { name, type: type ?? "?", shape: (shape ?? ["?"]).map((dim) => dim ?? "?") };
}
