import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { trainWhole } from "../../../src/app/commands/train-whole.ts";
import { RunFolder } from "../../../src/app/runs/run-folder.ts";
import { HalfFlags, trainHalf } from "../../../src/app/runs/train-half.ts";
import { readPolicyFile } from "../../../src/policies/index.ts";
import { tinyConfig } from "../../policies/almi/tiny-stage.ts";
import { quietIo, TemporaryFolder } from "./quiet-io.ts";

describe("training one half", () => {
  it.each([
    ["init", { init: "runs/lower/a" }],
    ["deviation", { deviation: 0.2 }],
    ["gain", { gain: ["velocity_command.0=1.2"] }],
    ["opponent", { opponent: ["upper.onnx"] }],
    ["num-envs", { numEnvs: 512 }],
    ["robot", { robot: "h1" }],
  ])("refuses --%s, which says how a run begins, where a run goes on", async (flag, beginning) => {
    using place = new TemporaryFolder();
    const flags = HalfFlags.parse({ resume: place.path, ...beginning });
    await expect(trainHalf("lower", flags, quietIo())).rejects.toThrow(`--${flag} is for a new run`);
  });

  it("refuses gains for fresh networks", async () => {
    const flags = HalfFlags.parse({ gain: ["gait_phase_feet=0.5"] });
    await expect(trainHalf("lower", flags, quietIo())).rejects.toThrow("--gain is for networks that walk");
  });

  it.each(["lower", "whole"] as const)(
    "refuses the preset for legs that walk for a fresh %s body",
    async (half) => {
      const flags = HalfFlags.parse({ preset: "fine" });
      await expect(trainHalf(half, flags, quietIo())).rejects.toThrow("fine is for legs that walk already");
    },
  );

  it("refuses to begin from a run of another kind of network", async () => {
    using place = new TemporaryFolder();
    const other = join(place.path, "other");
    (await RunFolder.create(other, tinyConfig("lower", {}, { half: "whole" }), {}))[Symbol.dispose]();
    const flags = HalfFlags.parse({ runs: place.path, numEnvs: 4, workers: 1, init: other });
    await expect(trainHalf("lower", flags, quietIo())).rejects.toThrow(
      /trains an lstm for the whole body of h1_2, not an lstm for the lower body of h1_2/,
    );
    expect(readdirSync(place.path)).toEqual(["other"]);
  });

  it("tells in its policy of the command that began it, also after going on", async () => {
    using place = new TemporaryFolder();
    const flags = { runs: place.path, numEnvs: 4, workers: 1, steps: 96, preset: "almi", kl: 0.004 };
    const io = quietIo();
    await trainHalf("lower", HalfFlags.parse(flags), io);
    const { run } = io.results[0] as { run: string };
    await trainHalf("lower", HalfFlags.parse({ resume: run, workers: 1, steps: 192 }), quietIo());
    const { spec } = readPolicyFile(readFileSync(join(run, "policy.onnx")));
    expect(spec.provenance).toMatchObject({
      steps: 192,
      command: "contrapposto train lower --robot h1_2 --seed 1 --preset almi --num-envs 4 --kl 0.004",
    });
    using folder = RunFolder.open(run);
    expect(await folder.config()).toMatchObject({ ppo: { desiredKl: 0.004 } });
  }, 180_000);

  it("goes on with one network for the whole body", async () => {
    using place = new TemporaryFolder();
    const flags = { runs: place.path, numEnvs: 4, workers: 1, preset: "almi" };
    const [begin, goOn] = [quietIo(), quietIo()];
    await trainWhole.run(trainWhole.flags.parse({ ...flags, steps: 96 }), begin);
    const { run } = begin.results[0] as { run: string };
    await trainWhole.run(trainWhole.flags.parse({ resume: run, workers: 1, steps: 192 }), goOn);
    expect(goOn.results).toMatchObject([{ run, steps: 192 }]);
    using folder = RunFolder.open(run);
    const begun = "contrapposto train whole --robot h1_2 --seed 1 --preset almi --num-envs 4";
    expect(await folder.command()).toBe(begun);
  }, 180_000);
});
