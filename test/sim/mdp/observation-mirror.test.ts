import { describe, expect, it } from "vitest";
import { Rng, UsageError } from "../../../src/common/index.ts";
import { type ControlState, createControlState } from "../../../src/sim/control-state.ts";
import type { MdpState } from "../../../src/sim/mdp/mdp-state.ts";
import { ObservationGroup, ObservationTerm } from "../../../src/sim/mdp/observation-group.ts";
import { observationMirror } from "../../../src/sim/mdp/observation-mirror.ts";
import { h12 } from "../../../src/sim/robots/h1-2.ts";
import { jointMirror, MIRROR_SIGNS, mirrorJoints } from "../../../src/sim/robots/mirror.ts";
import { jointNames } from "../../../src/sim/robots/robot.ts";
import { stateAtRest } from "./two-leg-state.ts";

const all = jointNames(h12);
const legs = jointNames(h12, "lower");

const terms = [
  { name: "base_lin_vel", scale: 2 },
  { name: "base_ang_vel", history: 3 },
  { name: "projected_gravity" },
  { name: "velocity_command", scale: [2, 2, 0.25] },
  { name: "linear_command" },
  { name: "yaw_command" },
  { name: "joint_pos" },
  { name: "joint_vel", history: 2, scale: 0.05 },
  { name: "joint_reference", joints: jointNames(h12, "upper") },
  { name: "last_action" },
  { name: "gait_phase_feet" },
  { name: "gait_cosine_feet" },
  { name: "travel" },
  { name: "base_height" },
  { name: "feet_force", scale: 1 / 700 },
  { name: "randomization" },
].map((term) => ObservationTerm.parse(term));

function randomState(rng: Rng): ControlState {
  const state = createControlState(h12);
  for (const field of ["q", "dq", "reference", "baseAngVel", "baseLinVel", "command"] as const)
    for (let i = 0; i < state[field].length; i++) state[field][i] = rng.uniform(-1, 1);
  const quat = [1, 2, 3, 4].map(() => rng.normal());
  state.baseQuat.set(quat.map((value) => value / Math.hypot(...quat)));
  state.time = 0.3;
  return state;
}

/** The same moment seen in a mirror on the robot's left: sides change places, so the gait is half a stride on. */
function mirrored(state: ControlState): ControlState {
  const image = createControlState(h12);
  const joints = jointMirror(h12);
  for (const field of ["q", "dq", "reference"] as const) mirrorJoints(joints, state[field], image[field]);
  for (let k = 0; k < 3; k++) {
    image.baseAngVel[k] = MIRROR_SIGNS.axial[k] * state.baseAngVel[k];
    image.baseLinVel[k] = MIRROR_SIGNS.polar[k] * state.baseLinVel[k];
    image.command[k] = MIRROR_SIGNS.command[k] * state.command[k];
  }
  const [w, x, y, z] = state.baseQuat;
  image.baseQuat.set([w, -x, y, -z]);
  image.time = state.time + 0.4;
  return image;
}

/** What rewards read at such a moment. */
function randomJudged(state: ControlState, rng: Rng): MdpState {
  const judged = { ...stateAtRest(), state, groundHeight: rng.uniform(-1, 1) };
  for (const numbers of [judged.travel, judged.feet.force, judged.drawn])
    for (let i = 0; i < numbers.length; i++) numbers[i] = rng.uniform(-1, 1);
  return judged;
}

/** The same in the mirror. */
function mirroredJudged(judged: MdpState, state: ControlState): MdpState {
  const image = { ...stateAtRest(), state, groundHeight: judged.groundHeight };
  image.drawn.set(judged.drawn);
  image.drawn[3] *= -1; // the centre of mass is as far on the other side
  for (let k = 0; k < 3; k++) {
    image.travel[k] = MIRROR_SIGNS.command[k] * judged.travel[k];
    image.feet.force[k] = MIRROR_SIGNS.polar[k] * judged.feet.force[k + 3];
    image.feet.force[k + 3] = MIRROR_SIGNS.polar[k] * judged.feet.force[k];
  }
  return image;
}

describe("the mirror of an observation", () => {
  it("is the observation of the mirrored robot, for every term of both sides, history included", () => {
    const rng = new Rng(1);
    const { source, sign } = observationMirror(h12, terms, all, legs);
    const groups = [0, 1].map(
      () => new ObservationGroup(h12, terms, { jointNames: all, actionSize: legs.length }),
    );
    const [out, image] = groups.map((group) => new Float32Array(group.size));
    const driven = jointMirror(h12, legs);
    for (let step = 0; step < 4; step++) {
      const state = randomState(rng);
      const lastAction = Float64Array.from(legs, () => rng.uniform(-1, 1));
      const judged = randomJudged(state, rng);
      groups[0].write({ state, lastAction, judged }, out);
      const imageAction = mirrorJoints(driven, lastAction, new Float64Array(legs.length));
      const seen = mirrored(state);
      const judgedImage = mirroredJudged(judged, seen);
      groups[1].write({ state: seen, lastAction: imageAction, judged: judgedImage }, image);
      expect(source.length).toBe(out.length);
      for (let i = 0; i < out.length; i++) expect(sign[i] * out[source[i]]).toBeCloseTo(image[i], 5);
    }
  });

  it("of the mirror is the original", () => {
    const { source, sign } = observationMirror(h12, terms, all, legs);
    for (let i = 0; i < source.length; i++) {
      expect(source[source[i]]).toBe(i);
      expect(sign[i] * sign[source[i]]).toBe(1);
    }
  });

  it("is refused for a term of one side, and for joints whose other side is absent", () => {
    const mirrorOf =
      (term: object, joints = all) =>
      () =>
        observationMirror(h12, [ObservationTerm.parse(term)], joints, legs);
    expect(mirrorOf({ name: "gait_phase" })).toThrow(UsageError);
    expect(mirrorOf({ name: "toString" })).toThrow(/"toString"/);
    expect(mirrorOf({ name: "joint_pos", joints: ["left_knee_joint"] })).toThrow(/right_knee_joint/);
  });
});
