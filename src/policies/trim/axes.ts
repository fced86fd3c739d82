import { portableMath, UsageError } from "../../common/index.ts";
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

/** What a lean is measured in: sine of the angle. */
const LEAN = 0.2;

/**
 * What of a policy is trimmed: a gain for each term that it observes (for each of its commands), and how far it believes to
 * lean forward. All of it is the same for both sides of the robot.
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
    const axis = gain(term.name, places);
    if (term.name !== "projected_gravity") return [axis];
    return [axis, { name: "lean", observations: [offset], offsetUnit: LEAN }];
  });
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
