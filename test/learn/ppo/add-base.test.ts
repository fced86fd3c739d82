import { describe, expect, it } from "vitest";
import {
  addBase,
  decodeModel,
  dense,
  encodeModel,
  float32Tensor,
  Graph,
  InferenceSession,
  neg,
  type OnnxModel,
  relu,
} from "../../../src/learn/index.ts";

/** A policy of three observations and two actions: actions = relu(obs) · W. */
function policy(): OnnxModel {
  const graph = new Graph();
  const obs = graph.input("obs", ["batch", 3]);
  graph.output("actions", dense(relu(obs), graph.constant([1, 0, 0, 1, 2, 2], [3, 2])));
  return graph.model("policy");
}

async function answer(model: OnnxModel, obs: readonly number[]): Promise<number[]> {
  using session = await InferenceSession.load(encodeModel(model));
  const { actions } = await session.run({ obs: float32Tensor("", [obs.length / 3, 3], obs) });
  return [...(actions.data as Float32Array)];
}

describe("a policy that is added to an example", () => {
  it("answers with the sum of both, for any number of robots", async () => {
    const both = addBase(policy(), (obs) =>
      dense(neg(obs), obs.graph.constant([10, 0, 0, 10, 0, 0], [3, 2], "float32", "base.amounts")),
    );
    expect(await answer(policy(), [1, -2, 3])).toEqual([7, 6]);
    expect(await answer(both, [1, -2, 3])).toEqual([7 - 10, 6 + 20]);
    expect(await answer(both, [1, -2, 3, 0, 0, 1])).toEqual([-3, 26, 2, 2]);
  });

  it("keeps the names of what goes in and out, and of constants that were given one", () => {
    const both = decodeModel(
      encodeModel(
        addBase(policy(), (obs) =>
          dense(obs, obs.graph.constant(new Float32Array(6), [3, 2], "float32", "base.x")),
        ),
      ),
    );
    expect(both.graph.inputs.map(({ name }) => name)).toEqual(["obs"]);
    expect(both.graph.outputs.map(({ name }) => name)).toEqual(["actions"]);
    expect(both.graph.initializers.map(({ name }) => name)).toContain("base.x");
  });

  it("must observe", () => {
    const graph = new Graph();
    graph.output("actions", neg(graph.input("image", [1, 2])));
    expect(() => addBase(graph.model("policy"), (obs) => obs)).toThrow(/no input `obs`/);
  });
});
