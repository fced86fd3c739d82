import { describe, expect, it } from "vitest";
import { Rng, UsageError } from "../../../src/common/index.ts";
import { createJointTargets } from "../../../src/sim/control-state.ts";
import { Engine, modelFromText, type Simulation } from "../../../src/sim/engine/index.ts";
import { compilePlantModel, Plant } from "../../../src/sim/plant/plant.ts";
import { PlantConfig } from "../../../src/sim/plant/plant-config.ts";
import { InvalidTargetError } from "../../../src/sim/plant/target-check.ts";
import { SledgeYard, sledge, sledgeSources, stepByHand, targetsAt } from "./sledge.ts";

const engine = await Engine.load();

/** A bare simulation in the plant's present state, stepped by hand beside it. */
function twin(plant: Plant): Simulation {
  const simulation = engine.simulate(plant.simulation.model);
  simulation.restore(plant.simulation.save());
  return simulation;
}

/** Targets that move fast, with gains and feed-forward of their own. */
function wild(step: number) {
  const targets = targetsAt(Math.sin(step), -Math.cos(step), 0.5 * Math.sin(2 * step), step % 2);
  targets.kp.fill(150);
  targets.kd.set([1, 2, 3, 4]);
  targets.tau.set([0, 5, -5, 1]);
  return targets;
}

describe("torque actuation", () => {
  it("is the PD formula at each physics step, bit for bit, limits included", () => {
    using yard = new SledgeYard(engine);
    const plant = yard.plant();
    using byHand = twin(plant);
    let saturated = 0;
    for (let step = 0; step < 50; step++) {
      const targets = wild(step);
      plant.step(targets);
      for (let k = 0; k < plant.config.decimation; k++) stepByHand(byHand, plant, targets);
      saturated += Number(plant.truth.tau.some((tau, j) => Math.abs(tau) === sledge.joints[j].torqueLimit));
      expect(plant.stateHash()).toBe(byHand.hash());
    }
    expect(saturated).toBeGreaterThan(10);
  });

  it("gives the torque worked by hand: 100 N·m/rad times 0.1 rad, minus 3 N·m·s/rad times 2 rad/s", () => {
    using yard = new SledgeYard(engine, { decimation: 1 }, "0 0 0");
    const plant = yard.plant();
    const elbow = 3;
    plant.simulation.views.qvel[plant.index.dof[elbow]] = 2;
    plant.step(targetsAt(0, 0, 0, 0.1));
    expect(plant.truth.tau[elbow]).toBeCloseTo(100 * 0.1 - 3 * 2, 12);
  });

  it("never exceeds a joint's limit, whatever is asked", () => {
    using yard = new SledgeYard(engine, { decimation: 1 });
    const plant = yard.plant();
    plant.step(targetsAt(2, -2, 2, -2));
    expect([...plant.truth.tau]).toEqual([60, -60, 20, -20]);
    const pushed = targetsAt(0, 0, 0, 0);
    pushed.tau.fill(1000);
    plant.step(pushed);
    expect([...plant.truth.tau]).toEqual([60, 60, 20, 20]);
  });

  it("refuses a model whose actuators are no plain motors", () => {
    const { robot, scene } = sledgeSources();
    const geared = String(robot.files.get(robot.main)).replace('name="e"', 'name="e" gear="50"');
    const config = PlantConfig.parse({});
    using model = compilePlantModel(engine, sledge, { robot: modelFromText(geared), scene }, config);
    using simulation = engine.simulate(model);
    expect(() => new Plant(simulation, sledge, config)).toThrow(/elbow_joint.* no plain motor/);
    expect(() => new Plant(simulation, sledge, { ...config, actuation: "position" })).toThrow(UsageError);
  });
});

describe("position actuation", () => {
  const slow = (step: number) => targetsAt(0, 0, 0.4 * Math.sin(0.05 * step), 0.3 * Math.sin(0.04 * step));

  it("moves as torque actuation does when targets move slowly", () => {
    using torque = new SledgeYard(engine, { timestep: 0.002, decimation: 10 });
    using position = new SledgeYard(engine, { timestep: 0.005, decimation: 4, actuation: "position" });
    const [a, b] = [torque.plant(), position.plant()];
    let apart = 0;
    for (let step = 0; step < 250; step++) {
      for (const plant of [a, b]) plant.step(slow(step));
      for (let j = 0; j < 4; j++) apart = Math.max(apart, Math.abs(a.truth.q[j] - b.truth.q[j]));
    }
    expect(Math.abs(a.truth.q[2])).toBeGreaterThan(0.02);
    expect(apart).toBeLessThan(0.004); // the joints travel 0.8 rad
  });

  it("balances the same static load with the same torque", () => {
    const settled = ["torque", "position"].map((actuation) => {
      using yard = new SledgeYard(engine, { actuation });
      const plant = yard.plant();
      for (let step = 0; step < 200; step++) plant.step(targetsAt(0, 0, 1.2, 0.5));
      return [...plant.truth.q, ...plant.truth.tau.map((tau) => tau / 20)];
    });
    for (const [i, value] of settled[0].entries()) expect(settled[1][i]).toBeCloseTo(value, 4);
  });

  it("limits spring, damping and feed-forward together, and reports what the joint really got", () => {
    using yard = new SledgeYard(engine, { decimation: 1, actuation: "position" });
    const plant = yard.plant();
    const targets = targetsAt(2, -2, 2, -2);
    targets.tau.set([1000, -1000, 1000, -1000]);
    plant.step(targets);
    expect([...plant.truth.tau]).toEqual([60, -60, 20, -20]);
    const offset = targetsAt(0, 0, 0, 0);
    plant.reset(new Rng(1));
    offset.kp.fill(0);
    offset.kd.fill(0);
    offset.tau.set([1, -2, 3, -4]);
    plant.step(offset);
    for (const [j, tau] of [1, -2, 3, -4].entries()) expect(plant.truth.tau[j]).toBeCloseTo(tau, 12);
  });

  it("stays stable where explicit damping does not", () => {
    const stiff = createJointTargets(sledge);
    stiff.kd.fill(40);
    const fastest = (actuation: string) => {
      using yard = new SledgeYard(engine, { timestep: 0.005, decimation: 4, actuation }, "0 0 0");
      const plant = yard.plant();
      plant.simulation.views.qvel[plant.index.dof[3]] = 0.01;
      for (let step = 0; step < 20; step++) plant.step(stiff);
      return Math.max(...plant.truth.dq.map(Math.abs));
    };
    expect(fastest("position")).toBeLessThan(0.01);
    expect(fastest("torque")).toBeGreaterThan(1); // bounded by the torque limit alone
  });
});

describe("targets", () => {
  it.each([
    ["q", NaN],
    ["kp", Infinity],
    ["kd", -Infinity],
    ["tau", NaN],
  ] as const)("with %s = %d are refused by joint name before they reach the engine", (field, value) => {
    using yard = new SledgeYard(engine);
    const plant = yard.plant();
    const before = plant.stateHash();
    const targets = targetsAt(0, 0, 0, 0);
    targets[field][2] = value;
    expect(() => plant.step(targets)).toThrow(InvalidTargetError);
    expect(() => plant.step(targets)).toThrow(new RegExp(`"${field}" of joint "shoulder_joint" is ${value}`));
    expect(plant.stateHash()).toBe(before);
    plant.step(targetsAt(0, 0, 0, 0)); // still usable
  });
});

describe("an action delay", () => {
  it.each([0, 1, 3, 4, 5, 9])("of %i physics steps is exactly that", (delay) => {
    const timestep = 0.005;
    const randomization = { actionDelay: [delay * timestep, delay * timestep] };
    using yard = new SledgeYard(engine, { timestep, decimation: 4, randomization });
    const plant = yard.plant();
    expect(plant.randomization.delaySteps).toBe(delay);
    using byHand = twin(plant);
    const start = targetsAt(...plant.truth.q);
    let physicsStep = 0;
    for (let step = 0; step < 12; step++) {
      plant.step(wild(step));
      for (let k = 0; k < 4; k++, physicsStep++) {
        const decided = Math.floor((physicsStep - delay) / 4);
        stepByHand(byHand, plant, physicsStep < delay ? start : wild(decided));
      }
      expect(plant.stateHash()).toBe(byHand.hash());
    }
  });

  it("forgets the last episode: until the first target arrives the robot holds its starting pose", () => {
    using yard = new SledgeYard(engine, { randomization: { actionDelay: [0.02, 0.02] } });
    const plant = yard.plant();
    const stiff = targetsAt(1, 1, 1, 1);
    stiff.kp.fill(500);
    stiff.tau.fill(9);
    for (let step = 0; step < 5; step++) plant.step(stiff);
    const anew = () => {
      plant.reset(new Rng(3), { q: [0.1, 0.1, 0.2, 0.3] });
      plant.step(targetsAt(0, 0, 0, 0));
      return plant.stateHash();
    };
    const once = anew();
    using fresh = new SledgeYard(engine, { randomization: { actionDelay: [0.02, 0.02] } });
    const other = fresh.plant();
    other.reset(new Rng(3), { q: [0.1, 0.1, 0.2, 0.3] });
    other.step(targetsAt(0, 0, 0, 0));
    expect(once).toBe(other.stateHash());
    expect(anew()).toBe(once);
  });
});
