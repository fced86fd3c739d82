import { describe, expect, it } from "vitest";
import { encodeModel, float32Tensor, Graph, InferenceSession } from "../../../src/learn/index.ts";
import { beginningOf } from "../../../src/policies/almi/beginning.ts";
import { wholeTask } from "../../../src/policies/almi/whole-task.ts";
import { almiLowerTask, almiUpperTask } from "../../../src/policies/index.ts";
import type { StageConfig } from "../../../src/policies/node.ts";
import { jointNames } from "../../../src/sim/index.ts";
import { h12 } from "../../../src/sim/robots/h1-2.ts";
import { openTiny, policyOf, presetConfig, tinyConfig } from "./tiny-stage.ts";

const [legs, arms] = [jointNames(h12, "lower"), jointNames(h12, "upper")];

/** What fresh networks of a preset copy, for one observation. */
async function copied(config: StageConfig, obs: Float32Array): Promise<number[]> {
  const graph = new Graph();
  graph.output("actions", beginningOf(config, h12).example(graph.input("obs", [1, obs.length])));
  using session = await InferenceSession.load(encodeModel(graph.model("example")));
  const { actions } = await session.run({ obs: float32Tensor("", [1, obs.length], obs) });
  return Array.from(actions.data, Number);
}

describe("one network for the whole body", () => {
  it("earns what both halves earn, each term judged on the joints that it is about", () => {
    const { rewards, actions } = wholeTask(h12, almiLowerTask(h12), almiUpperTask(h12));
    const { rewards: lower } = almiLowerTask(h12);
    expect(actions.map(({ joints }) => joints)).toEqual([[...legs, ...arms]]);
    expect(rewards.track_reference).toMatchObject({ weight: 10, joints: arms });
    expect(rewards.stand_still).toMatchObject({ weight: lower.stand_still.weight, joints: legs });
    expect(rewards.track_lin_vel).toEqual(lower.track_lin_vel);
  });

  it("begins with steps on the spot and arms that follow their reference", async () => {
    const config = presetConfig("whole");
    const obs = new Float32Array(83);
    const angles = arms.map((_, k) => 0.1 * k - 0.3);
    obs.set(angles, 6);
    obs.set([-1, 1], 81); // the left foot swings
    const actions = await copied(config, obs);
    const rest = (name: string) => h12.joints.find((joint) => joint.name === name)?.default ?? Number.NaN;
    for (const [k, name] of arms.entries())
      expect(0.25 * actions[legs.length + k] + rest(name)).toBeCloseTo(angles[k], 6);
    expect(actions[legs.indexOf("left_knee_joint")]).toBeGreaterThan(1);
    expect(actions[legs.indexOf("right_knee_joint")]).toBeCloseTo(0, 6);
  });

  it("learns, and its policy drives every joint of the robot", async () => {
    await using trainer = await openTiny(tinyConfig("whole"));
    const { rewardTerms, meanReward } = await trainer.iterate();
    expect(Number.isFinite(meanReward)).toBe(true);
    expect(Object.keys(rewardTerms)).toEqual(expect.arrayContaining(["track_reference", "track_travel"]));
    const { spec, model } = policyOf(trainer);
    expect(spec.jointNames).toEqual([...legs, ...arms]);
    using session = await InferenceSession.load(model);
    const obs = float32Tensor("", [1, 83], new Float32Array(83));
    const memory = () => float32Tensor("", [1, 1, 8], new Float32Array(8));
    const { actions } = await session.run({ obs, h_in: memory(), c_in: memory() });
    expect(actions.dims).toEqual([1, 21]);
  });
});
