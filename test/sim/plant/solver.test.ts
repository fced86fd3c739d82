import { describe, expect, it } from "vitest";
import { almiLowerTask } from "../../../src/policies/almi/lower-task.ts";
import { createJointTargets } from "../../../src/sim/control-state.ts";
import { Engine, type Model } from "../../../src/sim/engine/index.ts";
import { JACOBIAN } from "../../../src/sim/engine/model.ts";
import { h12 } from "../../../src/sim/robots/h1-2.ts";
import { H12World } from "../../support/h1-2-plant.ts";

const engine = await Engine.load();

/** State of an H1-2 after each control step in which its joints are held `wave` rad to either side of their default. */
function statesOf({ plant }: H12World, steps: number, wave: number): string[] {
  const targets = createJointTargets(plant.robot);
  return Array.from({ length: steps }, (_, step) => {
    for (const [j, { default: angle, kp, kd }] of plant.robot.joints.entries()) {
      targets.q[j] = angle + wave * Math.sin(0.4 * step + j);
      targets.kp[j] = kp;
      targets.kd[j] = kd;
    }
    plant.step(targets);
    return plant.stateHash();
  });
}

const looksForIslands = ({ options }: Model): boolean =>
  (options.disableflags & engine.mujoco.mjtDisableBit.mjDSBL_ISLAND.value) === 0;

describe("a robot alone", () => {
  it("falls to the same bits whether or not the solver looks for groups of bodies that touch", () => {
    using without = new H12World(engine, { friction: "soft", islands: false });
    using looking = new H12World(engine, { friction: "soft", islands: true });
    const states = statesOf(without, 150, 0.3);
    expect(new Set(states).size).toBe(150);
    expect(states).toEqual(statesOf(looking, 150, 0.3));
  });

  it("is solved without looking where it learns, and else as it would be among others", () => {
    using learning = new H12World(engine, almiLowerTask(h12).plant);
    using playing = new H12World(engine);
    expect(looksForIslands(learning.model)).toBe(false);
    expect(looksForIslands(playing.model)).toBe(true);
  });

  it("moves the same, but for rounding, however the solver keeps what contacts act on", () => {
    using sparse = new H12World(engine);
    using dense = new H12World(engine, { jacobian: "dense" });
    for (const world of [sparse, dense]) statesOf(world, 25, 0);
    expect([sparse, dense].map(({ model }) => model.options.jacobian)).toEqual([
      JACOBIAN.sparse,
      JACOBIAN.dense,
    ]);
    expect(sparse.plant.truth.basePos[2]).toBeCloseTo(dense.plant.truth.basePos[2], 9);
    expect(sparse.plant.modelHash).not.toBe(dense.plant.modelHash);
  });
});
