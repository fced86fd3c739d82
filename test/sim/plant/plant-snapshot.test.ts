import { expect, it } from "vitest";
import { Rng } from "../../../src/common/index.ts";
import { createJointTargets } from "../../../src/sim/control-state.ts";
import { DivergedError, Engine } from "../../../src/sim/engine/index.ts";
import { readModel } from "../../../src/sim/model-files/read-model.ts";
import { decodeFloats, encodeFloats } from "../../../src/sim/plant/exact-floats.ts";
import { compilePlantModel, Plant } from "../../../src/sim/plant/plant.ts";
import { PlantConfig } from "../../../src/sim/plant/plant-config.ts";
import { PlantDump, PlantSnapshot } from "../../../src/sim/plant/plant-snapshot.ts";
import { robotByName } from "../../../src/sim/robots/registry.ts";
import { ROOT } from "../../support/run-cli.ts";

const engine = await Engine.load();
const robot = robotByName("h1_2");
const sources = {
  robot: readModel(`${ROOT}assets/${robot.model}`),
  scene: readModel(`${ROOT}scenes/flat.xml`),
};
const config = PlantConfig.parse({
  randomization: {
    footFriction: [0.4, 1],
    linkMassScale: [0.9, 1.1],
    kpScale: [0.9, 1.1],
    jointFriction: [0, 1],
    actionDelay: [0.025, 0.045],
    comOffset: [0.03, 0.03, 0.03],
  },
  sensors: { jointPosNoise: 0.01, gyroNoise: 0.1, gyroBias: 0.05, tiltBias: 0.02 },
});
const newPlant = (settings: PlantConfig = config) =>
  new Plant(engine.simulate(compilePlantModel(engine, robot, sources, settings)), robot, settings);

/** Moves every joint about a little, for some steps, and returns what the plant then is and senses. */
function drive(plant: Plant, rng: Rng, steps: number): string[] {
  const targets = createJointTargets(robot);
  for (let step = 0; step < steps; step++) {
    for (let j = 0; j < targets.q.length; j++)
      targets.q[j] = robot.joints[j].default + rng.uniform(-0.2, 0.2);
    plant.step(targets);
    if (step % 20 === 10) plant.kick([rng.uniform(-0.5, 0.5), rng.uniform(-0.5, 0.5), 0]);
  }
  return [plant.stateHash(), encodeFloats(plant.measured.q), encodeFloats(plant.truth.tau)];
}

it("continues bit for bit from a snapshot, with delay, randomised motors and noisy sensors", () => {
  using plant = newPlant();
  plant.reset(new Rng(3));
  drive(plant, new Rng(4), 33);
  const snapshot = PlantSnapshot.parse(JSON.parse(JSON.stringify(plant.snapshot())));
  const on = drive(plant, new Rng(5), 50);
  using other = newPlant();
  drive(other, new Rng(6), 7);
  other.restore(snapshot);
  expect(drive(other, new Rng(5), 50)).toEqual(on);
  plant.restore(snapshot); // back in time, on the plant itself
  expect(drive(plant, new Rng(5), 50)).toEqual(on);
});

it("takes the digest of the model before randomised masses and motor gains are written into it", () => {
  const servo = PlantConfig.parse({ ...config, actuation: "position" });
  using plant = newPlant(servo);
  using other = newPlant(servo);
  drive(plant, new Rng(4), 3);
  expect(plant.simulation.model.hash()).not.toBe(plant.modelHash);
  expect(other.modelHash).toBe(plant.modelHash);
});

it("starts an episode the same way whatever gains the last one ended with", () => {
  using plant = newPlant();
  const startAfter = (stiffness: number) => {
    const soft = createJointTargets(robot);
    soft.kp.fill(stiffness);
    plant.step(soft);
    plant.reset(new Rng(8));
    return drive(plant, new Rng(9), 3);
  };
  expect(startAfter(5)).toEqual(startAfter(50));
});

it("refuses a snapshot of another configuration", () => {
  using plant = newPlant();
  using exact = newPlant(PlantConfig.parse({}));
  expect(() => exact.restore(plant.snapshot())).toThrow(/snapshot has \d+ numbers where .* have \d+/);
});

it("leaves a dump of a diverged step that diverges again, with the same targets under way", () => {
  using plant = newPlant();
  plant.reset(new Rng(3));
  drive(plant, new Rng(4), 12);
  plant.kick([0, 0, 3e4]);
  const before = plant.snapshot();
  const targets = createJointTargets(robot);
  let thrown: unknown;
  try {
    plant.step(targets);
  } catch (error) {
    thrown = error;
  }
  expect(thrown).toBeInstanceOf(DivergedError);
  const dump = PlantDump.parse(JSON.parse(JSON.stringify((thrown as DivergedError).dump)));
  // The oldest target under way is lost, and nothing can ask for it again.
  const { delayed, ...rest } = before;
  expect(dump).toMatchObject({ modelHash: plant.modelHash, engine: engine.version, snapshot: rest });
  const perTarget = 4 * robot.joints.length;
  expect(decodeFloats(dump.snapshot.delayed).slice(perTarget)).toEqual(
    decodeFloats(delayed).slice(perTarget),
  );
  using other = newPlant();
  other.restore(dump.snapshot);
  expect(() => other.step(targets)).toThrow((thrown as DivergedError).problem);
});

it("keeps every bit of a number in text", () => {
  const values = Float64Array.of(-0, Number.NaN, Number.MIN_VALUE, 1 / 3, Number.NEGATIVE_INFINITY);
  expect(decodeFloats(encodeFloats(values))).toEqual(values);
  const many = Float64Array.from({ length: 3001 }, (_, i) => i / 7);
  expect(decodeFloats(encodeFloats(many))).toEqual(many);
});
