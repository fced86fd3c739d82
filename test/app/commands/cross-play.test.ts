import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { evalLocomotion } from "../../../src/app/commands/eval-locomotion.ts";
import { distinctParts } from "../../../src/app/path-parts.ts";
import { writePolicyFile } from "../../../src/policies/index.ts";
import { legSpec, linearBytes } from "../../policies/small-policy.ts";
import { contrapposto } from "../../support/run-cli.ts";
import { quietIo, TemporaryFolder } from "../runs/quiet-io.ts";

/** Legs that hold the default pose, softly or as stiffly as the robot's own gains. */
function saveLegs(path: string, name: string, stiffness: number): string {
  const spec = legSpec({ name, kp: legSpec().jointNames.map(() => stiffness) });
  writeFileSync(path, writePolicyFile(linearBytes(), spec));
  return path;
}

describe("eval cross-play", () => {
  it("runs every lower policy with every upper one through the same episodes", async () => {
    using place = new TemporaryFolder();
    const stiff = saveLegs(join(place.path, "stiff.onnx"), "stiff", 250);
    const limp = saveLegs(join(place.path, "limp.onnx"), "limp", 1);
    const run = await contrapposto(
      ...["eval", "cross-play", "--lowers", `${stiff},${limp}`, "--uppers", "open-loop", "--json"],
      ...["--levels", "stand", "--seconds", "1", "--repeats", "2", "--workers", "1"],
    );
    expect(run.status).toBe(0);
    const report = JSON.parse(run.stdout);
    expect([report.lowers, report.uppers]).toEqual([[stiff, limp], ["open-loop"]]);
    expect(report.cells.map(({ lower, upper }: Record<string, string>) => [lower, upper])).toEqual([
      [stiff, "open-loop"],
      [limp, "open-loop"],
    ]);
    for (const cell of report.cells) {
      expect(cell.episodes).toBe(2);
      expect(cell.levels.stand.survival).toBe(cell.survival);
      for (const field of [
        "survivalLow",
        "survivalHigh",
        "velError",
        "yawRateError",
        "jointError",
        "gravityError",
        "actionRate",
      ])
        expect(cell[field]).toEqual(expect.any(Number));
    }
    expect(report.cells.map(({ survival }: { survival: number }) => survival)).toEqual([1, 0]);
  });

  it("refuses an upper policy that drives the legs, before any episode", async () => {
    using place = new TemporaryFolder();
    const legs = saveLegs(join(place.path, "legs.onnx"), "legs", 250);
    const run = await contrapposto("eval", "cross-play", "--lowers", legs, "--uppers", legs);
    expect(run.status).toBe(2);
    expect(run.stderr).toContain("drive");
  });
});

describe("eval locomotion", () => {
  it("judges the newest policy of a run, and keeps what it found in the run's folder", async () => {
    using place = new TemporaryFolder();
    saveLegs(join(place.path, "policy.onnx"), "stiff", 250);
    writeFileSync(join(place.path, "config.json"), "{}");
    const run = await contrapposto(
      ...["eval", "locomotion", "--run", place.path, "--levels", "stand", "--amplitudes", "0"],
      ...["--seconds", "1", "--repeats", "1", "--workers", "1", "--json"],
    );
    expect(run.status).toBe(0);
    const report = JSON.parse(run.stdout);
    expect(report.levels.stand.episodes).toBe(1);
    expect(JSON.parse(readFileSync(join(place.path, "eval.json"), "utf8"))).toEqual(report);
  });

  it("tells how far the robot drifts that is asked to stand, and not how far another walks", async () => {
    const run = await contrapposto(
      ...["eval", "locomotion", "--levels", "stand,walk", "--amplitudes", "0", "--seconds", "3", "--json"],
    );
    expect(run.status).toBe(0);
    const { stand, walk } = JSON.parse(run.stdout).levels;
    expect(stand.drift.mean).toBeGreaterThan(0);
    expect(stand.drift.mean).toBeLessThan(0.03);
    expect(walk).not.toHaveProperty("drift");
  });

  it("asks for the motions that are named, each once", async () => {
    const command = [
      "eval",
      "locomotion",
      "--levels",
      "stand",
      "--amplitudes",
      "1",
      "--seconds",
      "1",
      "--json",
    ];
    const run = await contrapposto(...command, "--motions", "hands_on_hips,wave_right", "--repeats", "each");
    expect(run.status).toBe(0);
    const { episodes, drift } = JSON.parse(run.stdout).levels.stand;
    expect(episodes).toBe(2);
    expect(["hands_on_hips", "wave_right"]).toContain(drift.largestUnder);
    expect(drift.held).toBe(1);

    const refused = await contrapposto(...command, "--motions", "hands_on_hip");
    expect(refused.status).toBe(2);
    expect(refused.stderr).toContain('no motion "hands_on_hip"');
    expect(refused.stderr).toContain("hands_on_hips");
  });

  it("leaves the last whole result of a run where it is interrupted", async () => {
    using place = new TemporaryFolder();
    saveLegs(join(place.path, "policy.onnx"), "stiff", 250);
    writeFileSync(join(place.path, "eval.json"), "{}");
    const io = quietIo();
    io.interrupt();
    const flags = evalLocomotion.flags.parse({ run: place.path, levels: ["stand"], amplitudes: [0] });
    await evalLocomotion.run(flags, io);
    expect(io.results[0]).toMatchObject({ episodes: 0 });
    expect(readFileSync(join(place.path, "eval.json"), "utf8")).toBe("{}");
  });
});

describe("motion sort", () => {
  it("writes a ranking of every motion for training, which training reads", async () => {
    using place = new TemporaryFolder();
    const legs = saveLegs(join(place.path, "legs.onnx"), "legs", 250);
    const out = join(place.path, "ranking.json");
    const run = await contrapposto(
      ...["motion", "sort", "--policy", legs, "--out", out, "--repeats", "1", "--seconds", "0.1", "--json"],
    );
    expect(run.status).toBe(0);
    const { motions } = JSON.parse(readFileSync(out, "utf8"));
    const train = JSON.parse(
      (await contrapposto("motion", "list", "--split", "train", "--json")).stdout,
    ).motions;
    // None falls within 0.1 s: all are equal, and in the order of their hardness.
    expect(motions.map(({ name }: { name: string }) => name)).toEqual(
      train.map(({ name }: { name: string }) => name),
    );
    expect(motions.every((motion: { meanEpisodeLength: number }) => motion.meanEpisodeLength === 5)).toBe(
      true,
    );
  });
});

describe("paths in a table", () => {
  it("are shown by the part that tells them apart", () => {
    const paths = ["runs/a/lower-1/policy.onnx", "runs/a/lower-2/policy.onnx", "open-loop"];
    expect([...distinctParts(paths).values()]).toEqual(["lower-1", "lower-2", "open-loop"]);
    expect([...distinctParts(["x/one.onnx", "y/two.onnx"]).values()]).toEqual(["x/one.onnx", "y/two.onnx"]);
    expect([...distinctParts(["x/same.onnx", "x/same.onnx"]).values()]).toEqual(["x/same.onnx"]);
    expect([...distinctParts(["x/a", "x/a/b"]).values()]).toEqual(["a", "a/b"]);
  });
});
