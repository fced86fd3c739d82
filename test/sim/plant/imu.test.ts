import { describe, expect, it } from "vitest";
import { Rng } from "../../../src/common/index.ts";
import {
  compilePlantModel,
  createJointTargets,
  Engine,
  modelFromText,
  Plant,
  PlantConfig,
  type RobotSpec,
} from "../../../src/sim/index.ts";

const engine = await Engine.load();
const scene = modelFromText('<mujoco model="empty"><worldbody/></mujoco>');
const robotModel =
  modelFromText(`<mujoco model="stick"><worldbody><body name="base"><freejoint/><geom size="0.1" mass="5"/><site name="imu" pos="0 0 0.5"/>
  <body name="arm" pos="0 0 -0.2"><joint name="pin_joint" axis="1 0 0" actuatorfrcrange="-1 1"/><geom size="0.02" mass="0.001"/></body></body></worldbody>
  <actuator><motor joint="pin_joint"/></actuator>
  <sensor><framequat name="imu_quat" objtype="site" objname="imu"/><gyro name="imu_gyro" site="imu"/><accelerometer name="imu_acc" site="imu"/></sensor></mujoco>`);
const stick: RobotSpec = {
  name: "stick",
  title: "a stick",
  model: "",
  joints: [
    {
      name: "pin_joint",
      group: "upper",
      range: [-1, 1],
      torqueLimit: 1,
      velocityLimit: 10,
      kp: 0,
      kd: 0,
      default: 0,
      mirrorSign: 1,
      motorSlot: 0,
    },
  ],
  baseBody: "base",
  standingHeight: 1,
  footBodies: ["base", "base"],
  kneeBodies: ["base", "base"],
};

function falling(sensors: object): Plant {
  const config = PlantConfig.parse({ sensors });
  return new Plant(
    engine.simulate(compilePlantModel(engine, stick, { robot: robotModel, scene }, config)),
    stick,
    config,
  );
}

describe("the inertial unit", () => {
  it("feels nothing in free fall, and the turn that the body makes", () => {
    using plant = falling({});
    plant.reset(new Rng(1), { baseVel: [0, 0, 0, 0, 0, 2] });
    plant.step(createJointTargets(stick));
    expect([...(plant.imu?.gyro ?? [])].map((x) => Math.round(x * 1e6) / 1e6)).toEqual([0, 0, 2]);
    for (const a of plant.imu?.acc ?? [1]) expect(Math.abs(a)).toBeLessThan(1e-6);
  });

  it("adds noise within its amplitude around a bias that stays for the episode", () => {
    using plant = falling({ accelerometerNoise: 0.2, accelerometerBias: 0.5, gyroNoise: 0.01 });
    plant.reset(new Rng(2));
    const readings = Array.from({ length: 200 }, () => {
      plant.step(createJointTargets(stick));
      return plant.imu?.acc[0] ?? Number.NaN;
    });
    const middle = (Math.max(...readings) + Math.min(...readings)) / 2;
    expect(Math.abs(middle)).toBeLessThanOrEqual(0.5);
    for (const reading of readings) expect(Math.abs(reading - middle)).toBeLessThanOrEqual(0.2 + 1e-9);
    expect(new Set(readings).size).toBe(200);
  });

  it("is absent where the model has no sensors for it", () => {
    const blind = modelFromText([...robotModel.files.values()].join("").replace(/<sensor>.*<\/sensor>/s, ""));
    const config = PlantConfig.parse({});
    using plant = new Plant(
      engine.simulate(compilePlantModel(engine, stick, { robot: blind, scene }, config)),
      stick,
      config,
    );
    expect(plant.imu).toBeUndefined();
  });
});
