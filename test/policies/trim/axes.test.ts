import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { shippedPath } from "../../../src/app/package-root.ts";
import {
  amountsOf,
  readPolicyFile,
  type TrimAxis,
  trimAxes,
  trimmed,
  trimOf,
  writePolicyFile,
} from "../../../src/policies/index.ts";
import { swingPoseOf } from "../../../src/policies/swing-pose.ts";
import { answer } from "../answer.ts";
import { legSpec, linearBytes } from "../small-policy.ts";

const shipped = () => readPolicyFile(readFileSync(shippedPath("assets", "policies", "h1_2", "lower.onnx")));

describe("trim axes", () => {
  it("are a gain for each term, each command and each kind of joint that others drive, a lean, and a swing's pose", () => {
    const axes = trimAxes(shipped().spec);
    const places = (axis: TrimAxis) => (axis.kind === "gain" ? axis.observations.length : 1);
    expect(axes.map((axis) => `${axis.name} ${places(axis)}`)).toEqual([
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
      "swing.hip_pitch 1",
      "swing.knee 1",
      "swing.ankle_pitch 1",
    ]);
  });

  it("make a policy answer as the old one does to observations shifted and multiplied", async () => {
    const file = shipped();
    const axes = trimAxes(file.spec);
    const amounts = axes.map(({ kind }, i) => (kind === "swing" ? 0 : (i - 10) / 40));
    const observation = Float32Array.from({ length: 65 }, (_, i) => Math.sin(i));
    const changed = observation.slice();
    changed[3] += 0.2 * amounts[2];
    for (const [i, axis] of axes.entries())
      for (const at of axis.kind === "gain" ? axis.observations : []) changed[at] *= Math.exp(amounts[i]);
    const old = await answer(file, changed);
    const now = await answer(readPolicyFile(trimmed(file, axes, amounts)), observation);
    expect([...now]).toEqual([...old].map((value) => expect.closeTo(value, 4)));
    expect([...(await answer(file, observation))]).not.toEqual([...old].map((v) => expect.closeTo(v, 2)));
  });

  it("move the pose of a leg in its swing, and nothing while the clock stands", async () => {
    const file = shipped();
    const axes = trimAxes(file.spec);
    const moved = readPolicyFile(trimmed(file, axes, amountsOf(axes, { "swing.ankle_pitch": 0.05 })));
    const ankles = file.spec.jointNames.flatMap((name, k) => (name.endsWith("ankle_pitch_joint") ? [k] : []));
    const change = async (left: number, right: number) => {
      const observation = Float32Array.from({ length: 65 }, (_, i) => Math.sin(i));
      observation.set([left, right], 63);
      const [old, now] = [await answer(file, observation), await answer(moved, observation)];
      return [...now].map((value, k) => 0.25 * (value - old[k]));
    };
    const expected = (left: number, right: number) =>
      file.spec.jointNames.map((_, k) =>
        expect.closeTo(k === ankles[0] ? left : k === ankles[1] ? right : 0, 5),
      );
    expect(await change(-1, 1)).toEqual(expected(0.05, 0));
    expect(await change(0.5, -0.5)).toEqual(expected(0, 0.025));
    expect(await change(0, 0)).toEqual(expected(0, 0));
  });

  it("add to the pose that a policy has", () => {
    const file = shipped();
    const axes = trimAxes(file.spec);
    const { hip_pitch: hip, knee, ankle_pitch: ankle } = swingPoseOf(file.graph, file.spec) ?? {};
    expect(ankle).toBeGreaterThan(0);
    const amounts = amountsOf(axes, { "swing.knee": -0.04, "swing.hip_pitch": 0.2 });
    const moved = readPolicyFile(trimmed(file, axes, amounts));
    expect(swingPoseOf(moved.graph, moved.spec)).toEqual({
      hip_pitch: expect.closeTo(hip + 0.2, 6),
      knee: expect.closeTo(knee - 0.04, 6),
      ankle_pitch: expect.closeTo(ankle, 6),
    });
    expect(moved.graph.graph.nodes).toHaveLength(file.graph.graph.nodes.length);
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
    for (const [axis, value] of Object.entries(gains))
      expect(value, axis).toBeCloseTo(
        axis === "joint_pos.shoulder_roll" ? 0.25 : axis.startsWith("swing.") ? 0 : 1,
        12,
      );
    expect(() => amountsOf(axes, { "joint_pos.shoulder": 0.5 })).toThrow(/no axis "joint_pos.shoulder"/);
    expect(() => amountsOf(axes, { joint_pos: 0 })).toThrow(/gain of "joint_pos" cannot be 0/);
  });

  it("need a policy that carries its normalisation", () => {
    const file = readPolicyFile(writePolicyFile(linearBytes(), legSpec()));
    expect(() => trimmed(file, trimAxes(file.spec), [])).toThrow(/carries no normalisation/);
  });
});
