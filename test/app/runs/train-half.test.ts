import { readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { RunFolder } from "../../../src/app/runs/run-folder.ts";
import { HalfFlags, trainHalf } from "../../../src/app/runs/train-half.ts";
import { tinyConfig } from "../../policies/almi/tiny-stage.ts";
import { quietIo, TemporaryFolder } from "./quiet-io.ts";

describe("training one half", () => {
  it.each([
    ["init", { init: "runs/lower/a" }],
    ["deviation", { deviation: 0.2 }],
    ["command-gain", { commandGain: [1, 1, 1] }],
    ["opponent", { opponent: ["upper.onnx"] }],
  ])("refuses --%s, which says how a run begins, where a run goes on", async (flag, beginning) => {
    using place = new TemporaryFolder();
    const flags = HalfFlags.parse({ resume: place.path, ...beginning });
    await expect(trainHalf("lower", flags, quietIo())).rejects.toThrow(`--${flag} is for a new run`);
  });

  it("refuses to let fresh networks respond more to commands", async () => {
    const flags = HalfFlags.parse({ commandGain: [1.2, 1.2, 1.2] });
    await expect(trainHalf("lower", flags, quietIo())).rejects.toThrow(
      "--command-gain is for networks that walk",
    );
  });

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
});
