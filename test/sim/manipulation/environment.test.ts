import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Rng, UsageError } from "../../../src/common/index.ts";
import { BalancePolicy } from "../../../src/policies/index.ts";
import type { ManipulationEnvironment } from "../../../src/sim/manipulation/environment.ts";
import { foreseeChunk } from "../../../src/sim/manipulation/foresight.ts";
import { type ChunkPlanner, runManipulationEpisode } from "../../../src/sim/manipulation/run-episode.ts";
import { manipulationRobot } from "../../../src/sim/manipulation/setup.ts";
import { pickPlace } from "../../../src/sim/manipulation/tasks/pick-place.ts";
import { openTask } from "../../support/manipulation.ts";

let environment: ManipulationEnvironment;
beforeAll(async () => {
  environment = await openTask(pickPlace);
});
afterAll(() => environment[Symbol.dispose]());

/** The expert as a planner of chunks: what it would do if nothing surprised it. */
function expertPlanner(steps: number): ChunkPlanner {
  let expert: ReturnType<ManipulationEnvironment["expert"]> | undefined;
  return {
    reset: ({ seed }) => {
      expert = environment.expert("nominal", new Rng(seed));
    },
    plan: async (_, { actionSize }) => {
      const chunk = new Float32Array(steps * actionSize);
      const action = new Float32Array(actionSize);
      for (let step = 0; step < steps; step++) {
        expert?.act(action);
        chunk.set(action, step * actionSize);
      }
      return chunk;
    },
  };
}

/** Actions that move both hands about. */
function wildChunk(seed: number, steps: number): Float32Array {
  const rng = new Rng(seed);
  return Float32Array.from({ length: steps * 11 }, () => rng.uniform(-0.6, 0.6));
}

describe("a manipulation environment", () => {
  it("begins each episode in the same state, whatever happened before", async () => {
    await environment.reset({ split: "test", seed: 3 });
    const first = environment.plant.stateHash();
    const chunk = wildChunk(1, 10);
    for (let step = 0; step < 10; step++) await environment.step(chunk, 11 * step);
    const later = environment.plant.stateHash();
    await environment.reset({ split: "train", seed: 8 });
    await environment.reset({ split: "test", seed: 3 });
    expect(environment.plant.stateHash()).toBe(first);
    for (let step = 0; step < 10; step++) await environment.step(chunk, 11 * step);
    expect(environment.plant.stateHash()).toBe(later);
  });

  it("is left bit for bit as it was by a look into the future", async () => {
    await environment.reset({ split: "test", seed: 4 });
    const chunk = wildChunk(2, 12);
    const run = async (looksAhead: boolean) => {
      await environment.reset({ split: "test", seed: 4 });
      for (let step = 0; step < 6; step++) await environment.step(chunk, 11 * step);
      if (looksAhead) {
        const future = await foreseeChunk(environment, wildChunk(3, 8), 0, 8);
        expect(future.actions).toBe(8);
      }
      for (let step = 6; step < 12; step++) await environment.step(chunk, 11 * step);
      return environment.plant.stateHash();
    };
    expect(await run(true)).toBe(await run(false));
  });

  it("tells a good future from a bad one", async () => {
    await environment.reset({ split: "test", seed: 5 });
    const planner = expertPlanner(60);
    planner.reset({ split: "test", seed: 5 });
    const good = await planner.plan(environment.observe(), environment);
    const best = await foreseeChunk(environment, good, 0, 12);
    const wild = await foreseeChunk(environment, wildChunk(7, 12), 0, 12);
    expect(best.progress).toBeGreaterThan(wild.progress + 0.03);
  });

  it("clips targets to the joints' ranges and refuses a step after the end", async () => {
    await environment.reset({ split: "test", seed: 6 });
    await environment.step(new Float32Array(11).fill(50));
    for (const [j, joint] of environment.plant.robot.joints.entries())
      expect(environment.plant.truth.q[j]).toBeLessThan(joint.range[1] + 0.1);
    while (environment.status === "running") await environment.step(new Float32Array(11));
    expect(environment.status).not.toBe("succeeded");
    await expect(environment.step(new Float32Array(11))).rejects.toThrow(UsageError);
  });

  it("needs legs where the base floats", async () => {
    await expect(openTask(pickPlace, "standing")).rejects.toThrow(/needs legs/);
  });

  it("says in proprioception how the joints, grippers and the pelvis are", async () => {
    await environment.reset({ split: "test", seed: 7 });
    const { proprioception, instruction, images } = environment.observe();
    expect(instruction).toBe(environment.layout.instruction);
    expect([...images.keys()]).toEqual(["head", "left_wrist", "right_wrist"]);
    expect(proprioception[18]).toBeCloseTo(0, 2);
    expect([...proprioception.slice(20)]).toEqual([0, 0, -1].map((x) => expect.closeTo(x, 6)));
    await environment.step(Float32Array.from([...proprioception.slice(0, 9), 1, 0]));
    environment.readProprioception(proprioception);
    expect(proprioception[18]).toBeGreaterThan(0.5);
    expect(proprioception[19]).toBeLessThan(0.05);
  });
});

describe("an episode under a planner", () => {
  it("succeeds when the expert plans in short chunks and fails when nobody moves", async () => {
    const request = { split: "test", seed: 11 } as const;
    const good = await runManipulationEpisode(environment, request, expertPlanner(1), { executeHorizon: 1 });
    expect(good.outcome).toBe("succeeded");
    const still: ChunkPlanner = {
      reset: () => {},
      plan: async ({ proprioception }) => {
        const pose = [...proprioception.slice(0, 9), 0, 0];
        return Float32Array.from([...pose, ...pose, ...pose, ...pose]);
      },
    };
    const bad = await runManipulationEpisode(environment, request, still, { executeHorizon: 4 });
    expect(bad).toMatchObject({ outcome: "timed out", seconds: pickPlace.episodeSeconds });
    expect(bad.decisions).toBe(Math.ceil((10 * pickPlace.episodeSeconds) / 4));
    expect(bad.boundaryJump).toBeLessThan(0.02);
  });
});

describe("a standing robot", () => {
  it("does a task on its own legs", async () => {
    using standing = await openTask(pickPlace, "standing", {
      legs: new BalancePolicy(manipulationRobot("standing")),
    });
    await standing.reset({ split: "train", seed: 0 });
    const expert = standing.expert("nominal", new Rng(0));
    const action = new Float32Array(11);
    while (standing.status === "running") {
      expert.act(action);
      await standing.step(action);
    }
    expect(standing.status).toBe("succeeded");
    expect(standing.plant.truth.basePos[2]).toBeGreaterThan(0.9);
  });
});
