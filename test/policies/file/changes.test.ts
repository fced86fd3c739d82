import { describe, expect, it } from "vitest";
import { comparePolicy, policyChanges } from "../../../src/policies/index.ts";
import { legSpec, legs } from "../small-policy.ts";

describe("what changes from one policy to another", () => {
  it("is nothing between a policy and itself", () => {
    expect(policyChanges(legSpec(), legSpec())).toEqual([]);
  });

  it("names terms that come, go and are scaled otherwise, and the order where only that differs", () => {
    const [gravity, pos, action] = legSpec().observations;
    const other = legSpec({ observations: [{ ...pos, scale: 1 }, gravity, { name: "base_ang_vel" }] });
    expect(policyChanges(legSpec(), other)).toEqual([
      { what: "observes joint_pos", before: "x 2", after: "x 1" },
      { what: "observes last_action", before: "x 1", after: "–" },
      { what: "observes base_ang_vel", before: "–", after: "x 1" },
      {
        what: "order of terms",
        before: "projected_gravity, joint_pos",
        after: "joint_pos, projected_gravity",
      },
    ]);
    const turned = policyChanges(legSpec(), legSpec({ observations: [action, pos, gravity] }));
    expect(turned.map(({ what }) => what)).toEqual(["order of terms"]);
  });

  it("is told against the running policy that drives most of the same joints", () => {
    const knee = { ...legSpec({ name: "knee" }), jointNames: [legs[3]] };
    const running = [knee, legSpec()];
    expect(comparePolicy(running, legSpec()).instead).toBe("legs");
    const arms = { ...legSpec(), jointNames: ["torso_joint"] };
    expect(comparePolicy(running, arms)).toEqual({ instead: "", changes: [] });
  });

  it("compares gains and ranges joint by joint, whatever their order", () => {
    const { kp, kd } = legSpec();
    const other = legSpec({
      jointNames: [...legs].reverse(),
      kp: [...kp].reverse().map((gain, i) => (i === 0 ? 250 : gain)),
      kd: [...kd].reverse(),
      actionScale: 0.25,
      controlTimestep: 0.01,
      commands: [{ name: "vx", low: -1, high: 1 }],
    });
    expect(policyChanges(legSpec(), other)).toEqual([
      { what: "rate", before: "50 Hz", after: "100 Hz" },
      { what: "kp of right_ankle_roll", before: "103.7", after: "250" },
      { what: "command vx", before: "-0.5 to 0.5", after: "-1 to 1" },
    ]);
  });
});
