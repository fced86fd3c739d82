import { describe, expect, it } from "vitest";
import { withMetadata } from "../../../src/learn/index.ts";
import { lintPolicy, type PolicySpec, readPolicyFile, writePolicyFile } from "../../../src/policies/index.ts";
import { jointNames, robotByName } from "../../../src/sim/index.ts";
import { h12, legSpec, legs, linearBytes } from "../small-policy.ts";

const provenance = { command: "train", configHash: "0", commit: "0", seed: 0, steps: 1, metrics: {} };
const good = legSpec({
  provenance,
  kp: legs.map((name) => h12.joints.find((joint) => joint.name === name)?.kp),
  kd: legs.map((name) => h12.joints.find((joint) => joint.name === name)?.kd),
});

function codes(spec: PolicySpec, bytes = linearBytes(), robot = h12): string[] {
  return lintPolicy(readPolicyFile(writePolicyFile(bytes, spec)), robot).map(
    (f) => `${f.severity} ${f.code}`,
  );
}

const changed = (changes: Partial<PolicySpec>): PolicySpec => ({ ...good, ...changes });

describe("lintPolicy", () => {
  it("has nothing to say about a policy that fits", () => {
    expect(codes(good)).toEqual([]);
  });

  it("accepts a variant of the same robot that has the joints", () => {
    const terms = good.observations.filter((term) => term.name !== "joint_pos");
    const spec = changed({ observations: terms, observedJoints: legs });
    expect(codes(spec, linearBytes({ inputs: 15 }), robotByName("h1_2_27dof"))).toEqual([]);
  });

  it("finds a policy for another robot and the joints that this one lacks", () => {
    expect(codes(good, linearBytes(), robotByName("h1"))).toEqual([
      "error WRONG_ROBOT",
      "error UNKNOWN_JOINT",
      "note OTHER_GAINS",
      "note JOINT_ORDER",
      "note JOINT_ORDER",
    ]);
  });

  it.each<[string, Partial<PolicySpec>, string]>([
    [
      "another size of observation",
      { observations: good.observations.slice(0, 1) },
      "error OBSERVATION_SIZE",
    ],
    [
      "an unknown term",
      { observations: [{ ...good.observations[0], name: "smell" }] },
      "error BAD_OBSERVATION",
    ],
    [
      "scales that do not fit a term",
      { observations: [{ ...good.observations[0], scale: [1, 2] }] },
      "error BAD_OBSERVATION",
    ],
    [
      "a recurrent state that the graph lacks",
      { recurrent: { kind: "lstm", layers: 1, hidden: 8 } },
      "error RECURRENT_STATE",
    ],
    ["a limp joint", { kp: good.kp.map((kp, i) => (i === 3 ? 0 : kp)) }, "warning MISSING_GAINS"],
    ["other gains", { kd: good.kd.map((kd) => 1.1 * kd) }, "note OTHER_GAINS"],
    ["more torque than there is", { torqueLimit: good.torqueLimit.map(() => 400) }, "warning TORQUE_LIMIT"],
    [
      "a pose beyond a joint's range",
      { defaultJointPos: { ...good.defaultJointPos, left_knee_joint: -1 } },
      "warning POSE_OUT_OF_RANGE",
    ],
    ["joints in another order", { jointNames: [...legs].reverse() }, "note JOINT_ORDER"],
    ["observed joints in another order", { observedJoints: jointNames(h12).reverse() }, "note JOINT_ORDER"],
    ["what an import assumed", { assumptions: ["The file does not say X."] }, "note ASSUMED"],
  ])("finds %s", (_, changes, code) => {
    expect(codes(changed(changes))).toContain(code);
  });

  it("finds a network with another number of actions", () => {
    expect(codes(good, linearBytes({ outputs: 10 }))).toContain("error ACTION_SIZE");
  });

  it("finds weights that are no numbers", () => {
    const bias = new Float32Array(12);
    bias[7] = Number.NaN;
    const [finding] = lintPolicy(readPolicyFile(writePolicyFile(linearBytes({ bias }), good)), h12);
    expect(finding).toMatchObject({ severity: "error", code: "BAD_WEIGHTS" });
    expect(finding.text).toMatch(/"b" hold NaN at place 7/);
  });

  it.each(["base_lin_vel", "travel"])("finds an observation that hardware cannot make: %s", (name) => {
    const observations = [{ ...good.observations[0], name }, ...good.observations];
    expect(codes(changed({ observations }), linearBytes({ inputs: 39 }))).toEqual(["warning PRIVILEGED"]);
  });

  it("finds gains that were rounded for other tools, and by how much", () => {
    const spec = changed({ kp: good.kp.map(() => 98.6964), torqueLimit: good.torqueLimit });
    const bytes = withMetadata(writePolicyFile(linearBytes(), spec), {
      joint_stiffness: legs.map(() => "98.696").join(","),
    });
    const finding = lintPolicy(readPolicyFile(bytes), h12).find((each) => each.code === "METADATA_DIFFERS");
    expect(finding?.text).toMatch(/joint_stiffness.*differs by up to 0\.000400/);
  });
});
