import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { RunFolder } from "../../../src/app/runs/run-folder.ts";
import { writePolicyFile } from "../../../src/policies/index.ts";
import { stageConfig } from "../../../src/policies/node.ts";
import { robotByName } from "../../../src/sim/index.ts";
import { legSpec, linearBytes } from "../../policies/small-policy.ts";
import { contrapposto } from "../../support/run-cli.ts";
import { TemporaryFolder } from "../runs/quiet-io.ts";

/** Legs that hold the default pose, softly or as stiffly as the robot's own gains. */
function legs(stiffness: number): Uint8Array {
  return writePolicyFile(linearBytes(), legSpec({ kp: legSpec().jointNames.map(() => stiffness) }));
}

async function newRun(path: string): Promise<RunFolder> {
  const config = stageConfig("lower", robotByName("h1_2"), {
    preset: "shaped",
    seed: 7,
    numEnvs: 1,
    actor: "mlp",
    opponents: [],
    opponentAction: "mean",
  });
  return await RunFolder.create(path, config, {});
}

describe("eval learning", () => {
  it("tells after how many steps and minutes a run could do it for good", async () => {
    using place = new TemporaryFolder();
    const path = join(place.path, "run");
    using run = await newRun(path);
    for (const [i, stiffness] of [250, 1, 250].entries()) {
      const step = 1_000_000 * (i + 1);
      await run.log(step, { collectSeconds: 50, learnSeconds: 10 });
      await run.keepPolicy(step, legs(stiffness));
    }
    const out = join(place.path, "learning.svg");
    const told = await contrapposto(
      ...["eval", "learning", "--runs", path, "--level", "stand", "--seconds", "1", "--repeats", "2"],
      ...["--velocity-error", "9", "--workers", "1", "--out", out, "--json"],
    );
    expect(told.status).toBe(0);
    const [learning] = JSON.parse(told.stdout).runs;
    expect(learning.seed).toBe(7);
    expect(learning.points.map(({ step, survival }: Record<string, number>) => [step, survival])).toEqual([
      [1e6, 1],
      [2e6, 0], // what was lost again does not count as learnt
      [3e6, 1],
    ]);
    expect(learning.learntAt).toMatchObject({ step: 3e6, minutes: 3 });
    expect(readFileSync(out, "utf8")).toContain("episodes without a fall");
  });

  it("varies robots from episode to episode, as far as it is told", async () => {
    using place = new TemporaryFolder();
    const path = join(place.path, "run");
    using run = await newRun(path);
    await run.log(1_000_000, { collectSeconds: 50, learnSeconds: 10 });
    await run.keepPolicy(1_000_000, legs(250));
    const spread = async (variety: string): Promise<number> => {
      const told = await contrapposto(
        ...["eval", "learning", "--runs", path, "--level", "stand", "--seconds", "0.5", "--repeats", "4"],
        ...["--workers", "1", "--json", "--variety", variety],
      );
      return JSON.parse(told.stdout).runs[0].points[0].velErrorHalfWidth;
    };
    const [none, little, all] = [await spread("0"), await spread("0.1"), await spread("1")];
    expect(none).toBe(0);
    expect(little).toBeGreaterThan(0);
    expect(all).toBeGreaterThan(little);
  });

  it("says how to keep policies where a run has kept none", async () => {
    using place = new TemporaryFolder();
    const path = join(place.path, "run");
    using _ = await newRun(path);
    const told = await contrapposto("eval", "learning", "--runs", path);
    expect(told.status).toBe(2);
    expect(told.stderr).toContain("--keep-every");
  });
});
