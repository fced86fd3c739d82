import { describe, expect, it } from "vitest";
import { UsageError } from "../../src/common/index.ts";
import { HoldPosePolicy, MotionPolicy, WholeBodyPolicy } from "../../src/policies/index.ts";
import { createControlState, createJointTargets, jointNames } from "../../src/sim/index.ts";
import { h12, legs } from "./small-policy.ts";

const upper = jointNames(h12, "upper");

describe("WholeBodyPolicy", () => {
  it("lets each part drive its own joints", async () => {
    const policy = new WholeBodyPolicy(new HoldPosePolicy(h12, 0.02, legs), new MotionPolicy(h12, 0.02));
    const [state, targets] = [createControlState(h12), createJointTargets(h12)];
    state.reference.fill(0.3);
    targets.q.fill(Number.NaN);
    targets.kp.fill(0);
    targets.tau.fill(5);
    await policy.act(state, targets);
    expect(policy.joints).toEqual([...legs, ...upper]);
    expect([...targets.q]).toEqual(h12.joints.map((joint, i) => (i < 12 ? joint.default : 0.3)));
    expect([...targets.kp]).toEqual(h12.joints.map((joint) => joint.kp));
    expect([...targets.kd]).toEqual(h12.joints.map((joint) => joint.kd));
    expect([...targets.tau]).toEqual(h12.joints.map(() => 0));
  });

  it("refuses two masters for one joint, and says which", () => {
    const twice = () => new WholeBodyPolicy(new HoldPosePolicy(h12, 0.02), new MotionPolicy(h12, 0.02));
    expect(twice).toThrow(UsageError);
    expect(twice).toThrow(/"hold pose" and "motion" drive torso_joint/);
  });

  it("refuses parts of different rates, and no parts at all", () => {
    const mixed = () => new WholeBodyPolicy(new HoldPosePolicy(h12, 0.02, legs), new MotionPolicy(h12, 0.01));
    expect(mixed).toThrow(/every 0.02 s but "motion" every 0.01 s/);
    expect(() => new WholeBodyPolicy()).toThrow(UsageError);
  });

  it("passes a reset on to all parts", () => {
    const calls: string[] = [];
    const part = (name: string, joints: string[]) => ({
      name,
      joints,
      controlTimestep: 0.02,
      reset: () => void calls.push(name),
      act: async () => {},
    });
    new WholeBodyPolicy(part("a", ["x"]), part("b", ["y"])).reset();
    expect(calls).toEqual(["a", "b"]);
  });
});
