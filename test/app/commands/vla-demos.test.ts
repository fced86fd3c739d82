import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { DemoFile } from "../../../src/sim/index.ts";
import { contrapposto } from "../../support/run-cli.ts";

const folder = mkdtempSync(join(tmpdir(), "contrapposto-demos-"));
afterAll(() => rmSync(folder, { recursive: true }));

const FLAGS = ["--task", "press-button", "--episodes", "3", "--mixture", "clean", "--json"];

describe("contrapposto vla demos", () => {
  it("makes the same bytes on one thread and on two, and says what is in them", async () => {
    const [one, two] = [join(folder, "one"), join(folder, "two")];
    const runs = [
      await contrapposto("vla", "demos", ...FLAGS, "--out", one, "--workers", "1"),
      await contrapposto("vla", "demos", ...FLAGS, "--out", two, "--workers", "2"),
    ];
    for (const run of runs) expect([run.status, run.stderr]).toEqual([0, expect.any(String)]);
    const bytes = readFileSync(join(one, "press-button.demos"));
    expect(bytes.equals(readFileSync(join(two, "press-button.demos")))).toBe(true);
    const file = new DemoFile(bytes);
    const [summary] = JSON.parse(runs[0].stdout).files;
    expect(summary).toMatchObject({ task: "press-button", episodes: 3, modes: { nominal: { episodes: 3 } } });
    expect(summary.frames).toBe(file.infos.reduce((sum, { frames }) => sum + frames, 0));
    expect(file.header).toMatchObject({ robot: "h1_2_grippers_fixed", mixture: "clean" });
  });

  it("names the tasks that there are when asked for another", async () => {
    const run = await contrapposto("vla", "demos", "--task", "juggle", "--out", folder);
    expect(run.status).toBe(2);
    expect(run.stderr).toMatch(/pick-place/);
  });
});

describe("contrapposto vla experts", () => {
  it("counts successes with their interval", async () => {
    const run = await contrapposto(
      ...["vla", "experts", "--task", "reach-around", "--mode", "nominal", "--episodes", "4", "--json"],
    );
    expect(run.status).toBe(0);
    const { rows, simulatedPerSecond } = JSON.parse(run.stdout);
    expect(rows).toEqual([expect.objectContaining({ task: "reach-around", mode: "nominal" })]);
    expect(rows[0].low).toBeLessThan(rows[0].success);
    expect(rows[0].success).toBeGreaterThan(0.7);
    expect(simulatedPerSecond).toBeGreaterThan(0.1);
  });
});
