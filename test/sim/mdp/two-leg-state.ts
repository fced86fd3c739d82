import { createControlState } from "../../../src/sim/control-state.ts";
import { ALMI_GAIT } from "../../../src/sim/mdp/gait-phase.ts";
import type { MdpState } from "../../../src/sim/mdp/mdp-state.ts";
import type { JointSpec, RobotSpec } from "../../../src/sim/robots/robot.ts";

const joint = (name: string, group: JointSpec["group"], fields: Partial<JointSpec> = {}): JointSpec => ({
  name: `${name}_joint`,
  group,
  range: [-1, 1],
  torqueLimit: 10,
  velocityLimit: 5,
  kp: 100,
  kd: 2,
  default: 0,
  mirrorSign: 1,
  motorSlot: 0,
  ...fields,
});

/** Six joints with round numbers, so that every sum can be worked by hand. */
export const robot: RobotSpec = {
  name: "two_leg",
  title: "Test robot",
  model: "",
  joints: [
    joint("left_hip_yaw", "lower"),
    joint("left_hip_roll", "lower"),
    joint("left_knee", "lower", { range: [0, 2], default: 0.5 }),
    joint("left_ankle_pitch", "lower", { default: -0.25 }),
    joint("right_ankle_roll", "lower", { torqueLimit: 4 }),
    joint("left_elbow", "upper", { default: 0.5 }),
  ],
  baseBody: "pelvis",
  standingHeight: 1,
  footBodies: ["left_foot", "right_foot"],
  kneeBodies: ["left_knee", "right_knee"],
};

/** The legs (joints 0 to 4) at rest in the default pose, standing on both feet, asked to walk forward at 1 m/s. */
export function stateAtRest(joints: readonly number[] = [0, 1, 2, 3, 4]): MdpState {
  const state = createControlState(robot);
  state.command.set([1, 0, 0]);
  return {
    robot,
    state,
    previousDq: new Float64Array(6),
    joints: Int32Array.from(joints),
    action: new Float32Array(joints.length),
    lastAction: new Float32Array(joints.length),
    feet: {
      pos: Float64Array.of(0, 0.2, 0.05, 0, -0.2, 0.05),
      vel: new Float64Array(6),
      force: Float64Array.of(0, 0, 300, 0, 0, 300),
    },
    knees: Float64Array.of(0, 0.15, 0.5, 0, -0.15, 0.5),
    groundHeight: 0,
    gait: ALMI_GAIT,
    controlTimestep: 0.02,
    travel: new Float64Array(3),
    drawn: Float64Array.of(0, 0, 0, 0, 0, 1, 0),
    hasFallen: false,
  };
}
