import { type JointSpec, ObservationGroup, type ObservationSlice, type RobotSpec } from "../../sim/index.ts";
import type { PolicySpec } from "../spec.ts";

/**
 * Where each term sits in a policy's observation vector; needs no robot.
 * Throws `UnknownNameError` for a term or joint that does not exist and `UsageError` for scales that do not fit.
 */
export function observationLayout(spec: PolicySpec): readonly ObservationSlice[] {
  return new ObservationGroup(bareRobot(spec), spec.observations, {
    jointNames: spec.observedJoints,
    actionSize: spec.jointNames.length,
  }).slices;
}

/** A robot that has exactly the joints that the policy knows, and nothing else that a layout could depend on. */
function bareRobot(spec: PolicySpec): RobotSpec {
  const joints = Object.entries(spec.defaultJointPos).map(
    ([name, angle], i): JointSpec => ({
      name,
      group: "lower",
      range: [angle, angle],
      torqueLimit: 0,
      velocityLimit: 0,
      kp: 0,
      kd: 0,
      default: angle,
      mirrorSign: 1,
      motorSlot: i,
    }),
  );
  return {
    name: spec.robot,
    title: spec.robot,
    model: "",
    joints,
    baseBody: "",
    standingHeight: 0,
    footBodies: ["", ""],
    kneeBodies: ["", ""],
  };
}
