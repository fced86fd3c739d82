import { describe, expect, it } from "vitest";
import type { MdpState } from "../../../src/sim/mdp/mdp-state.ts";
import { REWARD_TERMS } from "../../../src/sim/mdp/rewards/index.ts";
import { stateAtRest } from "./two-leg-state.ts";

/** A term's value on the state at rest after `change`. */
function reward(name: string, change: (mdp: MdpState) => void = () => {}, params = {}): number {
  const mdp = stateAtRest();
  change(mdp);
  tested.add(name);
  return REWARD_TERMS[name](mdp, params);
}
const tested = new Set<string>();

describe("tracking a velocity", () => {
  it("pays e^-(error²/0.25) of the horizontal velocity, and ignores the vertical one", () => {
    const move = ({ state }: MdpState) => state.baseLinVel.set([0.7, -0.4, 9]);
    expect(reward("track_lin_vel", ({ state }) => state.baseLinVel.set([1, 0, 0]))).toBe(1);
    expect(reward("track_lin_vel", move)).toBeCloseTo(Math.exp(-(0.09 + 0.16) / 0.25), 14);
    expect(reward("track_lin_vel", move, { sigma: 0.5 })).toBeCloseTo(Math.exp(-0.5), 14);
    expect(reward("track_lin_vel", move, { width: 0.25 })).toBeCloseTo(Math.exp(-2), 14); // by distance, not its square
  });

  it("pays e^-(error²/0.25) of the yaw rate", () => {
    const turn = ({ state }: MdpState) => {
      state.command[2] = 0.5;
      state.baseAngVel.set([3, 3, 0.25]);
    };
    expect(reward("track_ang_vel", turn)).toBeCloseTo(Math.exp(-0.25), 14);
    expect(reward("track_ang_vel", turn, { sigma: 0.0625 })).toBeCloseTo(Math.exp(-1), 14);
  });

  it("pays the same of the averaged yaw rate, whatever the rate of the moment", () => {
    const turn = (mdp: MdpState) => {
      mdp.state.command[2] = 0.5;
      mdp.state.baseAngVel.set([0, 0, 3]);
      mdp.travel[2] = 0.25;
    };
    expect(reward("track_turning", turn)).toBeCloseTo(Math.exp(-0.25), 14);
    expect(reward("track_turning", turn, { sigma: 0.0625 })).toBeCloseTo(Math.exp(-1), 14);
    expect(reward("track_turning", turn, { width: 0.5 })).toBeCloseTo(Math.exp(-0.5), 14); // by distance, not its square
  });

  it("pays the same of the averaged velocity, whatever the velocity of the moment", () => {
    const move = (mdp: MdpState) => {
      mdp.state.baseLinVel.set([-3, 2, 9]);
      mdp.travel.set([0.7, -0.4, 5]);
    };
    expect(reward("track_travel", move)).toBeCloseTo(Math.exp(-(0.09 + 0.16) / 0.25), 14);
    expect(reward("track_travel", move, { sigma: 0.5 })).toBeCloseTo(Math.exp(-0.5), 14);
    expect(reward("track_travel", move, { width: 0.25 })).toBeCloseTo(Math.exp(-2), 14);
  });

  it("charges for the pelvis swinging about its averaged motion", () => {
    const sway = (mdp: MdpState) => {
      mdp.state.baseLinVel.set([0.7, -0.4, 9]);
      mdp.state.baseAngVel.set([3, 3, 0.5]);
      mdp.travel.set([0.5, -0.1, 0.2]);
    };
    expect(reward("travel_sway", sway)).toBeCloseTo(0.04 + 0.09, 14);
    expect(reward("turning_sway", sway)).toBeCloseTo(0.09, 14);
  });

  it("pays for being alive, and marks the step of a fall", () => {
    expect(reward("alive")).toBe(1);
    expect(reward("fall")).toBe(0);
    expect(
      reward("fall", (mdp) => {
        mdp.hasFallen = true;
      }),
    ).toBe(1);
  });
});

describe("a quiet base", () => {
  it("has no vertical velocity, no roll and pitch rates", () => {
    expect(reward("lin_vel_z", ({ state }) => state.baseLinVel.set([5, 5, -0.3]))).toBeCloseTo(0.09, 14);
    expect(reward("ang_vel_xy", ({ state }) => state.baseAngVel.set([0.3, -0.4, 7]))).toBeCloseTo(0.25, 14);
  });

  it("is upright: the horizontal part of gravity is sin² of the tilt", () => {
    const tilt = (half: number, axis: 1 | 2) => (mdp: MdpState) => {
      mdp.state.baseQuat.fill(0);
      mdp.state.baseQuat[0] = Math.cos(half);
      mdp.state.baseQuat[axis] = Math.sin(half);
    };
    expect(reward("orientation")).toBe(0);
    expect(reward("orientation", tilt(0.15, 1))).toBeCloseTo(Math.sin(0.3) ** 2, 14);
    expect(reward("orientation", tilt(Math.PI / 4, 2))).toBeCloseTo(1, 14);
  });

  it("keeps its height above the ground below it", () => {
    const raise = (mdp: MdpState) => {
      mdp.state.basePos[2] = 1.25;
      mdp.groundHeight = 0.2;
    };
    expect(reward("base_height", raise)).toBeCloseTo(0.01, 14); // 1.25 - 0.2 - 0.95 = 0.1
    expect(reward("base_height", raise, { target: 1 })).toBeCloseTo(0.0025, 14);
  });

  it("does not drift while asked to stand, and may move while asked to walk", () => {
    const drift = ({ state, travel }: MdpState) => {
      state.baseLinVel.set([0.3, 0.4, 1]);
      travel.set([0.03, -0.04, 1]);
    };
    const asked = (mdp: MdpState) => {
      drift(mdp);
      mdp.state.command.set([0.05, 0, 0.05]); // norm 0.071, below 0.1
    };
    expect(reward("standing_velocity", drift)).toBe(0);
    expect(reward("standing_travel", drift)).toBe(0);
    expect(reward("standing_velocity", asked)).toBeCloseTo(0.25, 14);
    expect(reward("standing_travel", asked)).toBeCloseTo(0.05, 14);
  });
});

describe("effort", () => {
  it("sums squares of torque and speed over the judged joints alone", () => {
    expect(reward("torques", ({ state }) => state.tau.set([1, 2, 3, 4, 5, 100]))).toBe(55);
    expect(reward("joint_vel", ({ state }) => state.dq.set([1, -1, 2, 0, 0.5, 100]))).toBe(6.25);
  });

  it("takes the acceleration from two control steps", () => {
    const change = (mdp: MdpState) => {
      mdp.previousDq.set([0, 1, 0, 0, 0, 0]);
      mdp.state.dq.set([0.02, 1.04, 0, 0, 0, 100]);
    };
    expect(reward("joint_acc", change)).toBeCloseTo(1 + 4, 12); // (0.02/0.02)² + (0.04/0.02)²
  });

  it("sums squared changes of the action", () => {
    const change = (mdp: MdpState) => {
      mdp.action.set([1, 2, 0, 0, 0]);
      mdp.lastAction.set([0, 4, 0, 0, 1]);
    };
    expect(reward("action_rate", change)).toBe(1 + 4 + 1);
  });

  it("counts by how much joints leave the middle nine tenths of their range", () => {
    // Joint 0: range ±1, soft ±0.9. Joint 2: range 0 to 2, soft 0.1 to 1.9.
    const pose = ({ state }: MdpState) => state.q.set([0.95, -0.9, 0.05, -1, 0, 5]);
    expect(reward("joint_pos_limits")).toBe(0);
    expect(reward("joint_pos_limits", pose)).toBeCloseTo(0.05 + 0.05 + 0.1, 14);
    expect(reward("joint_pos_limits", pose, { share: 1 })).toBe(0);
  });

  it("counts speed beyond the limit, at most 1 rad/s a joint or what it is told", () => {
    const spin = ({ state }: MdpState) => state.dq.set([5.5, -9, 5, 0, 0, 100]);
    expect(reward("joint_vel_limits", spin)).toBeCloseTo(0.5 + 1, 14);
    expect(reward("joint_vel_limits", spin, { share: 0.9 })).toBeCloseTo(1 + 1 + 0.5, 14);
    expect(reward("joint_vel_limits", spin, { most: 3 })).toBeCloseTo(0.5 + 3, 14);
    expect(reward("joint_vel_limits", spin, { most: 9 })).toBeCloseTo(0.5 + 4, 14);
  });

  it("counts torque beyond a share of the limit", () => {
    const strain = ({ state }: MdpState) => state.tau.set([9, -10, 0, 0, 3.5, 100]);
    expect(reward("torque_limits", strain)).toBe(0);
    expect(reward("torque_limits", strain, { share: 0.8 })).toBeCloseTo(1 + 2 + 0.3, 14);
  });
});

describe("posture of the legs", () => {
  it("keeps hip yaw and roll at zero, and leaves the other joints alone", () => {
    expect(reward("hip_pos", ({ state }) => state.q.set([0.3, -0.4, 9, 9, 9, 9]))).toBeCloseTo(0.25, 14);
  });

  it("spares the ankles: pitch and roll of both sides", () => {
    expect(reward("ankle_torques", ({ state }) => state.tau.set([9, 9, 9, 3, -4, 9]))).toBe(25);
    const act = (mdp: MdpState) => {
      mdp.action.set([9, 9, 9, 0.5, 1]);
      mdp.lastAction.set([0, 0, 0, 0, -1]);
    };
    expect(reward("ankle_action_rate", act)).toBe(0.25 + 4);
  });

  it("holds the default pose while asked to stand", () => {
    const bend = ({ state }: MdpState) => state.q.set([0.1, -0.2, 0.75, -0.25, 0, 9]);
    expect(reward("stand_still", bend)).toBe(0); // asked to walk
    expect(
      reward("stand_still", (mdp) => {
        bend(mdp);
        mdp.state.command.fill(0);
      }),
    ).toBeCloseTo(0.1 + 0.2 + 0.25, 14);
  });

  it("may leave it while the robot still stops", () => {
    const moving = (speed: number) => (mdp: MdpState) => {
      mdp.state.q.set([0.1, -0.2, 0.75, -0.25, 0, 9]);
      mdp.state.command.fill(0);
      mdp.travel.set([0.6 * speed, -0.8 * speed, 9]);
    };
    expect(reward("stand_still", moving(0.2), { settled: 0.15 })).toBe(0);
    expect(reward("stand_still", moving(0.1), { settled: 0.15 })).toBeCloseTo(0.55, 14);
    expect(reward("stand_still", moving(0.2))).toBeCloseTo(0.55, 14);
  });

  it("follows a reference by its mean squared error over the judged joints", () => {
    const apart = ({ state }: MdpState) => {
      state.reference.set([0, 0, 0, 0, 0, 9]);
      state.q.set([1, 0, 0, 0, -0.5, 0]);
    };
    expect(reward("track_reference")).toBe(1);
    expect(reward("track_reference", apart)).toBeCloseTo(Math.exp(-(1.25 / 5) / 0.5), 14);
    expect(reward("track_reference", apart, { sigma: 0.25 })).toBeCloseTo(Math.exp(-1), 14);
  });
});

describe("the feet", () => {
  const gait = (time: number, left: number, right: number) => (mdp: MdpState) => {
    mdp.state.time = time;
    mdp.feet.force[2] = left;
    mdp.feet.force[5] = right;
  };

  it("are paid for contact in stance and for none in swing, each on its own", () => {
    // At 0.16 s the left phase is 0.2 (stance), the right 0.7 (swing).
    expect(reward("contact_phase", gait(0.16, 300, 0))).toBe(2);
    expect(reward("contact_phase", gait(0.16, 300, 300))).toBe(1);
    expect(reward("contact_phase", gait(0.16, 0, 300))).toBe(0);
    // At 0.44 s of any stride the left phase is 0.55, which is swing already, and the right 0.05.
    for (let stride = 0; stride < 1000; stride++)
      expect(reward("contact_phase", gait((22 + 40 * stride) * 0.02, 0, 300))).toBe(2);
    // 1 N is no contact yet.
    expect(reward("contact_phase", gait(0.16, 1, 1))).toBe(1);
    // At 0.04 s the phases are 0.05 and 0.55.
    expect(reward("contact_phase", gait(0.04, 300, 300), { stance: 0.6 })).toBe(2);
  });

  it("may both bear the robot at the edges of a swing, where there is a margin, and must not hang in stance", () => {
    const both = (time: number, force = 300) =>
      reward("contact_phase", gait(time, force, force), { margin: 0.1 });
    // The left foot's phase is 0.6, 0.7, 0.85 and 0.95 of a swing from 0.55 to 1; the right one is in stance.
    expect([0.48, 0.56, 0.68, 0.76].map((time) => both(time))).toEqual([2, 1, 1, 2]);
    expect(both(0.48, 0)).toBe(1);
  });

  it("must both bear the robot at the edges of a swing, where strides overlap", () => {
    const both = (time: number, force = 300) =>
      reward("contact_phase", gait(time, force, force), { overlap: 0.08, margin: 0.04 });
    // The left foot's phase is 0.6 (overlap), 0.65 (margin), 0.7 and 0.85 (swing), 0.9 (margin) and 0.95 (overlap).
    expect([0.48, 0.52, 0.56, 0.68, 0.72, 0.76].map((time) => both(time))).toEqual([2, 2, 1, 1, 2, 2]);
    expect([0.48, 0.52, 0.76].map((time) => both(time, 0))).toEqual([0, 1, 0]);
  });

  it("miss a swing where one touches the ground that must not, and only there", () => {
    const missed = (time: number, left: number) =>
      reward("missed_swing", gait(time, left, 300), { overlap: 0.08, margin: 0.04 });
    expect([0.48, 0.52, 0.56, 0.68, 0.72, 0.76].map((time) => missed(time, 300))).toEqual([0, 0, 1, 1, 0, 0]);
    expect(missed(0.56, 0)).toBe(0);
  });

  it("may miss more of their swings where walking is asked for", () => {
    const missed = (speed: number) =>
      reward(
        "missed_swing",
        (mdp) => {
          gait(0.6, 300, 300)(mdp);
          mdp.state.command.set([speed, 0, 0.2]);
        },
        { slow: 0.35, walking: 0.1 },
      );
    expect([0, 0.35, 0.36].map(missed)).toEqual([1, 1, 0.1]);
  });

  it("belong to legs that draw up knee, hip and ankle in swing", () => {
    // At 0.56 s the left phase is 0.7, a third into the swing: sin(pi / 3) of the lift, twice that in the knee.
    const swing = 0.3 * Math.sin(Math.PI / 3);
    const late = ({ state }: MdpState) => {
      state.time = 0.56;
    };
    const distance = swing * Math.sqrt(2 ** 2 + 1); // knee and ankle pitch
    expect(reward("gait_pose")).toBe(1); // both feet in stance, default pose
    // The right leg stands as it should, and counts half.
    expect(reward("gait_pose", late)).toBeCloseTo((Math.exp(-2 * distance) - 0.2 * 0.5 + 1) / 2, 12);
    const lifted = (mdp: MdpState) => {
      late(mdp);
      mdp.state.q[2] += 2 * swing;
      mdp.state.q[3] -= swing;
    };
    expect(reward("gait_pose", lifted)).toBeCloseTo(1, 12);
    const nearly = (mdp: MdpState) => {
      lifted(mdp);
      mdp.state.q[0] += 0.1;
    };
    expect(reward("gait_pose", nearly)).toBeCloseTo((Math.exp(-0.2) - 0.02 + 1) / 2, 12);
    expect(reward("gait_pose", late, { lift: 0 })).toBe(1);
    expect(reward("gait_pose", lifted, { overlap: 0.2 })).toBeCloseTo(reward("gait_pose", late), 12); // too soon to lift it
    // Of a swing from 0.65 to 0.9, this is a fifth of the way.
    const shorter = 0.3 * Math.sin(Math.PI / 5);
    const brisk = (mdp: MdpState) => {
      late(mdp);
      mdp.state.q[2] += 2 * shorter;
      mdp.state.q[3] -= shorter;
    };
    expect(reward("gait_pose", brisk, { overlap: 0.1 })).toBeCloseTo(1, 12);
  });

  it("should both stay on the ground while asked to stand", () => {
    const stand = (mdp: MdpState) => {
      gait(0.16, 300, 300)(mdp);
      mdp.state.command.fill(0);
    };
    expect(reward("contact_phase", stand)).toBe(2);
  });

  it("are free to step while a robot stops that was told to stand", () => {
    const hop = (speed: number, command: number) => (mdp: MdpState) => {
      gait(0.16, 0, 0)(mdp);
      mdp.state.command.set([command, 0, 0]);
      mdp.travel.set([speed, 0, 0]);
    };
    expect(reward("contact_phase", hop(0.2, 0), { settled: 0.15 })).toBe(2);
    expect(reward("contact_phase", hop(0.1, 0), { settled: 0.15 })).toBe(0);
    expect(reward("contact_phase", hop(0.2, 0.5), { settled: 0.15 })).toBe(1); // told to walk
    expect(reward("contact_phase", hop(0.2, 0))).toBe(0);
  });

  it("stay between 0.3 and 0.6 m apart, measured on the ground", () => {
    const apart = (dx: number, dy: number) => (mdp: MdpState) => mdp.feet.pos.set([dx, dy, 0.9, 0, 0, 0.05]);
    expect(reward("feet_distance")).toBe(1); // 0.4
    expect(reward("feet_distance", apart(0.24, 0.32))).toBe(1); // 0.4, whatever the heights
    expect(reward("feet_distance", apart(0, 0.29))).toBeCloseTo((Math.exp(-1) + 1) / 2, 12);
    expect(reward("feet_distance", apart(0.62, 0))).toBeCloseTo((1 + Math.exp(-2)) / 2, 12);
    expect(reward("feet_distance", apart(9, 0))).toBeCloseTo((1 + Math.exp(-50)) / 2, 12); // clamped at 0.5 m
    expect(reward("feet_distance", apart(0.25, 0), { low: 0.2, high: 0.3 })).toBe(1);
  });

  it("have knees above them that are 0.3 m apart, neither less nor more", () => {
    const apart = (distance: number) => (mdp: MdpState) => mdp.knees.set([0, distance, 0.5, 0, 0, 0.5]);
    expect(reward("knee_distance", apart(0.3))).toBe(1);
    expect(reward("knee_distance", apart(0.28))).toBeCloseTo((Math.exp(-2) + 1) / 2, 12);
    expect(reward("knee_distance", apart(0.32))).toBeCloseTo((1 + Math.exp(-2)) / 2, 12);
  });

  it("do not slide: squared speed in all three directions, of feet in contact alone", () => {
    const slide = (mdp: MdpState) => {
      mdp.feet.vel.set([0.1, 0.2, -0.2, 5, 5, 5]);
      mdp.feet.force[5] = 0;
    };
    expect(reward("contact_velocity", slide)).toBeCloseTo(0.01 + 0.04 + 0.04, 14);
  });

  it("are to stay where they are while asked to stand, unless the robot still stops", () => {
    const step = (mdp: MdpState) => mdp.feet.vel.set([0.3, 0, 0.4, 0, -0.2, 0]);
    const stand = (speed: number) => (mdp: MdpState) => {
      step(mdp);
      mdp.state.command.fill(0);
      mdp.travel.set([0, speed, 9]);
    };
    expect(reward("standing_steps", step)).toBe(0); // asked to walk
    expect(reward("standing_steps", stand(0.1), { settled: 0.15 })).toBeCloseTo(0.5 + 0.2, 14);
    expect(reward("standing_steps", stand(0.2), { settled: 0.15 })).toBe(0);
    expect(reward("standing_steps", stand(0.2))).toBeCloseTo(0.7, 14);
  });

  it("swing at 0.08 m above the ground; feet in contact are not judged", () => {
    const swing = (height: number) => (mdp: MdpState) => {
      mdp.groundHeight = 0.5;
      mdp.feet.force.fill(0);
      mdp.feet.pos[2] = 0.5 + height;
      mdp.feet.pos[5] = 0.58;
    };
    expect(reward("swing_height", ({ feet }) => (feet.pos[2] = 9))).toBe(0);
    expect(reward("swing_height", swing(0.05))).toBeCloseTo(0.0009, 14);
    expect(reward("swing_height", swing(0.11))).toBeCloseTo(0.0009, 14);
    expect(reward("swing_height", swing(0.11), { oneSided: 1 })).toBeCloseTo(0, 14);
    expect(reward("swing_height", swing(0.05), { oneSided: 1, target: 0.07 })).toBeCloseTo(0.0004, 14);
  });

  it("touch down softly: what presses beyond 700 N counts", () => {
    const stamp = (mdp: MdpState) => mdp.feet.force.set([0, 300, 400, 0, 0, 750]);
    expect(reward("contact_forces", stamp)).toBe(50); // norms 500 and 750
    expect(reward("contact_forces", stamp, { limit: 400 })).toBe(100 + 350);
  });
});

it("tests every reward term there is", () => {
  expect([...tested].sort()).toEqual(Object.keys(REWARD_TERMS).sort());
});

it("never changes the state that it judges", () => {
  const before = JSON.stringify(stateAtRest());
  for (const kernel of Object.values(REWARD_TERMS)) {
    const mdp = stateAtRest();
    kernel(mdp, {});
    expect(JSON.stringify(mdp)).toBe(before);
  }
});
