import { describe, expect, it } from "vitest";
import { encodeModel, float32Tensor, Graph, InferenceSession } from "../../../src/learn/index.ts";
import { openLoop } from "../../../src/policies/almi/open-loop.ts";
import { shapedUpperTask } from "../../../src/policies/almi/upper-task.ts";
import { h12 } from "../../../src/sim/robots/h1-2.ts";

const task = shapedUpperTask(h12);
const [{ joints }] = task.actions;

describe("the example of open-loop control", () => {
  it("asks each joint for its reference, in the units of the action", async () => {
    const graph = new Graph();
    graph.output("actions", openLoop(h12, task)(graph.input("obs", [2, 68])));
    using session = await InferenceSession.load(encodeModel(graph.model("example")));
    const obs = new Float32Array(136).fill(9);
    const angles = joints.map((_, k) => 0.1 * k - 0.3);
    const rest = joints.map((name) => h12.joints.find((joint) => joint.name === name)?.default ?? Number.NaN);
    obs.set(angles, 6);
    obs.set(rest, 68 + 6);
    const { actions } = await session.run({ obs: float32Tensor("", [2, 68], obs) });
    for (const [k, angle] of angles.entries()) {
      expect(0.25 * Number(actions.data[k]) + rest[k]).toBeCloseTo(angle, 6);
      expect(actions.data[joints.length + k]).toBeCloseTo(0, 6);
    }
  });
});
