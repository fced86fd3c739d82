import { describe, expect, it } from "vitest";
import { REWARD_TERMS } from "../../../src/sim/mdp/rewards/index.ts";
import { JointsApart } from "../../../src/sim/mdp/rewards/joints-apart.ts";
import { stateAtRest } from "./two-leg-state.ts";

describe("a reward term that judges some joints alone", () => {
  it("sees their actions and angles, and everything else of the robot", () => {
    const all = stateAtRest();
    const last = all.joints.length - 1;
    const apart = new JointsApart(all, all.joints.slice(last));
    all.action.fill(9);
    all.lastAction.fill(9);
    all.action[last] = 3;
    all.lastAction[last] = 1;
    all.groundHeight = 0.5;
    apart.look();
    expect(REWARD_TERMS.action_rate(apart, {})).toBe(4);
    expect(apart.groundHeight).toBe(0.5);
    all.state.dq.fill(2);
    expect(REWARD_TERMS.joint_vel(apart, {})).toBe(4);
    expect(REWARD_TERMS.joint_vel(all, {})).toBe(4 * all.joints.length);
  });

  it("is refused where the policy does not drive one of them", () => {
    const all = stateAtRest();
    const driven = { ...all, joints: all.joints.slice(1) };
    expect(() => new JointsApart(driven, all.joints.slice(0, 1))).toThrow(/do not drive/);
  });
});
