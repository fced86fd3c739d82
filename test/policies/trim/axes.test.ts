import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { shippedPath } from "../../../src/app/package-root.ts";
import { InferenceSession } from "../../../src/learn/index.ts";
import {
  amountsOf,
  type PolicyFile,
  readPolicyFile,
  trimAxes,
  trimmed,
  trimOf,
  writePolicyFile,
} from "../../../src/policies/index.ts";
import { legSpec, linearBytes } from "../small-policy.ts";

const shipped = () => readPolicyFile(readFileSync(shippedPath("assets", "policies", "h1_2", "lower.onnx")));

/** What a policy says to an observation at the beginning of an episode. */
async function answer({ model }: PolicyFile, observation: Float32Array): Promise<Float32Array> {
  using session = await InferenceSession.load(model);
  const tensors = (kind: "input" | "output") =>
    Object.fromEntries(session[`${kind}s`].map(({ name }) => [name, session[kind](name, { batch: 1 })]));
  const [inputs, outputs] = [tensors("input"), tensors("output")];
  (inputs.obs.data as Float32Array).set(observation);
  await session.bind(inputs, outputs).run();
  return outputs.actions.data as Float32Array;
}

describe("trim axes", () => {
  it("are a gain for each term, each command and each kind of joint that others drive, and a lean", () => {
    const axes = trimAxes(shipped().spec);
    expect(axes.map(({ name, observations: { length } }) => `${name} ${length}`)).toEqual([
      "base_ang_vel 3",
      "projected_gravity 2",
      "lean 1",
      "velocity_command.0 1",
      "velocity_command.1 1",
      "velocity_command.2 1",
      "joint_pos 12",
      "joint_pos.torso 1",
      "joint_pos.shoulder_pitch 2",
      "joint_pos.shoulder_roll 2",
      "joint_pos.shoulder_yaw 2",
      "joint_pos.elbow_pitch 2",
      "joint_vel 12",
      "joint_vel.torso 1",
      "joint_vel.shoulder_pitch 2",
      "joint_vel.shoulder_roll 2",
      "joint_vel.shoulder_yaw 2",
      "joint_vel.elbow_pitch 2",
      "last_action 12",
      "gait_phase_feet 2",
    ]);
  });

  it("make a policy answer as the old one does to observations shifted and multiplied", async () => {
    const file = shipped();
    const axes = trimAxes(file.spec);
    const amounts = axes.map((_, i) => (i - 10) / 40);
    const observation = Float32Array.from({ length: 65 }, (_, i) => Math.sin(i));
    const changed = observation.slice();
    changed[3] += 0.2 * amounts[2];
    for (const [i, { name, observations }] of axes.entries())
      for (const at of name === "lean" ? [] : observations) changed[at] *= Math.exp(amounts[i]);
    const old = await answer(file, changed);
    const now = await answer(readPolicyFile(trimmed(file, axes, amounts)), observation);
    expect([...now]).toEqual([...old].map((value) => expect.closeTo(value, 4)));
    expect([...(await answer(file, observation))]).not.toEqual([...old].map((v) => expect.closeTo(v, 2)));
  });

  it("leave a policy as it is where nothing is trimmed", async () => {
    const file = shipped();
    const axes = trimAxes(file.spec);
    const same = readPolicyFile(trimmed(file, axes, new Float64Array(axes.length)));
    const observation = new Float32Array(65).fill(0.3);
    expect(await answer(same, observation)).toEqual(await answer(file, observation));
    expect(same.spec).toEqual(file.spec);
  });

  it("are told as gains and offsets, and read back", () => {
    const axes = trimAxes(shipped().spec);
    const amounts = amountsOf(axes, { lean: 0.05, "joint_pos.shoulder_roll": 0.25 });
    const { lean, ...gains } = trimOf(axes, amounts);
    expect(lean).toBeCloseTo(0.05, 12);
    for (const [axis, gain] of Object.entries(gains))
      expect(gain, axis).toBeCloseTo(axis === "joint_pos.shoulder_roll" ? 0.25 : 1, 12);
    expect(() => amountsOf(axes, { "joint_pos.shoulder": 0.5 })).toThrow(/no axis "joint_pos.shoulder"/);
    expect(() => amountsOf(axes, { joint_pos: 0 })).toThrow(/gain of "joint_pos" cannot be 0/);
  });

  it("need a policy that carries its normalisation", () => {
    const file = readPolicyFile(writePolicyFile(linearBytes(), legSpec()));
    expect(() => trimmed(file, trimAxes(file.spec), [])).toThrow(/carries no normalisation/);
  });
});
