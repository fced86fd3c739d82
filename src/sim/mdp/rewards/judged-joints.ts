import type { MdpState } from "../mdp-state.ts";

const known = new WeakMap<Int32Array, Map<RegExp, Int32Array>>();

/**
 * Which of the judged joints have a name that matches: places in `mdp.joints` and in the actions, not joint indices.
 * Names are compared once for each list of joints.
 *
 * @param pattern always the same object, such as a module's constant
 */
export function judgedJoints(mdp: MdpState, pattern: RegExp): Int32Array {
  let byPattern = known.get(mdp.joints);
  if (byPattern === undefined) known.set(mdp.joints, (byPattern = new Map()));
  let places = byPattern.get(pattern);
  if (places === undefined) byPattern.set(pattern, (places = matching(mdp, pattern)));
  return places;
}

function matching({ joints, robot }: MdpState, pattern: RegExp): Int32Array {
  return Int32Array.from(joints.keys()).filter((k) => pattern.test(robot.joints[joints[k]].name));
}
