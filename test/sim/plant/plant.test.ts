import { describe, expect, it } from "vitest";
import { Rng, rotateInverse, UnknownNameError } from "../../../src/common/index.ts";
import { DivergedError, Engine, modelFromText } from "../../../src/sim/engine/index.ts";
import { compilePlantModel, Plant } from "../../../src/sim/plant/plant.ts";
import { PlantConfig } from "../../../src/sim/plant/plant-config.ts";
import type { PlantDump } from "../../../src/sim/plant/plant-snapshot.ts";
import { H12World } from "../../support/h1-2-plant.ts";
import { SLEDGE_MASS, SledgeYard, sledge, sledgeSources, targetsAt } from "./sledge.ts";

const engine = await Engine.load();
const rest = targetsAt(0, 0, 0, 0);

describe("compiling a plant's model", () => {
  const compile = (overrides: object) =>
    compilePlantModel(engine, sledge, sledgeSources(), PlantConfig.parse(overrides));

  it("takes timestep, solver iterations and joint friction from the config", () => {
    using model = compile({ timestep: 0.004, solverIterations: 7, frictionLoss: false });
    expect(model.timestep).toBe(0.004);
    expect(model.options.iterations).toBe(7);
    expect(model.views.dof_frictionloss.every((loss) => loss === 0)).toBe(true);
  });

  it("integrates explicit torque by Euler and the servo implicitly, unless told otherwise", () => {
    const { mjINT_EULER, mjINT_IMPLICIT, mjINT_IMPLICITFAST } = engine.mujoco.mjtIntegrator;
    const integratorOf = (overrides: object) => {
      using model = compile(overrides);
      return model.options.integrator;
    };
    expect(integratorOf({})).toBe(mjINT_EULER.value);
    expect(integratorOf({ actuation: "position" })).toBe(mjINT_IMPLICITFAST.value);
    expect(integratorOf({ integrator: "implicit" })).toBe(mjINT_IMPLICIT.value);
  });

  it("refuses a config with a key that it does not know", () => {
    expect(() => PlantConfig.parse({ timstep: 0.002 })).toThrow(/timstep/);
  });
});

describe("finding the robot in a model", () => {
  const robotText = String(sledgeSources().robot.files.get("sledge.xml"));
  const build = (text: string, robot = sledge) => {
    const source = { ...sledgeSources(), robot: modelFromText(text, "sledge.xml") };
    const config = PlantConfig.parse({});
    using model = compilePlantModel(engine, robot, source, config);
    using simulation = engine.simulate(model);
    return new Plant(simulation, robot, config).index;
  };

  it("maps joints and actuators by name, whatever their order in the model", () => {
    const index = build(robotText);
    expect([...index.qpos]).toEqual([7, 8, 9, 10]);
    expect([...index.actuator]).toEqual([2, 3, 1, 0]); // the motors are declared arm first
    expect([...index.bodies]).toEqual([1, 2, 3, 4, 5, 6]);
  });

  it("names the joint that is missing and those that exist", () => {
    const other = { ...sledge, joints: [{ ...sledge.joints[0], name: "left_ankle" }] };
    expect(() => build(robotText, other)).toThrow(UnknownNameError);
    expect(() => build(robotText, other)).toThrow(/"left_ankle".*left_ankle_joint/);
  });

  it("names the joint that has no motor", () => {
    expect(() => build(robotText.replace('<motor name="e" joint="elbow_joint"/>', ""))).toThrow(
      /"elbow_joint" has no actuator/,
    );
  });

  it("needs a base that floats", () => {
    expect(() => build(robotText.replace('<freejoint name="root"/>', ""))).toThrow(
      /"pelvis" has no free joint/,
    );
  });
});

describe("starting an episode", () => {
  it("puts base and joints where they are asked to be, with the speed that was asked for", () => {
    using yard = new SledgeYard(engine);
    const plant = yard.plant();
    plant.reset(new Rng(1), {
      basePos: [1, 2, 0.5],
      yaw: Math.PI / 2,
      baseVel: [1, 0, 0, 0.1, 0.2, 0.3],
      q: [0.1, 0.2, 0.3, 0.4],
    });
    const { truth } = plant;
    expect([...truth.q]).toEqual([0.1, 0.2, 0.3, 0.4]);
    expect([...truth.dq]).toEqual([0, 0, 0, 0]);
    expect([...truth.basePos]).toEqual([1, 2, 0.5]);
    // Heading left, so velocity along the world's x is velocity to the right.
    for (const [k, value] of [0, -1, 0].entries()) expect(truth.baseLinVel[k]).toBeCloseTo(value, 14);
    expect([...truth.baseAngVel]).toEqual([0.1, 0.2, 0.3]);
    expect([truth.time, truth.step]).toEqual([0, 0]);
    plant.reset(new Rng(1));
    expect([...truth.basePos]).toEqual([0, 0, sledge.standingHeight]);
    expect([...truth.baseQuat]).toEqual([1, 0, 0, 0]);
  });

  it("leaves nothing of the last one: command, reference, forces, time", () => {
    using yard = new SledgeYard(engine);
    const plant = yard.plant();
    const fresh = plant.stateHash();
    plant.ask([1, 2, 3], [4, 5, 6, 7]);
    plant.applyForce("hand", [10, 0, 0], [0, 1, 0]);
    for (let step = 0; step < 5; step++) plant.step(targetsAt(1, 1, 1, 1));
    plant.reset(new Rng(9));
    expect(plant.stateHash()).toBe(fresh);
    expect([...plant.truth.command, ...plant.truth.reference]).toEqual([0, 0, 0, 0, 0, 0, 0]);
  });
});

describe("time", () => {
  it("is the step count times the control timestep, without drift", () => {
    using yard = new SledgeYard(engine, { timestep: 0.002, decimation: 10 });
    const plant = yard.plant();
    for (let step = 1; step <= 400; step++) {
      plant.step(rest);
      expect(plant.truth.time).toBe(step * 0.02);
    }
    expect(plant.simulation.time).toBeCloseTo(8, 9);
  });
});

describe("disturbances", () => {
  it("a kick adds exactly its velocity to the base and is seen at once, in the base frame", () => {
    using yard = new SledgeYard(engine, { sensors: { gyroNoise: 0.1 } }, "0 0 0");
    const plant = yard.plant();
    plant.reset(new Rng(1), { yaw: Math.PI / 2 });
    plant.kick([0.5, 0, 0]);
    plant.kick([0.25, 0, 0.125]);
    expect([...plant.simulation.views.qvel.slice(0, 3)]).toEqual([0.75, 0, 0.125]);
    for (const state of [plant.truth, plant.measured])
      for (const [k, value] of [0, -0.75, 0.125].entries())
        expect(state.baseLinVel[k]).toBeCloseTo(value, 14);
  });

  it("a force accelerates the robot by F/m until it is set again", () => {
    using yard = new SledgeYard(engine, { timestep: 0.001, decimation: 10 }, "0 0 0");
    const plant = yard.plant();
    plant.reset(new Rng(1), { basePos: [0, 0, 5] });
    const centre = () => plant.simulation.views.subtree_com[3];
    plant.applyForce("pelvis", [27, 0, 0]);
    for (let step = 0; step < 50; step++) plant.step(rest);
    plant.applyForce("pelvis", [0, 0, 0]);
    plant.simulation.forward();
    const [from, time] = [centre(), 0.5];
    expect(from).toBeCloseTo((27 / SLEDGE_MASS) * 0.5 * time * time, 2);
    for (let step = 0; step < 10; step++) plant.step(rest);
    plant.simulation.forward();
    expect((centre() - from) / 0.1).toBeCloseTo((27 / SLEDGE_MASS) * time, 3);
  });

  it("a torque turns it, and an unknown body is refused by name", () => {
    using yard = new SledgeYard(engine, {}, "0 0 0");
    const plant = yard.plant();
    plant.applyForce("pelvis", [0, 0, 0], [0, 0, 2]);
    for (let step = 0; step < 10; step++) plant.step(rest);
    expect(plant.truth.baseAngVel[2]).toBeGreaterThan(0.1);
    expect(() => plant.applyForce("pelvic", [0, 0, 0])).toThrow(/"pelvic".*pelvis/);
  });
});

describe("reading the feet", () => {
  const feetState = () => ({
    pos: new Float64Array(6),
    vel: new Float64Array(6),
    force: new Float64Array(6),
  });

  it("gives positions and velocities that agree with the model's own sensors, to rounding", () => {
    using yard = new SledgeYard(engine);
    const plant = yard.plant();
    plant.reset(new Rng(1), { basePos: [5, -3, 0.4], yaw: 1, baseVel: [1, -2, 0.5, 3, 2, -1] });
    const feet = feetState();
    const sensor = yard.model.views.sensor_adr[yard.model.index("sensor", "left_vel")];
    for (let step = 0; step < 20; step++) {
      plant.step(targetsAt(Math.sin(step), Math.cos(step), 0.5, 0.5));
      plant.readFeet(feet);
      const { sensordata, xpos } = plant.simulation.views;
      for (let k = 0; k < 6; k++) {
        expect(feet.vel[k]).toBeCloseTo(sensordata[sensor + k], 11);
        expect(feet.pos[k]).toBe(xpos[3 * plant.index.feet[k < 3 ? 0 : 1] + (k % 3)]);
      }
    }
  });

  it("gives velocities that are the differences of positions over time", () => {
    using yard = new SledgeYard(engine, { timestep: 1e-5, decimation: 1 }, "0 0 0");
    const plant = yard.plant();
    plant.reset(new Rng(1), { basePos: [5, -3, 1], baseVel: [1, -2, 0.5, 3, 2, -1] });
    const [before, after] = [feetState(), feetState()];
    plant.step(targetsAt(0.5, -0.5, 0.5, 0.5));
    plant.readFeet(before);
    plant.step(targetsAt(0.5, -0.5, 0.5, 0.5));
    plant.readFeet(after);
    for (let k = 0; k < 6; k++)
      expect((after.pos[k] - before.pos[k]) / 1e-5).toBeCloseTo((before.vel[k] + after.vel[k]) / 2, 2);
  });

  it("gives the weight on each foot, also of the shipped H1-2", () => {
    using world = new H12World(engine);
    const { plant } = world;
    const feet = feetState();
    const targets = targetsAtDefault(plant);
    let sum = 0;
    for (let step = 0; step < 50; step++) {
      plant.step(targets);
      plant.readFeet(feet);
      if (step >= 25) sum += (feet.force[2] + feet.force[5]) / 25;
    }
    const { body_subtreemass } = world.model.views;
    expect(sum / (9.81 * body_subtreemass[plant.index.base])).toBeCloseTo(1, 1);
    expect([feet.force[0], feet.force[1], feet.force[3], feet.force[4]]).toEqual([0, 0, 0, 0]);
  });

  it("agrees on the H1-2 with the sensors at the soles, after moving the velocity there", () => {
    using world = new H12World(engine);
    const { plant, model } = world;
    plant.reset(new Rng(1), { basePos: [2, 1, 2], baseVel: [0.5, -0.3, 0.2, 1, -0.5, 0.7] });
    const feet = feetState();
    const targets = targetsAtDefault(plant);
    targets.q[3] += 0.5;
    for (let step = 0; step < 5; step++) plant.step(targets);
    plant.readFeet(feet);
    const { sensordata, xquat, site_xpos, cvel } = plant.simulation.views;
    const at = model.views.sensor_adr[model.index("sensor", "left_foot_linvel")];
    const site = 3 * model.index("site", "left_foot");
    const omega = cvel.slice(6 * plant.index.feet[0], 6 * plant.index.feet[0] + 3);
    const arm = [0, 1, 2].map((k) => site_xpos[site + k] - feet.pos[k]);
    expect(
      rotateInverse(xquat.slice(4 * plant.index.feet[0], 4 * plant.index.feet[0] + 4), arm, [0, 0, 0])[0],
    ).toBeCloseTo(0.044, 9);
    for (let k = 0; k < 3; k++) {
      const [a, b] = [(k + 1) % 3, (k + 2) % 3];
      expect(feet.vel[k] + omega[a] * arm[b] - omega[b] * arm[a]).toBeCloseTo(sensordata[at + k], 10);
    }
  });

  it("names the sensor that a model lacks", () => {
    const { robot, scene } = sledgeSources();
    const text = String(robot.files.get(robot.main)).replace('name="right_foot_contact"', 'name="right"');
    const config = PlantConfig.parse({});
    using model = compilePlantModel(engine, sledge, { robot: modelFromText(text), scene }, config);
    using plant = new Plant(engine.simulate(model), sledge, config);
    expect(() => plant.readFeet(feetState())).toThrow(/"right_foot_contact"/);
  });
});

function targetsAtDefault({ robot }: Plant) {
  return {
    q: Float64Array.from(robot.joints, (joint) => joint.default),
    kp: Float64Array.from(robot.joints, (joint) => joint.kp),
    kd: Float64Array.from(robot.joints, (joint) => joint.kd),
    tau: new Float64Array(robot.joints.length),
  };
}

describe("physics that breaks", () => {
  const randomization = { kpScale: [0.9, 1.1], actionDelay: [0.02, 0.02], linkMassScale: [0.9, 1.1] };

  /** Explicit damping far beyond what the timestep can bear, once the delayed target arrives. */
  function explode(plant: Plant): { error: DivergedError; steps: number } {
    const absurd = targetsAt(1, -1, 1, -1);
    for (let step = 0; step < 3; step++) plant.step(rest);
    plant.simulation.views.qvel[plant.index.dof[2]] = 5e3;
    for (let steps = 0; steps < 50; steps++) {
      try {
        plant.step(absurd);
        plant.simulation.views.qvel[plant.index.dof[2]] *= 4;
      } catch (error) {
        if (error instanceof DivergedError) return { error, steps };
        throw error;
      }
    }
    throw new Error("It did not diverge.");
  }

  it("is caught in the control step in which it breaks, names the joint, and leaves a dump", () => {
    using yard = new SledgeYard(engine, { randomization });
    const plant = yard.plant();
    plant.step(rest);
    plant.simulation.views.qpos[plant.index.qpos[1]] = NaN;
    expect(() => plant.step(rest)).toThrow(DivergedError);
    const other = yard.plant();
    const { error } = explode(other);
    expect(error.message).toMatch(/diverged.*the velocity of joint|qpos/);
    expect((error.dump as PlantDump).modelHash).toBe(other.modelHash);
  });

  it("breaks again, in the same way, when the dump is run in a fresh plant", () => {
    using yard = new SledgeYard(engine, { randomization });
    const { error } = explode(yard.plant());
    const dump: PlantDump = JSON.parse(JSON.stringify(error.dump));
    using elsewhere = new SledgeYard(engine, { randomization });
    const again = elsewhere.plant();
    expect(again.modelHash).toBe(dump.modelHash);
    again.restore(dump.snapshot);
    expect(again.simulation.views.qpos.every(Number.isFinite)).toBe(true);
    let message = "";
    try {
      again.step(targetsAt(1, -1, 1, -1));
    } catch (caught) {
      message = (caught as Error).message;
    }
    expect(message).toBe(error.message);
  });

  it("leaves the world usable after a reset", () => {
    using yard = new SledgeYard(engine);
    const plant = yard.plant();
    const run = () => {
      plant.reset(new Rng(1));
      for (let step = 0; step < 10; step++) plant.step(rest);
      return plant.stateHash();
    };
    const before = run();
    explode(plant);
    expect(run()).toBe(before);
  });
});
