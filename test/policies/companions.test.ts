import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { shippedPolicies } from "../../src/app/shipped-policies.ts";
import { loadWorld } from "../../src/app/worlds.ts";
import { Rng, UsageError } from "../../src/common/index.ts";
import { createController } from "../../src/policies/controller.ts";
import { rollout } from "../../src/policies/rollout.ts";
import { type CompanionRequest, parseCompanions } from "../../src/sim/companion-requests.ts";
import { Engine } from "../../src/sim/engine/index.ts";
import { FallLimits, hasFallen } from "../../src/sim/mdp/terminations.ts";
import { PlantConfig } from "../../src/sim/plant/plant-config.ts";
import { openRecording } from "../../src/sim/recording/recording.ts";
import { MemorySink } from "../../src/sim/recording/recording-sink.ts";
import { ReplayWorld, replay } from "../../src/sim/recording/replay.ts";
import { SessionRecorder } from "../../src/sim/recording/session-recorder.ts";
import type { RobotSpec } from "../../src/sim/robots/robot.ts";
import { compileWorld, openPlant, startOn } from "../../src/sim/world.ts";

const engine = await Engine.load();

const fall = FallLimits.parse({});
const besides: CompanionRequest = { robot: "h1_2", place: [0, 1, 0] };

/** H1-2 and companions on a scene. */
function open(companions: readonly CompanionRequest[], scene = "flat", settings: object = {}) {
  const world = loadWorld({ robot: "h1_2", scene, seed: 0, companions });
  const plantConfig = PlantConfig.parse({ visuals: false, ...settings });
  const compiled = compileWorld(engine, world, plantConfig);
  const plant = openPlant(engine, compiled, plantConfig);
  const end = () => {
    plant[Symbol.dispose]();
    compiled.model[Symbol.dispose]();
  };
  return { ...compiled, plant, [Symbol.dispose]: end };
}

function legs(robot: RobotSpec) {
  const files = shippedPolicies(robot.name).map((name) => ({ name, bytes: readFileSync(name) }));
  return createController(robot, files, 0.02);
}

async function run(world: ReturnType<typeof open>, velocity: readonly number[], seconds: number) {
  const { plant, terrain } = world;
  const policy = await legs(plant.robot);
  const companionPolicies = await Promise.all(plant.companions.map(({ robot }) => legs(robot)));
  return {
    plant,
    policy,
    companionPolicies,
    ...{ request: { command: () => velocity }, seconds, rng: new Rng(0), fall },
    initial: startOn(plant.robot, terrain, 0, world.world.companions),
  };
}

/** Whether parts of two robots touch now. */
function touch({ plant }: ReturnType<typeof open>): boolean {
  const { geom_bodyid, body_rootid } = plant.simulation.model.views;
  const robots = [plant, ...plant.companions].map(({ index }) => index.base);
  return plant.simulation.contacts().some(({ geoms }) => {
    const [a, b] = geoms.map((geom) => body_rootid[geom_bodyid[geom]]);
    return a !== b && robots.includes(a) && robots.includes(b);
  });
}

describe("companions", () => {
  it("stand beside the robot under the shipped legs, on level and on generated ground", async () => {
    for (const [scene, seconds] of [
      ["flat", 5],
      ["rough:3", 2],
    ] as const) {
      using world = open([besides], scene);
      const { plant } = world;
      const result = await rollout(await run(world, [0, 0, 0], seconds));
      expect(result).toMatchObject({ fell: false, seconds });
      const offsets = plant.companions.map(({ truth }) => {
        const ground = world.terrain?.heightAt(truth.basePos[0], truth.basePos[1]);
        expect(hasFallen(truth, fall, ground ?? 0)).toBe(false);
        return Math.hypot(
          truth.basePos[0] - plant.truth.basePos[0],
          truth.basePos[1] - plant.truth.basePos[1],
        );
      });
      for (const offset of offsets) expect(Math.abs(offset - 1)).toBeLessThan(0.25);
      expect(plant.simulation.warnings().size).toBe(0);
    }
  });

  it("are touched and shoved by who walks into them", async () => {
    using world = open([{ robot: "h1_2", place: [0.9, 0, Math.PI] }]);
    const [companion] = world.plant.companions;
    let hasTouched = false;
    const options = await run(world, [0.6, 0, 0], 4);
    await rollout({ ...options, subscribers: [{ step: () => void (hasTouched ||= touch(world)) }] });
    expect(hasTouched).toBe(true);
    expect(Math.hypot(companion.truth.basePos[0] - 0.9, companion.truth.basePos[1])).toBeGreaterThan(0.05);
  });

  // The engine solves robots that do not touch as islands of their own. Only the last bits of its sums may differ, from a touch-down on.
  it.each([
    ["stands", [0, 0, 0], 0],
    ["walks", [0.5, 0, 0], 1e-12],
  ] as const)(
    "that touch nobody change nothing: the robot %s as it does alone, going %j, but for %d",
    async (_, command, most) => {
      using alone = open([]);
      using together = open([{ robot: "h1_2", place: [0, 6, 0] }]);
      await rollout(await run(alone, [...command], 3));
      await rollout(await run(together, [...command], 3));
      const [a, b] = [alone, together].map(({ plant }) => [...plant.truth.basePos, ...plant.truth.q]);
      expect(Math.max(...b.map((value, i) => Math.abs(value - a[i])))).toBeLessThanOrEqual(most);
      expect(together.plant.companions[0].truth.basePos[1]).toBeCloseTo(6, 0);
    },
  );

  it("fall alone", async () => {
    using world = open([{ robot: "h1", place: [0, -3, 0] }]);
    const { companionPolicies: _, ...options } = await run(world, [0, 0, 0], 4);
    const [companion] = world.plant.companions;
    const knock = { start: () => companion.kick([0, -3, 0]) };
    expect(await rollout({ ...options, subscribers: [knock] })).toMatchObject({ fell: false });
    expect(hasFallen(companion.truth, fall)).toBe(true);
  });

  it("are in a recording, which replays bit for bit", async () => {
    const settings = {
      sensors: { gyroNoise: 0.1 },
      randomization: { linkMassScale: [0.9, 1.1], actionDelay: [0, 0.02] },
    };
    using world = open([besides], "flat", settings);
    const sink = new MemorySink();
    const recorder = new SessionRecorder(sink, { world: world.world, seed: 0, software: "0.0.0" });
    const push = {
      step: ({ plant }: { plant: typeof world.plant }) =>
        void (plant.truth.step === 60 && plant.companions[0].kick([0, -1, 0])),
    };
    await rollout({ ...(await run(world, [0.3, 0, 0], 3)), subscribers: [recorder, push] });
    const recording = openRecording(sink.bytes());
    expect(recording.header.companions?.map(({ name, robot }) => [name, robot.name])).toEqual([
      ["robot2", "h1_2"],
    ]);
    using again = new ReplayWorld(engine, recording);
    const result = replay(recording, again.plant);
    expect(result).toMatchObject({ verified: true, steps: 150, stateHash: world.plant.stateHash() });
  });

  it("are written as a robot and a place", () => {
    const read = (...texts: string[]) => parseCompanions(texts);
    expect(read("h1", "h1_2@1,-2", "h1@0,3,90")).toEqual([
      { robot: "h1", place: [0, 1.2, 0] },
      { robot: "h1_2", place: [1, -2, 0] },
      { robot: "h1", place: [0, 3, Math.PI / 2] },
    ]);
    for (const bad of ["@1,2", "h1@1", "h1@1,x", "h1@1,2,3,4", "h1@", "h1@1,", "h1@1@2"])
      expect(() => read(bad), bad).toThrow(UsageError);
    expect(() => read("h1@0.1,0")).toThrow(/inside another robot/);
  });
});
