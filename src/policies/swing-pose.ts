import {
  addBase,
  dense,
  type Example,
  float32Tensor,
  type Graph,
  type Node,
  neg,
  type OnnxModel,
  relu,
  slice,
} from "../learn/index.ts";
import { observationLayout } from "./file/layout.ts";
import { actionScales, type PolicySpec } from "./spec.ts";

/**
 * How far the targets of a leg's joints are moved at the height of its swing, rad, by kind of joint ("ankle_pitch"). At other times it
 * is that times the part of the sine of the foot's clock that is below zero: nothing in stance, and nothing while the clock stands.
 */
export type SwingPose = Readonly<Record<string, number>>;

/** Joints that a policy drives, and rad per unit of its actions. */
export interface DrivenJoints {
  readonly joints: readonly string[];
  readonly scale: number | readonly number[];
}

/** The tensor [2, actions] of a policy file that holds what the swing of each foot, left before right, adds to the actions. */
const SWING = "base.swing";

const SIDES = ["left_", "right_"] as const;

/**
 * What a swing pose adds to the actions, as an example to copy or as what a network's answer is added to.
 *
 * @param phases where the observation holds the sines of both feet's clocks (`gait_phase_feet`); default: last
 */
export function swingPose(driven: DrivenJoints, pose: SwingPose, phases?: number): Example {
  const perFoot = actionsOf(driven, pose);
  const amounts = new WeakMap<Graph, Node>();
  return (obs) => {
    const { graph } = obs;
    const at = phases ?? (obs.shape.at(-1) as number) - 2;
    const known =
      amounts.get(graph) ?? graph.constant(perFoot, [2, driven.joints.length], graph.float, SWING);
    // One in each graph, however often it acts there: names are unique.
    amounts.set(graph, known);
    return dense(relu(neg(slice(obs, at, at + 2, -1))), known);
  };
}

/** Kinds of joints that the swing pose of a policy may name: those that bend legs forwards, of legs that know the gait clock. */
export function swingKinds(spec: PolicySpec): string[] {
  if (phasesIn(spec) === undefined) return [];
  const kinds = spec.jointNames.filter((joint) => joint.startsWith(SIDES[0])).map(jointKind);
  return kinds.filter((kind) => /^(hip_pitch|knee|ankle_pitch|ankle)$/.test(kind));
}

/** The swing pose in a policy's model; undefined where there is none. */
export function swingPoseOf(model: OnnxModel, spec: PolicySpec): SwingPose | undefined {
  const known = model.graph.initializers.find(({ name }) => name === SWING);
  if (known === undefined) return undefined;
  const scales = actionScales(spec);
  const angles = spec.jointNames.map(
    (joint, k) => [jointKind(joint), Number(known.data[k]) * scales[k]] as const,
  );
  return Object.fromEntries(angles.filter(([, angle]) => angle !== 0));
}

/**
 * A policy's model with another swing pose; where it has none, and is to have none, the same.
 *
 * @throws RangeError for a policy that does not observe the gait clock
 */
export function withSwingPose(model: OnnxModel, spec: PolicySpec, pose: SwingPose): OnnxModel {
  const isNone = Object.values(pose).every((angle) => angle === 0);
  const known = swingPoseOf(model, spec);
  if (known === undefined && isNone) return model;
  const phases = phasesIn(spec);
  if (phases === undefined)
    throw new RangeError(`The policy "${spec.name}" does not observe the gait clock.`);
  const driven = { joints: spec.jointNames, scale: spec.actionScale };
  if (known === undefined) return addBase(model, swingPose(driven, pose, phases));
  const initializers = model.graph.initializers.map((tensor) =>
    tensor.name === SWING ? float32Tensor(SWING, tensor.dims, actionsOf(driven, pose)) : tensor,
  );
  return { ...model, graph: { ...model.graph, initializers } };
}

/** What is added to each action at the height of the left foot's swing, and of the right one's. */
function actionsOf({ joints, scale }: DrivenJoints, pose: SwingPose): number[] {
  return SIDES.flatMap((side) =>
    joints.map((joint, k) =>
      joint.startsWith(side) ? (pose[jointKind(joint)] ?? 0) / scaleAt(scale, k) : 0,
    ),
  );
}

/** A joint's name without its side: "ankle_pitch". */
export const jointKind = (joint: string): string => joint.replace(/^(left|right)_|_joint$/g, "");

const scaleAt = (scale: DrivenJoints["scale"], k: number): number =>
  typeof scale === "number" ? scale : scale[k];

/** Where the sines of the feet's clocks are in what a policy observes; undefined for one that does not. */
function phasesIn(spec: PolicySpec): number | undefined {
  return observationLayout(spec).find(({ term }) => term.name === "gait_phase_feet")?.offset;
}
