import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { contrapposto } from "../../support/run-cli.ts";

const folder = mkdtempSync(join(tmpdir(), "contrapposto-vla-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const json = async (...args: string[]) => {
  const { status, stdout, stderr } = await contrapposto(...args, "--json");
  expect(status, stderr).toBe(0);
  return JSON.parse(stdout);
};

describe("from demonstrations to an evaluation", () => {
  it("makes demonstrations, trains, goes on, counts and evaluates, command by command", {
    timeout: 300_000,
  }, async () => {
    const [demos, runs] = [join(folder, "demos"), join(folder, "runs")];
    await json("vla", "demos", "--task", "press-button", "--episodes", "4", "--out", demos);
    const small = [
      "--network.width",
      "16",
      "--network.expert-width",
      "16",
      "--network.heads",
      "2",
      "--network.layers",
      "1",
    ];
    const first = await json(
      "train",
      "vla",
      "--demos",
      demos,
      "--runs",
      runs,
      "--steps",
      "6",
      "--batch-size",
      "8",
      "--report-every",
      "3",
      "--minutes",
      "0.0001",
      ...small,
    );
    expect(first.end).toBe("minutes");
    const vla = await json("train", "vla", "--resume", first.run, "--report-every", "3");
    expect(vla).toMatchObject({ run: first.run, end: "steps", step: 6 });
    expect(readdirSync(vla.run)).toEqual(
      expect.arrayContaining([
        "checkpoints",
        "config.json",
        "curves.svg",
        "manifest.json",
        "metrics.jsonl",
        "prefix.onnx",
        "step.onnx",
      ]),
    );
    const steps = readFileSync(join(vla.run, "metrics.jsonl"), "utf8")
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line).step);
    expect(steps.at(-1)).toBe(6);
    const taco = await json(
      "train",
      "taco",
      "--vla",
      vla.run,
      "--demos",
      demos,
      "--runs",
      runs,
      "--frames",
      "20",
      "--draws",
      "4",
      "--counter.nets",
      "1",
      "--counter.epochs",
      "1",
      "--counter.min-updates",
      "5",
    );
    expect(taco).toMatchObject({ end: "done", features: 20, featureSize: 32 });
    const selectors = "single,random,elliptical,taco,rnd,knn";
    const report = await json(
      "eval",
      "vla",
      "--vla",
      vla.run,
      "--scorers",
      taco.run,
      "--episodes",
      "1",
      "--candidates",
      "2",
      "--selector",
      selectors,
      "--workers",
      "1",
    );
    expect(report.episodes).toBe(1);
    expect(Object.keys(report.tasks["press-button"])).toEqual(selectors.split(","));
    for (const { success, low, high } of Object.values(report.mean) as {
      success: number;
      low: number;
      high: number;
    }[]) {
      expect(low).toBeLessThanOrEqual(success);
      expect(high).toBeGreaterThanOrEqual(success);
    }
    expect(report.latencyMs.taco.p50).toBeGreaterThan(0);
  });
});
