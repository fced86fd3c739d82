import { UsageError } from "../../common/index.ts";
import { type JointMirror, jointMirror, MIRROR_SIGNS } from "../robots/mirror.ts";
import type { RobotSpec } from "../robots/robot.ts";
import type { ObservationTerm } from "./observation-group.ts";

/** Mirror maps of single vectors, for terms whose values are not joints. */
const VECTOR_TERMS: ReadonlyMap<string, readonly number[]> = new Map<string, readonly number[]>([
  ["base_lin_vel", MIRROR_SIGNS.polar],
  ["base_ang_vel", MIRROR_SIGNS.axial],
  ["projected_gravity", MIRROR_SIGNS.polar],
  ["velocity_command", MIRROR_SIGNS.command],
  ["travel", MIRROR_SIGNS.command],
  ["base_height", [1]],
  ["randomization", [1, 1, ...MIRROR_SIGNS.polar, 1, 1]],
  ["linear_command", MIRROR_SIGNS.command.slice(0, 2)],
  ["yaw_command", MIRROR_SIGNS.command.slice(2)],
]);

/** Terms of a value for the left foot and the same for the right. */
const PAIR_TERMS: ReadonlySet<string> = new Set(["gait_phase_feet", "gait_cosine_feet", "feet_force"]);

/**
 * How an observation vector looks when the robot is seen in a mirror: mirrored[i] = sign[i] * original[source[i]].
 *
 * @param observedJoints default joints of joint terms
 * @param actionJoints joints of the policy's actions, for `last_action`
 * @throws UsageError for a term whose mirror image is not known, such as a gait phase of one foot
 */
export function observationMirror(
  robot: RobotSpec,
  terms: readonly ObservationTerm[],
  observedJoints: readonly string[],
  actionJoints: readonly string[],
): JointMirror {
  const source: number[] = [];
  const sign: number[] = [];
  for (const term of terms) {
    const map = termMirror(robot, term, observedJoints, actionJoints);
    for (let past = 0; past < term.history; past++) {
      const offset = source.length;
      source.push(...Array.from(map.source, (index) => offset + index));
      sign.push(...map.sign);
    }
  }
  return { source: Int32Array.from(source), sign: Float64Array.from(sign) };
}

function termMirror(
  robot: RobotSpec,
  term: ObservationTerm,
  observed: readonly string[],
  driven: readonly string[],
): JointMirror {
  const signs = VECTOR_TERMS.get(term.name);
  if (signs !== undefined) return { source: Int32Array.from(signs.keys()), sign: Float64Array.from(signs) };
  if (PAIR_TERMS.has(term.name)) return { source: Int32Array.of(1, 0), sign: Float64Array.of(1, 1) };
  if (term.name === "last_action") return jointMirror(robot, driven);
  if (term.name.startsWith("joint_")) return jointMirror(robot, term.joints ?? observed);
  throw new UsageError(
    `The mirror image of the observation term "${term.name}" is not known.`,
    "Use terms of both sides, such as gait_phase_feet, or train without symmetry.",
  );
}
