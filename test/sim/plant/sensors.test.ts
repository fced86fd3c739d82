import { describe, expect, it } from "vitest";
import { angleBetween, multiply, Rng } from "../../../src/common/index.ts";
import { createControlState } from "../../../src/sim/control-state.ts";
import { Engine } from "../../../src/sim/engine/index.ts";
import { SensorConfig } from "../../../src/sim/plant/plant-config.ts";
import { SensorModel } from "../../../src/sim/plant/sensors.ts";
import { SledgeYard, sledge, targetsAt } from "./sledge.ts";

const engine = await Engine.load();

/** Many measurements of one true state: per field, the errors of its first number. */
function errors(config: object, episodes = 1, each = 4000) {
  const sensors = new SensorModel(SensorConfig.parse(config));
  const [truth, measured] = [createControlState(sledge), createControlState(sledge)];
  truth.baseQuat.set([Math.SQRT1_2, 0, 0, Math.SQRT1_2]); // heading left, so that body and world axes differ
  const rng = new Rng(1);
  const found = { q: [] as number[], dq: [] as number[], gyro: [] as number[], tilt: [] as number[] };
  for (let episode = 0; episode < episodes; episode++) {
    sensors.reset(rng);
    for (let i = 0; i < each; i++) {
      sensors.measure(truth, measured, rng);
      found.q.push(measured.q[0] - truth.q[0]);
      found.dq.push(measured.dq[0] - truth.dq[0]);
      found.gyro.push(measured.baseAngVel[0] - truth.baseAngVel[0]);
      found.tilt.push(angleBetween(truth.baseQuat, measured.baseQuat));
    }
  }
  return found;
}

const mean = (values: number[]) => values.reduce((a, b) => a + b, 0) / values.length;
const variance = (values: number[]) => mean(values.map((value) => value * value)) - mean(values) ** 2;
const largest = (values: number[]) => Math.max(...values.map(Math.abs));

describe("sensor noise", () => {
  it.each([
    ["jointPosNoise", "q"],
    ["jointVelNoise", "dq"],
    ["gyroNoise", "gyro"],
  ] as const)("%s is uniform up to its amplitude and new at each step", (name, field) => {
    const found = errors({ [name]: 0.3 });
    expect(largest(found[field])).toBeLessThanOrEqual(0.3);
    expect(mean(found[field])).toBeCloseTo(0, 1.5);
    expect(variance(found[field])).toBeCloseTo(0.3 ** 2 / 3, 2);
    for (const other of ["q", "dq", "gyro", "tilt"] as const)
      if (other !== field) expect(largest(found[other])).toBe(0);
  });

  it("of the tilt turns the orientation by a small angle about roll and pitch", () => {
    const { tilt } = errors({ tiltNoise: 0.02 });
    expect(largest(tilt)).toBeLessThanOrEqual(0.02 * Math.SQRT2 + 1e-9);
    expect(mean(tilt.map((angle) => angle * angle))).toBeCloseTo((2 * 0.02 ** 2) / 3, 5);
  });

  it("leaves the orientation a unit quaternion and the heading alone", () => {
    const sensors = new SensorModel(SensorConfig.parse({ tiltNoise: 0.05 }));
    const [truth, measured] = [createControlState(sledge), createControlState(sledge)];
    const rng = new Rng(2);
    for (let i = 0; i < 200; i++) {
      sensors.measure(truth, measured, rng);
      expect(Math.hypot(...measured.baseQuat)).toBeCloseTo(1, 14);
      expect(measured.baseQuat[3]).toBe(0); // no rotation about z, in the body frame
    }
  });
});

describe("sensor bias", () => {
  it("stays the same during an episode and is new in the next", () => {
    const { gyro, tilt } = errors({ gyroBias: 0.1, tiltBias: 0.05 }, 500, 3);
    for (let i = 0; i < gyro.length; i += 3) {
      expect(new Set(gyro.slice(i, i + 3)).size).toBe(1);
      expect(tilt[i + 1]).toBe(tilt[i]);
    }
    expect(new Set(gyro).size).toBe(500);
    expect(largest(gyro)).toBeLessThanOrEqual(0.1);
    expect(largest(gyro)).toBeGreaterThan(0.095);
    expect(largest(tilt)).toBeLessThanOrEqual(0.05 * Math.SQRT2);
  });

  it("of the tilt is about the body's axes, whatever the heading", () => {
    const sensors = new SensorModel(SensorConfig.parse({ tiltBias: 0.1 }));
    const [truth, measured] = [createControlState(sledge), createControlState(sledge)];
    sensors.reset(new Rng(3));
    const relative = [0, 2].map((yaw) => {
      truth.baseQuat.set([Math.cos(yaw / 2), 0, 0, Math.sin(yaw / 2)]);
      sensors.measure(truth, measured, new Rng(3));
      const [w, x, y, z] = truth.baseQuat;
      return multiply([w, -x, -y, -z], measured.baseQuat, [0, 0, 0, 0]);
    });
    for (let k = 0; k < 4; k++) expect(relative[1][k]).toBeCloseTo(relative[0][k], 14);
  });

  it("of the tilt fills its range in roll and in pitch, each on its own", () => {
    const sensors = new SensorModel(SensorConfig.parse({ tiltBias: 0.1 }));
    const [truth, measured] = [createControlState(sledge), createControlState(sledge)];
    const rng = new Rng(4);
    const angles = Array.from({ length: 400 }, () => {
      sensors.reset(rng);
      sensors.measure(truth, measured, rng);
      return [2 * measured.baseQuat[1], 2 * measured.baseQuat[2]];
    });
    for (const axis of [0, 1]) {
      const values = angles.map((angle) => angle[axis]);
      expect(largest(values)).toBeLessThanOrEqual(0.1);
      expect(Math.max(...values)).toBeGreaterThan(0.095);
      expect(Math.min(...values)).toBeLessThan(-0.095);
    }
    const correlation = mean(angles.map(([roll, pitch]) => roll * pitch)) / (0.01 / 3);
    expect(Math.abs(correlation)).toBeLessThan(0.2);
  });
});

describe("a plant's measured state", () => {
  it("is the true one where sensors are exact", () => {
    using yard = new SledgeYard(engine);
    const plant = yard.plant();
    expect(plant.measured).toBe(plant.truth);
  });

  it("is noisy where they are not, while truth, physics, commands and privileged values stay exact", () => {
    using yard = new SledgeYard(engine, {
      sensors: { jointPosNoise: 0.01, gyroNoise: 0.1, tiltNoise: 0.01 },
    });
    using exact = new SledgeYard(engine);
    const [noisy, plain] = [yard.plant(), exact.plant()];
    for (let step = 0; step < 5; step++) {
      for (const plant of [noisy, plain]) {
        plant.step(targetsAt(0, 0, 0.5, 0));
        plant.ask([0.1 * step, 0, 0], [1, 2, 3, 4]);
      }
      expect([...noisy.truth.q]).toEqual([...plain.truth.q]);
      expect(noisy.stateHash()).toBe(plain.stateHash());
      expect([...noisy.measured.q]).not.toEqual([...noisy.truth.q]);
      expect([...noisy.measured.basePos]).toEqual([...noisy.truth.basePos]);
      expect([...noisy.measured.baseLinVel]).toEqual([...noisy.truth.baseLinVel]);
      expect([...noisy.measured.command]).toEqual([...noisy.truth.command]);
      expect([...noisy.measured.reference]).toEqual([1, 2, 3, 4]);
      expect([noisy.measured.time, noisy.measured.step]).toEqual([noisy.truth.time, noisy.truth.step]);
    }
  });

  it("repeats bit for bit with the seed, and differs with another", () => {
    using yard = new SledgeYard(engine, { sensors: { jointPosNoise: 0.01, gyroBias: 0.1, tiltBias: 0.01 } });
    const plant = yard.plant();
    const run = (seed: number) => {
      plant.reset(new Rng(seed));
      for (let step = 0; step < 5; step++) plant.step(targetsAt(0, 0, 0.5, 0));
      return [...plant.measured.q, ...plant.measured.baseQuat, ...plant.measured.baseAngVel];
    };
    const first = run(1);
    expect(run(1)).toEqual(first);
    expect(run(2)).not.toEqual(first);
  });

  it("has its noise drawn once a step: a kick does not draw it again", () => {
    using yard = new SledgeYard(engine, { sensors: { jointPosNoise: 0.01 } });
    const plant = yard.plant();
    plant.step(targetsAt(0, 0, 0, 0));
    const before = [...plant.measured.q];
    plant.kick([0.5, 0, 0]);
    expect([...plant.measured.q]).toEqual(before);
  });
});
