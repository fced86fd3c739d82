import { describe, expect, it } from "vitest";
import { Rng } from "../../../src/common/index.ts";
import { createJointTargets } from "../../../src/sim/control-state.ts";
import { Engine } from "../../../src/sim/engine/index.ts";
import { h12 } from "../../../src/sim/robots/h1-2.ts";
import { H12World } from "../../support/h1-2-plant.ts";
import { askNative, type NativeRequest, whyNoNative } from "../../support/native-mujoco.ts";
import { ROOT } from "../../support/run-cli.ts";

const engine = await Engine.load();
const missing = whyNoNative(engine.version);

/** The request that repeats in native MuJoCo what a plant is about to do. */
function requestOf(world: H12World, steps: number): NativeRequest {
  const { plant } = world;
  const { qpos, qvel } = plant.simulation.views;
  const pick = (field: "kp" | "kd" | "torqueLimit" | "default") => h12.joints.map((joint) => joint[field]);
  return {
    robot: `${ROOT}assets/${h12.model}`,
    base: h12.baseBody,
    scene: `${ROOT}scenes/flat.xml`,
    timestep: plant.config.timestep,
    integrator: "mjINT_EULER",
    cone: "mjCONE_ELLIPTIC",
    impratio: 4,
    jacobian: "mjJAC_SPARSE",
    islands: true,
    qpos: [...qpos],
    qvel: [...qvel],
    joints: h12.joints.map((joint) => joint.name),
    actuator: [...plant.index.actuator],
    target: pick("default"),
    kp: pick("kp"),
    kd: pick("kd"),
    limit: pick("torqueLimit"),
    steps,
    every: plant.config.decimation,
  };
}

function largestDifference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  expect(a.length).toBe(b.length);
  let largest = 0;
  for (let i = 0; i < a.length; i++) largest = Math.max(largest, Math.abs(a[i] - b[i]));
  return largest;
}

/** Largest difference of any position or velocity after each control step. */
function differences(world: H12World, steps: number): number[] {
  const { plant } = world;
  const native = askNative(requestOf(world, steps));
  const targets = createJointTargets(h12);
  return native.trajectory.map((sample) => {
    plant.step(targets);
    const { qpos, qvel } = plant.simulation.views;
    return largestDifference([...qpos, ...qvel], sample);
  });
}

/**
 * The same C source compiled for WebAssembly and for x86 rounds differently in the last bit: other compilers contract
 * and reorder sums in their own way, and other C libraries have other sines. So results agree to rounding at first, and
 * then as far as the motion lets rounding grow.
 */
describe.skipIf(missing !== undefined)(
  `against native MuJoCo ${missing === undefined ? "" : `(skipped: ${missing})`}`,
  () => {
    const random = (world: H12World, seed: number) => {
      const rng = new Rng(seed);
      world.plant.reset(rng, {
        basePos: [1, -2, 1.1],
        yaw: 0.5,
        baseVel: [0.5, -0.3, 0.1, 0.4, -0.6, 0.8],
        q: h12.joints.map(({ range: [low, high] }) => rng.uniform(0.8 * low, 0.8 * high)),
      });
    };

    it("has the same masses, mass matrix, bias forces, poses and sensor values to rounding, in random poses", () => {
      using world = new H12World(engine);
      for (const seed of [1, 2, 3]) {
        random(world, seed);
        const { simulation } = world.plant;
        simulation.views.ctrl.fill(0);
        simulation.forward();
        const native = askNative(requestOf(world, 0));
        expect(largestDifference(world.model.views.body_mass, native.bodyMass)).toBeLessThan(1e-12);
        expect(largestDifference(simulation.massMatrix(), native.mass)).toBeLessThan(1e-11);
        expect(largestDifference(simulation.views.qfrc_bias, native.bias)).toBeLessThan(1e-10);
        expect(largestDifference(simulation.views.xpos, native.xpos)).toBeLessThan(1e-13);
        expect(simulation.handle.ncon).toBe(native.contacts);
        expect(largestDifference(simulation.views.sensordata, native.sensors)).toBeLessThan(1e-9);
      }
    });

    it("flies the same way for 1,000 steps", () => {
      using world = new H12World(engine);
      world.plant.reset(new Rng(1), { basePos: [0, 0, 30], baseVel: [1, 0, 3, 0.5, 1, -0.5] });
      expect(Math.max(...differences(world, 1000))).toBeLessThan(1e-9);
    });

    it("stands, sways and falls the same way for 1,000 steps of the same PD loop", () => {
      using world = new H12World(engine);
      world.plant.reset(new Rng(1), {
        basePos: [0, 0, h12.standingHeight + 0.02],
        baseVel: [0.2, 0.1, 0, 0, 0, 0],
      });
      const apart = differences(world, 1000);
      expect(world.plant.truth.basePos[2]).toBeLessThan(0.3); // it lies on the ground
      expect(Math.max(...apart)).toBeLessThan(1e-9); // 2e-13 when this was written
    });
  },
);
