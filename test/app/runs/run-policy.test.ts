import { mkdirSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { policiesAskedFor, policiesOfRun, RunPolicy, watchRun } from "../../../src/app/runs/run-policy.ts";
import { writePolicyFile } from "../../../src/policies/index.ts";
import { createControlState, createJointTargets } from "../../../src/sim/index.ts";
import { h12 } from "../../../src/sim/robots/h1-2.ts";
import { legSpec, linearBytes } from "../../policies/small-policy.ts";
import { TemporaryFolder } from "./quiet-io.ts";

/** A policy whose every action is the same number. */
const constant = (value: number) =>
  writePolicyFile(linearBytes({ bias: new Float32Array(12).fill(value) }), legSpec({ name: `${value}` }));

function save(path: string, bytes: Uint8Array, second: number): void {
  mkdirSync(join(path, ".."), { recursive: true });
  writeFileSync(path, bytes);
  utimesSync(path, second, second);
}

describe("the policies of a run", () => {
  it("are its own and its first opponent's; of a pipeline, those of the stage that saved last", () => {
    using place = new TemporaryFolder();
    const run = place.path;
    expect(() => policiesOfRun(run)).toThrow(/no policy yet/);
    save(join(run, "policy.onnx"), constant(1), 1);
    expect(policiesAskedFor({ run, policy: [], robot: "h1_2" })).toEqual(policiesOfRun(run));
    expect(() => policiesAskedFor({ run, policy: ["walk.onnx"], robot: "h1_2" })).toThrow(
      "--policy and --run both say what drives the robot",
    );
    expect(policiesOfRun(run)).toEqual([join(run, "policy.onnx")]);
    save(join(run, "opponents", "1.onnx"), constant(2), 1);
    expect(policiesOfRun(run)).toEqual([join(run, "policy.onnx"), join(run, "opponents", "1.onnx")]);
    writeFileSync(join(run, "pipeline.json"), "{}");
    expect(() => policiesOfRun(run)).toThrow(/no policy yet/);
    for (const [stage, second] of [["lower-1", 5] as const, ["upper-1", 9] as const, ["lower-2", 7] as const])
      save(join(run, stage, "policy.onnx"), constant(1), second);
    expect(policiesOfRun(run)).toEqual([join(run, "upper-1", "policy.onnx")]);
  });

  it("are read again when the run has saved", async () => {
    using place = new TemporaryFolder();
    const file = join(place.path, "policy.onnx");
    save(file, constant(1), 1);
    const policy = await RunPolicy.open(place.path, h12, 0.02);
    const state = createControlState(h12);
    const targets = createJointTargets(h12);
    const act = async (times: number) => {
      for (let i = 0; i < times; i++) await policy.act(state, targets);
      return targets.q[0];
    };
    expect(await act(60)).toBeCloseTo(0.25, 6);
    save(file, constant(2), 2);
    expect(await act(60)).toBeCloseTo(0.5, 6);
    expect(policy.name).toContain("2");
  });

  it("are told of when the run has saved, until nobody asks any more", async () => {
    using place = new TemporaryFolder();
    const file = join(place.path, "policy.onnx");
    save(file, constant(1), 1);
    let changes = 0;
    {
      using _watch = watchRun(place.path, () => changes++);
      save(file, constant(2), 2);
      await expect.poll(() => changes, { timeout: 5000 }).toBe(1);
      rmSync(file);
      await new Promise((resolve) => setTimeout(resolve, 1500));
      save(file, constant(3), 3);
      await expect.poll(() => changes, { timeout: 5000 }).toBe(2);
    }
    save(file, constant(4), 4);
    await new Promise((resolve) => setTimeout(resolve, 1500));
    expect(changes).toBe(2);
  });
});
