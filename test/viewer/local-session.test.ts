import { beforeAll, describe, expect, it } from "vitest";
import { Engine, MemorySink, SessionRecorder } from "../../src/sim/index.ts";
import { JournalKeeper, journalFromText, journalToText } from "../../src/viewer/host/journal.ts";
import { LocalSession } from "../../src/viewer/host/local-session.ts";
import type { Input, WorldChoice } from "../../src/viewer/host/messages.ts";
import { reelOfJournal, reelOfRecording } from "../../src/viewer/host/replay-host.ts";
import type { Site } from "../../src/viewer/host/site-files.ts";
import { legSpec, linearBytes } from "../policies/small-policy.ts";
import { nodeSite } from "./support/node-site.ts";

const WORLD: WorldChoice = { robot: "h1_2", scene: "flat", seed: 0, policies: [] };

describe("a session in the tab", () => {
  let engine: Engine;
  let site: Site;
  beforeAll(async () => {
    engine = await Engine.load();
    site = await nodeSite();
  });

  const open = (choice: Partial<WorldChoice> = {}) =>
    LocalSession.open(engine, site, { ...WORLD, ...choice });

  async function run(session: LocalSession, steps: number): Promise<void> {
    for (let i = 0; i < steps; i++) await session.step();
  }

  it("keeps a robot standing and describes it", async () => {
    using session = await open();
    await run(session, 150);
    const frame = session.frame();
    expect(frame.poses.length).toBe(7 * session.scene.bodies.length);
    expect(session.plant.truth.basePos[2]).toBeGreaterThan(0.85);
    expect(frame.samples.length % 150).toBe(0);
    const names = session.observer.signals.map(({ name }) => name);
    expect(names).toContain("tau");
    const alive = session.observer.signals.findIndex(({ name }) => name === "reward.alive");
    const offset = session.observer.signals.slice(0, alive).reduce((sum, { size }) => sum + size, 0);
    expect(frame.samples[offset]).toBeCloseTo(0.15 * 0.02, 6);
  });

  it("pulls a body toward the hand and lets go of it", async () => {
    using session = await open();
    await run(session, 20);
    const { base } = session.observer.robot;
    const [x, y, z] = session.plant.truth.basePos;
    const grab = { body: base, point: [0, 0, 0], target: [x + 0.4, y, z], kind: "force" } as const;
    await session.apply({ op: "grab", grab });
    await run(session, 15);
    expect(session.plant.truth.basePos[0]).toBeGreaterThan(x + 0.03);
    await session.apply({ op: "grab", grab: null });
    await session.step();
    expect(session.plant.simulation.views.xfrc_applied.every((value) => value === 0)).toBe(true);
  });

  it("asks for no velocity where nobody follows it", async () => {
    using session = await open();
    await session.apply({ op: "velocity", velocity: [5, 5, 5] });
    await session.step();
    expect([...session.plant.truth.command]).toEqual([0, 0, 0]);
  });

  it("puts the robot into a keyframe", async () => {
    using session = await open();
    await session.apply({ op: "reset", keyframe: "zero" });
    const knee = session.plant.robot.joints.findIndex(({ name }) => name === "left_knee_joint");
    expect(session.plant.truth.q[knee]).toBeCloseTo(0, 5);
    expect(session.frame().isJump).toBe(true);
  });

  it("moves the arms along a motion", async () => {
    using session = await open();
    const elbow = session.plant.robot.joints.findIndex(({ name }) => name === "right_elbow_pitch_joint");
    const before = session.plant.truth.q[elbow];
    await session.apply({ op: "motion", motion: "wave_right", amplitude: 1 });
    await run(session, 120);
    expect(Math.abs(session.plant.truth.q[elbow] - before)).toBeGreaterThan(0.3);
  });

  it.each(["flat", "push", "tabletop", "rough:3", "stairs:2"])("opens the scene %s", async (scene) => {
    using session = await open({ scene });
    await run(session, 3);
    expect(session.scene.geoms.length).toBeGreaterThan(60);
  });

  it("refuses a robot and a policy that the site lacks, and says what there is", async () => {
    await expect(open({ robot: "atlas" })).rejects.toThrow(/h1_2/);
    await expect(open({ policies: ["nobody"] })).rejects.toThrow(/no policy "nobody"/);
  });

  it("finds the policies that ship for a robot by their place", async () => {
    const bytes = linearBytes({ metadata: { contrapposto: JSON.stringify(legSpec()) } });
    const offered = await nodeSite([{ name: "h1_2-lower", bytes }]);
    expect(offered.shipped("h1_2")).toContain("h1_2-lower");
    expect(offered.shipped("nobody")).toEqual([]);
  });

  it("fits into a link from which it comes out the same to the last bit", async () => {
    using session = await open({ seed: 3, scene: "rough:4" });
    const keeper = new JournalKeeper(session.choice);
    const inputs: Record<number, Input> = {
      10: { op: "push", velocity: [0.2, 0.1, 0] },
      30: { op: "motion", motion: "wave_right", amplitude: 0.7 },
      60: { op: "grab", grab: { body: 1, point: [0, 0, 0.1], target: [0.1, 0.2, 1], kind: "force" } },
      75: { op: "grab", grab: null },
      90: { op: "reset", keyframe: null },
    };
    for (let step = 0; step < 130; step++) {
      const input = inputs[step];
      if (input !== undefined) {
        await session.apply(input);
        keeper.note(session.steps, input);
      }
      await session.step();
      keeper.stepped(session.steps, () => session.plant.stateHash());
    }
    const about = { software: "0", engine: engine.version, modelHash: session.plant.modelHash };
    const text = await journalToText(keeper.end(session.steps, session.plant.stateHash(), about));
    expect(text).toMatch(/^[\w-]+$/);
    const journal = await journalFromText(text);
    const reel = await reelOfJournal({ engine, site }, journal);
    expect(reel).toMatchObject({ verdict: "verified", checks: 3, problem: "" });
    expect(reel.frames.length).toBe(131);
    const shifted = { ...journal, inputs: journal.inputs.map(([step, input]) => [step + 1, input] as const) };
    expect(await reelOfJournal({ engine, site }, shifted)).toMatchObject({ verdict: "differs" });
  });

  it("has companions, which are driven one at a time and are in its link", async () => {
    const companions = ["h1_2@0,1.2"];
    using session = await open({ policies: site.shipped("h1_2"), companions });
    const [companion] = session.plant.companions;
    expect(session.observer.robot.companions).toMatchObject([{ name: "robot2" }]);
    expect(session.companionRanges.robot2).toEqual(session.ranges);
    const keeper = new JournalKeeper(session.choice);
    const inputs: Record<number, Input> = {
      5: { op: "velocity", velocity: [0.4, 0, 0], robot: "robot2" },
      90: { op: "velocity", velocity: [0.4, 0, 0] },
    };
    for (let step = 0; step < 100; step++) {
      if (step in inputs) {
        await session.apply(inputs[step]);
        keeper.note(session.steps, inputs[step]);
      }
      await session.step();
      keeper.stepped(session.steps, () => session.plant.stateHash());
      if (step === 89) {
        expect(companion.truth.basePos[0]).toBeGreaterThan(0.2);
        expect(Math.abs(session.plant.truth.basePos[0])).toBeLessThan(0.15);
      }
    }
    expect([...companion.truth.command]).toEqual([0, 0, 0]);
    expect(session.plant.truth.command[0]).toBeCloseTo(0.4);
    const about = { software: "0", engine: engine.version, modelHash: session.plant.modelHash };
    const text = await journalToText(keeper.end(session.steps, session.plant.stateHash(), about));
    const reel = await reelOfJournal({ engine, site }, await journalFromText(text));
    expect(reel).toMatchObject({ verdict: "verified", checks: 2 });
    await expect(open({ companions: ["atlas"] })).rejects.toThrow(/h1_2/);
    await expect(open({ companions: ["h1@here"] })).rejects.toThrow(/no companion/);
  });

  it("refuses a damaged link", async () => {
    await expect(journalFromText("abc")).rejects.toThrow(/damaged/);
  });

  it("becomes a recording that replays with equal hashes, each step at hand", async () => {
    using session = await open();
    const sink = new MemorySink();
    const recorder = new SessionRecorder(sink, { world: session.compiled.world, seed: 0, software: "0" });
    await recorder.start(session.plant);
    await run(session, 60);
    await session.apply({ op: "push", velocity: [0.2, 0, 0] });
    await run(session, 60);
    await recorder.end();
    const last = session.frame().poses;
    const reel = reelOfRecording(engine, sink.bytes());
    expect(reel).toMatchObject({ verdict: "verified", checks: 3 });
    expect(reel.frames.length).toBe(121);
    expect(reel.frames[120].poses).toEqual(last);
  });
});
