import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { RunFolder } from "../../../src/app/runs/run-folder.ts";
import { PipelineFlags, trainPipeline } from "../../../src/app/runs/train-pipeline.ts";
import { hashBytes } from "../../../src/common/index.ts";
import { readPolicyFile } from "../../../src/policies/index.ts";
import { quietIo, TemporaryFolder } from "./quiet-io.ts";

interface Answer {
  readonly run: string;
  readonly isComplete: boolean;
  readonly stages: readonly { name: string; status: string; end?: string; iterations: number }[];
}

const flagsIn = (runs: string, changes: object = {}) =>
  PipelineFlags.parse({ runs, numEnvs: 4, workers: 1, rounds: 2, steps: [150], ...changes });
const goOn = (run: string) => PipelineFlags.parse({ resume: run, workers: 1 });

describe("a pipeline", () => {
  it("is stopped in the middle of a stage, goes on there, and trains all stages in order, each from the round before", async () => {
    using place = new TemporaryFolder();
    // 4 environments x 24 steps: two iterations a stage. Stops in the first of upper-1.
    let updates = 0;
    const first = quietIo((_, io, label) => label !== "rounds" && ++updates === 3 && io.interrupt());
    await trainPipeline(flagsIn(place.path), first);
    const stopped = first.results[0] as Answer;
    expect(stopped.stages.map(({ status, iterations }) => [status, iterations])).toEqual([
      ["done", 2],
      ["running", 1],
      ["waiting", 0],
    ]);
    expect(stopped.isComplete).toBe(false);
    const shorter = trainPipeline(flagsIn(place.path, { resume: stopped.run }), quietIo());
    await expect(shorter).rejects.toThrow("--num-envs is for a new run");

    const second = quietIo();
    await trainPipeline(goOn(stopped.run), second);
    const done = second.results[0] as Answer;
    expect(done).toMatchObject({ run: stopped.run, isComplete: true });
    expect(done.stages.map(({ name, end, iterations }) => [name, end, iterations])).toEqual([
      ["lower-1", "steps", 2],
      ["upper-1", "steps", 2],
      ["lower-2", "steps", 2],
    ]);
    const config = (stage: string) => JSON.parse(readFileSync(join(done.run, stage, "config.json"), "utf8"));
    expect(config("lower-1")).toMatchObject({ half: "lower", opponents: [], isWaistStill: true });
    expect(config("lower-2")).toMatchObject({
      half: "lower",
      opponents: [{ name: "upper-1 h1_2" }],
      isWaistStill: false,
    });
    // What the opponent was stays with the stage.
    const kept = readFileSync(join(done.run, "upper-1", "opponents", "1.onnx"));
    expect(readPolicyFile(kept).spec).toEqual(
      readPolicyFile(readFileSync(join(done.run, "lower-1", "policy.onnx"))).spec,
    );

    // The next round begins with the networks that the one before shipped: the average of its weights.
    const weights = (stage: string, iteration: number, kind = "parameters") => {
      using folder = RunFolder.open(join(done.run, stage));
      const { data } = folder.checkpoint(iteration).tensors[`${kind}/actor.mlp.0.weight`];
      return hashBytes(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
    };
    expect(weights("lower-2", 0)).toBe(weights("lower-1", 2, "average"));
    expect(weights("lower-2", 2)).not.toBe(weights("lower-1", 2));

    const third = quietIo();
    await trainPipeline(goOn(stopped.run), third);
    expect(third.results[0]).toEqual(done);
    expect(third.progressLines).toEqual([]);
  }, 180_000);

  it("takes finished runs for its first stages", async () => {
    using place = new TemporaryFolder();
    const io = quietIo();
    await trainPipeline(flagsIn(place.path, { rounds: 1 }), io);
    const legs = join((io.results[0] as Answer).run, "lower-1");
    const next = quietIo((_, self, label) => label !== "rounds" && self.interrupt());
    await trainPipeline(flagsIn(place.path, { beginWith: [legs] }), next);
    expect((next.results[0] as Answer).stages.map(({ end, status }) => end ?? status)).toEqual([
      "adopted",
      "running",
      "waiting",
    ]);
    await expect(trainPipeline(flagsIn(place.path, { beginWith: [legs, legs] }), quietIo())).rejects.toThrow(
      /upper-1 needs a run of the upper body/,
    );
    await expect(
      trainPipeline(flagsIn(place.path, { beginWith: [legs], actor: "mlp" }), quietIo()),
    ).rejects.toThrow(/trains an lstm for the lower body of h1_2; the stages after it/);
  });

  it("refuses the preset for legs that walk where it begins with none", async () => {
    using place = new TemporaryFolder();
    await expect(trainPipeline(flagsIn(place.path, { preset: "fine" }), quietIo())).rejects.toThrow(
      "fine is for legs that walk already",
    );
    expect(readdirSync(place.path)).toEqual([]);
  });

  it("refuses limits that are neither one for all nor one for each, and folders that hold none", async () => {
    using place = new TemporaryFolder();
    const wrong = trainPipeline(flagsIn(place.path, { minutes: [1, 2] }), quietIo());
    await expect(wrong).rejects.toThrow(/2 values for 3 stages/);
    const nothing = trainPipeline(goOn(place.path), quietIo());
    await expect(nothing).rejects.toThrow(/no pipeline/);
    expect(readdirSync(place.path)).toEqual([]);
  });
});
