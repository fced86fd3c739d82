import { describe, expect, it } from "vitest";
import { encodeModel, float32Tensor, Graph, InferenceSession } from "../../../src/learn/index.ts";
import { firstSteps } from "../../../src/policies/almi/first-steps.ts";
import { shapedLowerTask } from "../../../src/policies/almi/lower-task.ts";
import { h12 } from "../../../src/sim/robots/h1-2.ts";

const task = shapedLowerTask(h12);
const { joints } = task.actions[0];

/** What the example asks of each joint, rad, at these sines of the feet's clocks. */
async function asked(left: number, right: number): Promise<Record<string, number>> {
  const graph = new Graph();
  graph.output("actions", firstSteps(task)(graph.input("obs", [1, 65])));
  using session = await InferenceSession.load(encodeModel(graph.model("example")));
  const obs = new Float32Array(65);
  obs.set([left, right], 63);
  const { actions } = await session.run({ obs: float32Tensor("", [1, 65], obs) });
  return Object.fromEntries(joints.map((joint, k) => [joint, 0.25 * Number(actions.data[k])]));
}

describe("the example of first steps", () => {
  it("draws up the left leg at the height of its swing, and leaves the right one alone", async () => {
    const pose = await asked(-1, 1);
    expect(pose.left_hip_pitch_joint).toBeCloseTo(-0.3, 6);
    expect(pose.left_knee_joint).toBeCloseTo(0.6, 6);
    expect(pose.left_ankle_pitch_joint).toBeCloseTo(-0.3, 6);
    expect(pose.left_hip_roll_joint).toBeCloseTo(0, 9);
    for (const [joint, angle] of Object.entries(pose))
      if (joint.startsWith("right_")) expect(angle).toBeCloseTo(0, 9);
  });

  it("asks for the default pose while the clock stands", async () => {
    for (const angle of Object.values(await asked(0, 0))) expect(angle).toBeCloseTo(0, 9);
  });
});
