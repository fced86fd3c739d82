import { portableMath, UnknownNameError, UsageError } from "../../common/index.ts";
import { decodeModel, encodeModel, OBS_MEAN, OBS_SCALE, type OnnxModel } from "../../learn/index.ts";
import type { ObservationSlice } from "../../sim/index.ts";
import { observationLayout } from "../file/layout.ts";
import { type PolicyFile, writePolicyFile } from "../file/policy-file.ts";
import type { PolicySpec } from "../spec.ts";
import { jointKind, swingKinds, swingPoseOf, withSwingPose } from "../swing-pose.ts";

/** One thing that is trimmed: what 1 stands for is a factor e, or one `unit`. */
export type TrimAxis = { readonly name: string } & (
  | { readonly kind: "gain"; readonly observations: readonly number[] }
  /** Added to an observation, in its unit. */
  | { readonly kind: "offset"; readonly observation: number; readonly unit: number }
  /** Added to the target of a kind of leg joint at the height of the leg's swing, rad (`SwingPose`). */
  | { readonly kind: "swing"; readonly joint: string; readonly unit: number }
);

/** Terms whose values each have a gain of their own: robots answer forward, sideways and turning commands apart. */
const APART = new Set(["velocity_command"]);

/** Terms with a value for each joint that is observed. */
const BY_JOINT = new Set(["joint_pos", "joint_vel"]);

/** What a lean is measured in: sine of the angle. */
const LEAN = 0.2;

/** What the pose of a swing is measured in, rad. */
const SWING = 0.2;

/**
 * What of a policy is trimmed: a gain for each term that it observes (for each of its commands), how far it believes to
 * lean forward, and how legs that know the gait clock hold their joints in swing. What it sees of joints that others drive has a gain
 * for each kind of joint: legs that make too much of where the arms are walk off when hands rest on hips. All of it is the same for
 * both sides of the robot.
 */
export function trimAxes(spec: PolicySpec): TrimAxis[] {
  const swings = swingKinds(spec).map(
    (joint) => ({ name: `swing.${joint}`, kind: "swing", joint, unit: SWING }) as const,
  );
  return [...observationLayout(spec).flatMap((slice) => axesOf(spec, slice)), ...swings];
}

function axesOf(spec: PolicySpec, { term, offset, length }: ObservationSlice): TrimAxis[] {
  const places = Array.from({ length }, (_, k) => offset + k);
  const gain = (name: string, observations: readonly number[]) =>
    ({ name, kind: "gain", observations }) as const;
  if (APART.has(term.name)) return places.map((place, k) => gain(`${term.name}.${k}`, [place]));
  if (BY_JOINT.has(term.name))
    return byKind(spec).map(({ kind, at }) =>
      gain(
        `${term.name}${kind}`,
        at.map((k) => places[k]),
      ),
    );
  if (term.name !== "projected_gravity") return [gain(term.name, places)];
  // Upright, the third value is -1 always: times a gain it would be what no robot ever sees.
  return [
    gain(term.name, places.slice(0, 2)),
    { name: "lean", kind: "offset", observation: offset, unit: LEAN },
  ];
}

/** Places of the observed joints: those that the policy drives together, all others by kind (".shoulder_roll"). */
function byKind({ jointNames, observedJoints }: PolicySpec): { kind: string; at: number[] }[] {
  const driven = new Set(jointNames);
  const kinds = new Map<string, number[]>();
  for (const [k, name] of observedJoints.entries()) {
    const kind = driven.has(name) ? "" : `.${jointKind(name)}`;
    kinds.set(kind, [...(kinds.get(kind) ?? []), k]);
  }
  return [...kinds].map(([kind, at]) => ({ kind, at }));
}

/** What amounts stand for, by axis: a gain, or an offset in the axis' unit. */
export function trimOf(axes: readonly TrimAxis[], amounts: ArrayLike<number>): Record<string, number> {
  return Object.fromEntries(
    axes.map((axis, i) => [
      axis.name,
      axis.kind === "gain" ? portableMath.exp(amounts[i]) : axis.unit * amounts[i],
    ]),
  );
}

/**
 * The amounts of axes that a trim names; 0 for others.
 *
 * @throws UnknownNameError for an axis that there is none of
 * @throws UsageError for a gain that is not positive
 */
export function amountsOf(axes: readonly TrimAxis[], trim: Readonly<Record<string, number>>): number[] {
  const amounts = axes.map(() => 0);
  for (const [name, value] of Object.entries(trim)) {
    const at = placeOf(axes, name);
    const axis = axes[at];
    if (axis.kind === "gain" && !(value > 0))
      throw new UsageError(
        `The gain of "${name}" cannot be ${value}.`,
        "Give a factor above 0; 1 changes nothing.",
      );
    amounts[at] = axis.kind === "gain" ? portableMath.log(value) : value / axis.unit;
  }
  return amounts;
}

/** Where the named axes are, all of them where none is named. Throws `UnknownNameError`. */
export function placesOf(axes: readonly TrimAxis[], names: readonly string[] | undefined): number[] {
  return names === undefined ? [...axes.keys()] : names.map((name) => placeOf(axes, name));
}

function placeOf(axes: readonly TrimAxis[], name: string): number {
  const at = axes.findIndex((axis) => axis.name === name);
  if (at >= 0) return at;
  throw new UnknownNameError(
    "axis",
    name,
    axes.map((axis) => axis.name),
  );
}

/**
 * A policy that sees its observations shifted and multiplied, and moves the pose of its swings: folded into the normalisation that its
 * file carries and into what its network is added to, so nothing about the file or its use is different.
 *
 * @param amounts one for each axis; 0 leaves it as it is
 * @throws UsageError for a policy without normalisation
 */
export function trimmed(file: PolicyFile, axes: readonly TrimAxis[], amounts: ArrayLike<number>): Uint8Array {
  const { spec } = file;
  const model = decodeModel(file.model);
  const [mean, scale] = [OBS_MEAN, OBS_SCALE].map((name) => normalisationIn(model, spec, name));
  const pose: Record<string, number> = { ...swingPoseOf(model, spec) };
  for (const [i, axis] of axes.entries()) {
    // (g (x + b) - mean) scale = (x - (mean / g - b)) (g scale), the gain of a term coming before its offset
    if (axis.kind === "offset") mean[axis.observation] -= axis.unit * amounts[i];
    else if (axis.kind === "swing") pose[axis.joint] = (pose[axis.joint] ?? 0) + axis.unit * amounts[i];
    else
      for (const at of axis.observations) {
        const gain = portableMath.exp(amounts[i]);
        mean[at] /= gain;
        scale[at] *= gain;
      }
  }
  return writePolicyFile(encodeModel(withSwingPose(model, spec, pose)), spec);
}

function normalisationIn(model: OnnxModel, spec: PolicySpec, name: string): Float32Array {
  const tensor = model.graph.initializers.find((initializer) => initializer.name === name);
  if (tensor?.data instanceof Float32Array) return tensor.data;
  throw new UsageError(
    `The policy "${spec.name}" carries no normalisation "${name}", which trimming changes.`,
    "Trim policies that this program trained with normalised observations.",
  );
}
