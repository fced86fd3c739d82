import { describe, expect, it } from "vitest";
import { Rng } from "../../../src/common/index.ts";
import { Engine } from "../../../src/sim/engine/index.ts";
import { HarnessConfig, harnessTorque } from "../../../src/sim/mdp/harness.ts";
import { SledgeWorld, sledgeTask } from "../env/sledge-task.ts";
import { sledge } from "../plant/sledge.ts";
import { stateAtRest } from "./two-leg-state.ts";

const engine = await Engine.load();
const config = HarnessConfig.parse({ stiffness: 100, damping: 10 });
const tilt = 0.2;

/** The torque on a robot with some orientation and angular velocity (pelvis frame). */
function torque(quat: number[], turning = [0, 0, 0], share = 1) {
  const { state } = stateAtRest();
  state.baseQuat.set(quat);
  state.baseAngVel.set(turning);
  return harnessTorque(config, share, state, [9, 9, 9]).map((value) => value + 0); // no -0
}

const about = (axis: 0 | 1 | 2, angle: number) => {
  const quat = [Math.cos(angle / 2), 0, 0, 0];
  quat[1 + axis] = Math.sin(angle / 2);
  return quat;
};

describe("a harness", () => {
  it("rights a tilted pelvis with its stiffness times the sine of the tilt", () => {
    const righting = -100 * Math.sin(tilt);
    expect(torque(about(0, tilt))).toEqual([expect.closeTo(righting, 9), expect.closeTo(0, 9), 0]);
    expect(torque(about(1, tilt))).toEqual([expect.closeTo(0, 9), expect.closeTo(righting, 9), 0]);
    expect(torque(about(0, tilt), [0, 0, 0], 0.5)[0]).toBeCloseTo(righting / 2, 9);
  });

  it("brakes tilting in the world's frame, and leaves turning about the vertical alone", () => {
    expect(torque(about(2, Math.PI / 2), [0.5, 0, 3])).toEqual([
      expect.closeTo(0, 9),
      expect.closeTo(-5, 9),
      0,
    ]);
  });

  it("holds a robot in an environment as far as the curriculum leaves it on", () => {
    const fallsOver = (harness: number) => {
      const task = sledgeTask({ harness: { stiffness: 50, damping: 5 }, reset: { drop: 2 } });
      using world = new SledgeWorld(engine, task);
      const { env } = world;
      env.curriculum = { ...env.curriculum, harness };
      env.reset();
      env.plant.simulation.views.qvel[env.plant.index.baseDof + 3] = 2; // rolls in the air
      let lean = 0;
      for (let step = 0; step < 15; step++) {
        env.step(Float32Array.of(0, 0, 0));
        lean = Math.max(lean, Math.abs(env.plant.truth.baseQuat[1]));
      }
      return lean;
    };
    expect(fallsOver(1)).toBeLessThan(0.5 * fallsOver(0));
  });

  it("is no part of a task unless asked for", () => {
    using world = new SledgeWorld(engine, sledgeTask(), new Rng(1).uint32());
    world.env.step(Float32Array.of(0, 0, 0));
    expect(world.env.plant.robot).toBe(sledge);
    expect(Math.max(...world.env.plant.simulation.views.xfrc_applied)).toBe(0);
  });
});

describe("variety", () => {
  it("of 0 starts each episode in the default pose, however wide the config's spread", () => {
    const reset = { jointOffset: 0.2, baseVel: 0.3, drop: 0 };
    const plant = {
      timestep: 0.005,
      decimation: 4,
      randomization: { kpScale: [0.5, 1.5] as [number, number] },
    };
    using world = new SledgeWorld(engine, sledgeTask({ reset, plant }));
    const { env } = world;
    const start = (variety: number) => {
      env.curriculum = { ...env.curriculum, variety };
      env.reset();
      return [...env.plant.truth.q, ...env.plant.truth.baseLinVel, ...env.plant.randomization.motors.kpScale];
    };
    const published = [
      ...sledge.joints.map((joint) => joint.default),
      0,
      0,
      0,
      ...sledge.joints.map(() => 1),
    ];
    expect(start(0)).toEqual(published.map((value) => expect.closeTo(value, 12)));
    const [half, full] = [0.5, 1].map((variety) =>
      Math.max(...start(variety).map((x, i) => Math.abs(x - published[i]))),
    );
    expect(half).toBeGreaterThan(0);
    expect(half).toBeLessThanOrEqual(0.25);
    expect(full).toBeLessThanOrEqual(0.5);
  });
});
