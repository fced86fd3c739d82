import { portableMath, UnknownNameError, UsageError } from "../../common/index.ts";
import { decodeModel, encodeModel, OBS_MEAN, OBS_SCALE } from "../../learn/index.ts";
import { observationLayout } from "../file/layout.ts";
import { type PolicyFile, writePolicyFile } from "../file/policy-file.ts";
import type { PolicySpec } from "../spec.ts";

/** One thing that is trimmed: observations that are multiplied by a gain, or to which an offset is added. */
export interface TrimAxis {
  readonly name: string;
  /** Places in the observation. */
  readonly observations: readonly number[];
  /** What 1 stands for: a factor e, or so much in the unit of the observation. */
  readonly offsetUnit: number | undefined;
}

/** Terms whose values each have a gain of their own: robots answer forward, sideways and turning commands apart. */
const APART = new Set(["velocity_command"]);

/** Terms with a value for each joint that is observed. */
const BY_JOINT = new Set(["joint_pos", "joint_vel"]);

/** What a lean is measured in: sine of the angle. */
const LEAN = 0.2;

/**
 * What of a policy is trimmed: a gain for each term that it observes (for each of its commands), and how far it believes to
 * lean forward. What it sees of joints that others drive has a gain for each kind of joint: legs that make too much of where the
 * arms are walk off when hands rest on hips. All of it is the same for both sides of the robot.
 */
export function trimAxes(spec: PolicySpec): TrimAxis[] {
  return observationLayout(spec).flatMap(({ term, offset, length }) => {
    const places = Array.from({ length }, (_, k) => offset + k);
    const gain = (name: string, observations: readonly number[]) => ({
      name,
      observations,
      offsetUnit: undefined,
    });
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
    return [gain(term.name, places.slice(0, 2)), { name: "lean", observations: [offset], offsetUnit: LEAN }];
  });
}

/** Places of the observed joints: those that the policy drives together, all others by kind (".shoulder_roll"). */
function byKind({ jointNames, observedJoints }: PolicySpec): { kind: string; at: number[] }[] {
  const driven = new Set(jointNames);
  const kinds = new Map<string, number[]>();
  for (const [k, name] of observedJoints.entries()) {
    const kind = driven.has(name) ? "" : `.${name.replace(/^(left|right)_|_joint$/g, "")}`;
    kinds.set(kind, [...(kinds.get(kind) ?? []), k]);
  }
  return [...kinds].map(([kind, at]) => ({ kind, at }));
}

/** What amounts stand for, by axis: a gain, or an offset in the unit of the observation. */
export function trimOf(axes: readonly TrimAxis[], amounts: ArrayLike<number>): Record<string, number> {
  return Object.fromEntries(
    axes.map(({ name, offsetUnit }, i) => [
      name,
      offsetUnit === undefined ? portableMath.exp(amounts[i]) : offsetUnit * amounts[i],
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
    const { offsetUnit } = axes[at];
    if (offsetUnit === undefined && !(value > 0))
      throw new UsageError(
        `The gain of "${name}" cannot be ${value}.`,
        "Give a factor above 0; 1 changes nothing.",
      );
    amounts[at] = offsetUnit === undefined ? portableMath.log(value) : value / offsetUnit;
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
 * A policy that sees its observations shifted and multiplied: the change is folded into the normalisation that its file carries,
 * so nothing about the file or its use is different.
 *
 * @param amounts one for each axis; 0 leaves it as it is
 * @throws UsageError for a policy without normalisation
 */
export function trimmed(file: PolicyFile, axes: readonly TrimAxis[], amounts: ArrayLike<number>): Uint8Array {
  const model = decodeModel(file.model);
  const [mean, scale] = [OBS_MEAN, OBS_SCALE].map((name) => {
    const tensor = model.graph.initializers.find((initializer) => initializer.name === name);
    if (tensor?.data instanceof Float32Array) return tensor.data;
    throw new UsageError(
      `The policy "${file.spec.name}" carries no normalisation "${name}", which trimming changes.`,
      "Trim policies that this program trained with normalised observations.",
    );
  });
  for (const [i, { observations, offsetUnit }] of axes.entries()) {
    for (const at of observations) {
      // (g (x + b) - mean) scale = (x - (mean / g - b)) (g scale), the gain of a term coming before its offset
      if (offsetUnit !== undefined) mean[at] -= offsetUnit * amounts[i];
      else {
        const gain = portableMath.exp(amounts[i]);
        mean[at] /= gain;
        scale[at] *= gain;
      }
    }
  }
  return writePolicyFile(encodeModel(model), file.spec);
}
