import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { RunFolder } from "../../../src/app/runs/run-folder.ts";
import { resumeStage } from "../../../src/app/runs/stage-run.ts";
import { type StageRun, trainStage } from "../../../src/app/runs/train-stage.ts";
import { readPolicyFile } from "../../../src/policies/index.ts";
import type { StageConfig, StageSetup } from "../../../src/policies/node.ts";
import { modelFromText, type RobotSpec } from "../../../src/sim/index.ts";
import { WorkerFailedError } from "../../../src/sim/node.ts";
import { openTiny, tinyConfig, world } from "../../policies/almi/tiny-stage.ts";
import { quietIo, TemporaryFolder } from "./quiet-io.ts";

/** Trains a tiny stage in a new folder. */
async function withRun<T>(
  work: (run: StageRun) => Promise<T>,
  config: StageConfig = tinyConfig("lower"),
  setup: Partial<StageSetup> = {},
): Promise<T> {
  using place = new TemporaryFolder();
  using folder = await RunFolder.create(join(place.path, "run"), config, {});
  await using trainer = await openTiny(config, setup);
  return await work({
    trainer,
    folder,
    label: "lower-1",
    command: "contrapposto train lower",
    saveEvery: 1e9,
  });
}

describe("a stage", () => {
  it("ends at its steps, with checkpoint, policy, metrics and curves", () =>
    withRun(async (run) => {
      const io = quietIo();
      const outcome = await trainStage(run, { steps: 70 }, io);
      expect(outcome).toMatchObject({ end: "steps", iterations: 3, steps: 72 });
      const { path } = run.folder;
      expect(run.folder.latestCheckpoint()?.metadata.curriculum).toBeDefined();
      const { spec } = readPolicyFile(readFileSync(join(path, "policy.onnx")));
      expect(spec.name).toBe("lower-1 h1_2");
      expect(spec.provenance).toMatchObject({ steps: 72, command: "contrapposto train lower" });
      expect((await run.folder.metrics()).map(({ iteration }) => iteration)).toEqual([1, 2, 3]);
      expect(readFileSync(join(path, "curves.svg"), "utf8")).toContain("lower-1, h1_2, seed 1");
      expect(io.progressLines.at(-1)).toMatch(/^72\/70 reward -?\d.*amplitude 0\.00/);
      expect(await trainStage(run, { steps: 70 }, io)).toMatchObject({ end: "steps", report: undefined });
    }));

  it("keeps the policies of its way where it is asked to", () =>
    withRun(async (run) => {
      await trainStage({ ...run, keepEvery: 60e-6 }, { steps: 144 }, quietIo()); // 24 steps an iteration
      const kept = run.folder.keptPolicies();
      expect(kept.map(({ step }) => step)).toEqual([24, 72, 120]);
      for (const { step, path } of kept)
        expect(readPolicyFile(readFileSync(path)).spec.provenance?.steps).toBe(step);
    }));

  it("ends when its time is over or when it is interrupted, saved each time", () =>
    withRun(async (run) => {
      const saved = () => JSON.parse(run.folder.latestCheckpoint()?.metadata.stage ?? "{}").iteration;
      const inTime = await trainStage(run, { steps: 1e6, minutes: 1e-9 }, quietIo());
      expect(inTime).toMatchObject({ end: "minutes", iterations: saved() ?? 0 });
      const io = quietIo((done, self) => done >= 48 && self.interrupt());
      const interrupted = await trainStage(run, { steps: 1e6 }, io);
      expect(interrupted).toMatchObject({ end: "interrupted", iterations: saved() });
      expect(interrupted.steps - inTime.steps).toBe(48);
    }));

  it("has no checkpoint of an iteration whose policy could not be saved", () =>
    withRun(async (run) => {
      run.folder.savePolicy = () => Promise.reject(new Error("no room"));
      await expect(trainStage(run, { steps: 24 }, quietIo())).rejects.toThrow("no room");
      expect(run.folder.latestCheckpoint()).toBeUndefined();
    }));

  it("ends as soon as its rule holds", () => {
    // Every iteration ends every episode, so that there are returns to compare from the second on.
    const { task, ...config } = tinyConfig("lower");
    const brief = {
      ...config,
      task: { ...task, episodeSeconds: 0.12, reset: { ...task.reset, isStaggered: false } },
    };
    return withRun(async (run) => {
      const stop = { minIterations: 0, amplitude: 0, window: 1, gap: 1, gain: 1e9 };
      expect(await trainStage(run, { steps: 72, stop }, quietIo())).toMatchObject({
        end: "steps",
        iterations: 3,
      });
      run.trainer.curriculum.restore({ shaping: 0 });
      expect(await trainStage(run, { steps: 1e6, stop }, quietIo())).toMatchObject({
        end: "converged",
        iterations: 3,
      });
      const later = { ...stop, minIterations: 5 };
      expect(await trainStage(run, { steps: 1e6, stop: later }, quietIo())).toMatchObject({
        end: "converged",
        iterations: 5,
      });
    }, brief as StageConfig);
  });

  it("goes on from its folder", async () => {
    using place = new TemporaryFolder();
    const path = join(place.path, "run");
    const config = tinyConfig("lower");
    using folder = await RunFolder.create(path, config, {});
    {
      await using trainer = await openTiny(config);
      const run = { trainer, folder, label: "lower", command: "", saveEvery: 1e9 };
      await trainStage(run, { steps: 48 }, quietIo());
      // Done, but never saved: as after a crash.
      await folder.log(72, { iteration: 3 });
    }
    await using stage = await resumeStage(path, { workers: 1, threads: 2 });
    expect(stage.trainer.iteration).toBe(2);
    await trainStage({ ...stage, label: "lower", command: "", saveEvery: 1e9 }, { steps: 96 }, quietIo());
    expect((await folder.metrics()).map(({ step }) => step)).toEqual([24, 48, 72, 96]);
  });

  it.each([
    [
      "says so, keeps the last step, and leaves the last checkpoint",
      {},
      /contrapposto replay .*diverged\.json/,
    ],
    [
      "promises no replay on training terrain",
      { terrain: { seed: 1, columns: 1, startLevels: 1 } },
      /is in .*diverged\.json/,
    ],
  ])("where the physics breaks %s", async (_, options, hint) => {
    const config = tinyConfig("lower", options);
    const [group] = config.task.actions;
    const absurd = {
      ...config,
      task: { ...config.task, actions: [{ ...group, scale: 1e7 }] },
    } as StageConfig;
    await withRun(
      async (run) => {
        await run.folder.saveCheckpoint(0, run.trainer.checkpoint());
        const failure = await trainStage(run, { steps: 1e6 }, quietIo()).catch((error) => error);
        expect(failure).toBeInstanceOf(WorkerFailedError);
        expect(failure.message).toMatch(/[Ee]nvironment \d/);
        expect(failure.message).toMatch(hint);
        expect(existsSync(join(run.folder.path, "diverged.json"))).toBe(true);
        expect(JSON.parse(run.folder.latestCheckpoint()?.metadata.stage ?? "").iteration).toBe(0);
      },
      absurd,
      { world: { ...world, robot: strong(world.robot), robotModel: strongModel() } },
    );
  });
});

/** Motors without a torque limit to speak of. */
function strong(robot: RobotSpec): RobotSpec {
  return { ...robot, joints: robot.joints.map((joint) => ({ ...joint, torqueLimit: 9e9 })) };
}

function strongModel() {
  const { files, main } = world.robotModel;
  const file = files.get(main) ?? "";
  const xml = typeof file === "string" ? file : new TextDecoder().decode(file);
  const text = xml.replaceAll(/actuatorfrcrange="[^"]*"/g, 'actuatorfrcrange="-9e9 9e9"');
  const changed = new Map(files).set(main, text);
  return files.size === 1 ? modelFromText(text, main) : { main, files: changed };
}
