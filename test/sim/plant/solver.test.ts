import { describe, expect, it } from "vitest";
import { createJointTargets } from "../../../src/sim/control-state.ts";
import { Engine } from "../../../src/sim/engine/index.ts";
import { JACOBIAN } from "../../../src/sim/engine/model.ts";
import { H12World } from "../../support/h1-2-plant.ts";

const engine = await Engine.load();

/** State of an H1-2 after each of some control steps in which it waves all of its joints, until it lies on the ground. */
function hashesOfAFall(islands: boolean): string[] {
  using world = new H12World(engine, { islands, friction: "soft" });
  const { plant } = world;
  const targets = createJointTargets(plant.robot);
  return Array.from({ length: 150 }, (_, step) => {
    for (const [j, { default: angle, kp, kd }] of plant.robot.joints.entries()) {
      targets.q[j] = angle + 0.3 * Math.sin(0.4 * step + j);
      targets.kp[j] = kp;
      targets.kd[j] = kd;
    }
    plant.step(targets);
    return plant.stateHash();
  });
}

describe("a robot alone", () => {
  it("ends in the same bits whether or not the solver looks for groups of bodies that touch", () => {
    const hashes = hashesOfAFall(false);
    expect(new Set(hashes).size).toBe(hashes.length);
    expect(hashes).toEqual(hashesOfAFall(true));
  });

  it("moves the same, but for rounding, however the solver keeps what contacts act on", () => {
    const heightAfter = (jacobian: "dense" | "sparse") => {
      using world = new H12World(engine, { jacobian });
      const { plant } = world;
      expect(plant.simulation.model.options.jacobian).toBe(JACOBIAN[jacobian]);
      const targets = createJointTargets(plant.robot);
      for (const [j, { default: angle, kp, kd }] of plant.robot.joints.entries()) {
        targets.q[j] = angle;
        targets.kp[j] = kp;
        targets.kd[j] = kd;
      }
      for (let step = 0; step < 25; step++) plant.step(targets);
      return { height: plant.truth.basePos[2], modelHash: plant.modelHash };
    };
    const [dense, sparse] = [heightAfter("dense"), heightAfter("sparse")];
    expect(sparse.height).toBeCloseTo(dense.height, 9);
    expect(sparse.modelHash).not.toBe(dense.modelHash);
  });

  it("is solved without looking where the plant is told so", () => {
    const flagOf = (islands: boolean) => {
      using world = new H12World(engine, { islands });
      return (
        world.plant.simulation.model.options.disableflags & engine.mujoco.mjtDisableBit.mjDSBL_ISLAND.value
      );
    };
    expect(flagOf(true)).toBe(0);
    expect(flagOf(false)).not.toBe(0);
  });
});
