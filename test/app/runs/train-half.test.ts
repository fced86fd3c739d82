import { describe, expect, it } from "vitest";
import { HalfFlags, trainHalf } from "../../../src/app/runs/train-half.ts";
import { quietIo, TemporaryFolder } from "./quiet-io.ts";

describe("training one half", () => {
  it.each([
    ["init", { init: "runs/lower/a" }],
    ["deviation", { deviation: 0.2 }],
    ["opponent", { opponent: ["upper.onnx"] }],
  ])("refuses --%s, which says how a run begins, where a run goes on", async (flag, beginning) => {
    using place = new TemporaryFolder();
    const flags = HalfFlags.parse({ resume: place.path, ...beginning });
    await expect(trainHalf("lower", flags, quietIo())).rejects.toThrow(`--${flag} is for a new run`);
  });
});
