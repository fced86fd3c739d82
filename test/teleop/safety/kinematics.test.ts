import { beforeAll, describe, expect, it } from "vitest";
import { Rng, rotateInverse } from "../../../src/common/index.ts";
import {
  compilePlantModel,
  Engine,
  Plant,
  PlantConfig,
  type RobotSpec,
  SHIPPED_ROBOTS,
} from "../../../src/sim/index.ts";
import { readModel } from "../../../src/sim/model-files/read-model.ts";
import { ArmGuard } from "../../../src/teleop/safety/arm-guard.ts";
import { BodyWatch } from "../../../src/teleop/safety/body-watch.ts";
import { jointLimits } from "../../../src/teleop/safety/envelope.ts";
import { Kinematics } from "../../../src/teleop/safety/kinematics.ts";
import { pelvisFromTorso, pelvisRateFromTorso } from "../../../src/teleop/safety/pelvis-frame.ts";
import { geometryText, geometryOf as makeGeometry } from "../../../tools/robot-geometry/geometry-of.ts";
import { ROOT } from "../../support/run-cli.ts";
import { envelopeOf, geometryOf, restingState } from "../support/safety-fixture.ts";

let engine: Engine;
beforeAll(async () => {
  engine = await Engine.load();
});

function plantOf(robot: RobotSpec): Plant & { readonly model: Disposable } {
  const config = PlantConfig.parse({ visuals: false });
  const scene = readModel(`${ROOT}scenes/flat.xml`);
  const model = compilePlantModel(
    engine,
    robot,
    { robot: readModel(`${ROOT}assets/${robot.model}`), scene },
    config,
  );
  return Object.assign(new Plant(engine.simulate(model), robot, config), { model });
}

function randomPose(robot: RobotSpec, rng: Rng): Float64Array {
  return Float64Array.from(robot.joints, ({ range }) => rng.uniform(range[0], range[1]));
}

const robots = SHIPPED_ROBOTS.filter(({ name }) => ["h1", "h1_2", "h1_2_27dof"].includes(name));

describe.each(robots.map((robot) => [robot.name, robot] as const))("the geometry file of %s", (_, robot) => {
  it("is what the robot's model says today", () => {
    using plant = plantOf(robot);
    const made = JSON.parse(geometryText(makeGeometry(plant.simulation.model, robot)));
    expect(geometryOf(robot)).toEqual(made);
  });

  it("puts every link where the engine puts it", () => {
    using plant = plantOf(robot);
    const kinematics = new Kinematics(robot, geometryOf(robot));
    const rng = new Rng(3);
    for (let i = 0; i < 20; i++) {
      const q = randomPose(robot, rng);
      plant.reset(rng, { q, yaw: 0.7, basePos: [1, 2, 3] });
      kinematics.pose(q);
      for (const [link, { name }] of kinematics.geometry.links.entries()) {
        const body = plant.simulation.model.index("body", name);
        const { xpos } = plant.simulation.views;
        const offset = [0, 1, 2].map((axis) => xpos[3 * body + axis] - [1, 2, 3][axis]);
        const expected = rotateInverse(plant.truth.baseQuat, offset, [0, 0, 0]);
        for (let axis = 0; axis < 3; axis++)
          expect(kinematics.pos[3 * link + axis]).toBeCloseTo(expected[axis], 7);
      }
    }
  });

  it("knows the standing height from the joints alone", () => {
    const envelope = envelopeOf(robot);
    const watch = new BodyWatch(robot, geometryOf(robot), envelope, jointLimits(envelope, robot), "torso");
    expect(watch.baseHeight(restingState(robot))).toBeCloseTo(robot.standingHeight, 3);
  });

  it("sees an arm touch the body exactly where the engine sees contact", () => {
    using plant = plantOf(robot);
    const guard = new ArmGuard(robot, geometryOf(robot), 0.02, jointLimits(envelopeOf(robot), robot));
    const names = plant.simulation.model.names("geom");
    const isArm = (geom: number) => /arm|hand|wrist/.test(names[geom]);
    const rng = new Rng(11);
    let touching = 0;
    for (let i = 0; i < 150; i++) {
      const q = randomPose(robot, rng);
      plant.reset(rng, { q, basePos: [0, 0, 5] });
      const contacts = plant.simulation
        .contacts()
        .filter(({ geoms }) => geoms.some(isArm) && !geoms.some((g) => names[g].includes("foot")));
      const deepest = Math.min(0, ...contacts.map(({ distance }) => distance));
      const clearance = guard.clearanceOf(q);
      if (deepest < 0) {
        touching++;
        expect(clearance).toBeCloseTo(deepest, 4);
      } else expect(clearance).toBeGreaterThan(-1e-4);
    }
    expect(touching).toBeGreaterThan(10);
  });

  it("leaves the default pose clear", () => {
    const envelope = envelopeOf(robot);
    const guard = new ArmGuard(robot, geometryOf(robot), 0, jointLimits(envelope, robot));
    expect(guard.clearanceOf(restingState(robot).q)).toBeGreaterThan(envelope.armClearance);
  });

  it("gives the pelvis' orientation and rate from the torso's, as the simulated sensors have them", () => {
    using plant = plantOf(robot);
    const rng = new Rng(4);
    const q = Float64Array.from(robot.joints, (joint) => joint.default);
    const waist = robot.joints.findIndex(({ name }) => name === "torso_joint");
    q[waist] = 0.8;
    plant.reset(rng, { q, basePos: [0, 0, 3], baseVel: [0, 0, 0, 0.5, -0.4, 0.3] });
    const { qvel } = plant.simulation.views;
    qvel[plant.index.dof[waist]] = 1.5;
    plant.simulation.forward();
    const { sensordata } = plant.simulation.views;
    const { sensor_adr } = plant.simulation.model.views;
    const at = (name: string) => sensor_adr[plant.simulation.model.index("sensor", name)];
    const torso = sensordata.subarray(at("imu_quat"), at("imu_quat") + 4);
    const gyro = sensordata.subarray(at("imu_gyro"), at("imu_gyro") + 3);
    const pelvis = pelvisFromTorso(torso, q[waist], [1, 0, 0, 0]);
    const rate = pelvisRateFromTorso(gyro, q[waist], 1.5, [0, 0, 0]);
    for (let k = 0; k < 4; k++) expect(pelvis[k]).toBeCloseTo(plant.truth.baseQuat[k], 9);
    for (let k = 0; k < 3; k++) expect(rate[k]).toBeCloseTo([0.5, -0.4, 0.3][k], 9);
  });
});
