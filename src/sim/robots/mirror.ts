import { UsageError } from "../../common/index.ts";
import type { RobotSpec } from "./robot.ts";

/** How joint vectors look in the mirror plane y = 0 of the base: mirrored[i] = sign[i] * original[source[i]]. */
export interface JointMirror {
  readonly source: Int32Array;
  readonly sign: Float64Array;
}

/** Signs that mirror vectors of the base frame; gravity, position and velocity are `polar`, rotation is `axial`. */
export const MIRROR_SIGNS = {
  polar: [1, -1, 1],
  axial: [-1, 1, -1],
  /** Of a velocity command [vx, vy, yaw rate]. */
  command: [1, -1, -1],
} as const;

/**
 * The mirror map of a robot's joints, or of some of them in the order given. Left and right are told apart by name.
 *
 * @throws UsageError where a joint's counterpart is not among the names
 */
export function jointMirror(
  robot: RobotSpec,
  names: readonly string[] = robot.joints.map((joint) => joint.name),
): JointMirror {
  const signs = new Map(robot.joints.map((joint) => [joint.name, joint.mirrorSign]));
  const source = Int32Array.from(names, (name) => {
    const index = names.indexOf(otherSide(name));
    if (index < 0) {
      throw new UsageError(
        `The joint "${name}" has no counterpart "${otherSide(name)}" to mirror.`,
        "Give joints of both sides.",
      );
    }
    return index;
  });
  return { source, sign: Float64Array.from(names, (name) => signs.get(name) ?? Number.NaN) };
}

/** Writes the mirror image of a joint vector into `out` and returns it; `out` must be another array. */
export function mirrorJoints(mirror: JointMirror, q: ArrayLike<number>, out: Float64Array): Float64Array {
  const { source, sign } = mirror;
  for (let i = 0; i < source.length; i++) out[i] = sign[i] * q[source[i]];
  return out;
}

/** The name with left and right exchanged: `left_knee`, `L_thumb`, `knee_r`; names of neither side stay. */
export function otherSide(name: string): string {
  const swap: Readonly<Record<string, string>> = {
    left: "right",
    right: "left",
    Left: "Right",
    Right: "Left",
  };
  const words = /left|right|Left|Right/.exec(name);
  if (words !== null) return name.replace(words[0], swap[words[0]]);
  const initials: Readonly<Record<string, string>> = { l: "r", r: "l", L: "R", R: "L" };
  return name.replace(
    /(^|[_-])([lrLR])(?=[_-]|$)/,
    (_, before: string, side: string) => before + initials[side],
  );
}
