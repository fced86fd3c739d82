import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { UnknownNameError, UsageError } from "../../../src/common/index.ts";
import { Engine } from "../../../src/sim/engine/index.ts";
import { findRobot, listRobots } from "../../../src/sim/model-files/find-robot.ts";
import { importRobot } from "../../../src/sim/model-files/import-robot.ts";
import { readModel } from "../../../src/sim/model-files/read-model.ts";
import { compilePlantModel } from "../../../src/sim/plant/plant.ts";
import { PlantConfig } from "../../../src/sim/plant/plant-config.ts";
import { indexRobot } from "../../../src/sim/plant/robot-index.ts";
import type { RobotSpec } from "../../../src/sim/robots/robot.ts";

const SCENE = '<mujoco><worldbody><geom name="ground" type="plane" size="0 0 1"/></worldbody></mujoco>';
const TETRAHEDRON = "v 0 0 0\nv 0.1 0 0\nv 0 0.1 0\nv 0 0 0.1\nf 1 3 2\nf 1 2 4\nf 2 3 4\nf 1 4 3\n";

/** A biped on legs of two hinges each, with a mesh for its trunk, driven by servos, bolted to the world. */
const BIPED = `<mujoco model="biped"><compiler meshdir="../shapes" angle="radian"/>
  <asset><mesh name="trunk" file="trunk.obj"/></asset>
  <worldbody><geom name="floor" type="plane" size="1 1 1"/>
    <body name="trunk" pos="0 0 1"><geom type="mesh" mesh="trunk" mass="5"/><site name="imu"/>
      <body name="head" pos="0 0 .2"><joint name="neck" axis="0 0 1" range="-1 1"/><geom size=".05" mass="1"/></body>
      ${["left", "right"]
        .map((side) => {
          const y = side === "left" ? 0.1 : -0.1;
          return `<body name="${side}_thigh" pos="0 ${y} 0">
            <joint name="${side}_hip" axis="1 0 0" range="-.5 1"/><geom type="capsule" fromto="0 0 0 0 0 -.2" size=".03" mass="1"/>
            <body name="${side}_shin" pos="0 0 -.2"><joint name="${side}_knee" axis="0 1 0" range="0 2"/>
              <geom type="capsule" fromto="0 0 0 0 0 -.2" size=".02" mass=".5"/>
              <body name="${side}_foot" pos="0 0 -.2"><geom type="box" size=".08 .03 .01" pos=".02 0 -.02" mass=".3"/></body>
            </body></body>`;
        })
        .join("")}
    </body></worldbody>
  <actuator>
    ${["left", "right"].map((s) => `<position name="${s}_hip" joint="${s}_hip" kp="60" kv="3" forcerange="-40 40"/><position name="${s}_knee" joint="${s}_knee" kp="80" forcerange="-50 50"/>`).join("")}
    <motor joint="neck" ctrlrange="-5 5"/>
  </actuator>
  <sensor><actuatorfrc actuator="left_hip"/></sensor>
  <keyframe><key name="home" qpos="0.1 0.2 0.3 -0.2 0.3"/></keyframe></mujoco>`;

const inertial = (mass: number) =>
  `<inertial><mass value="${mass}"/><inertia ixx=".02" iyy=".02" izz=".02" ixy="0" ixz="0" iyz="0"/></inertial>`;

const URDF = `<?xml version="1.0"?><robot name="walker">
  <link name="pelvis">${inertial(5)}<collision><geometry><mesh filename="package://walker/meshes/pelvis.obj"/></geometry></collision></link>
  ${["left", "right"]
    .map(
      (side) => `<link name="${side}_leg">${inertial(1)}</link>
    <joint name="${side}_hip_pitch" type="revolute"><parent link="pelvis"/><child link="${side}_leg"/>
      <origin xyz="0 ${side === "left" ? 0.1 : -0.1} 0"/><axis xyz="0 1 0"/><limit lower="-1" upper="1" effort="30" velocity="7"/></joint>
    <link name="${side}_foot">${inertial(0.5)}<collision><geometry><sphere radius="0.05"/></geometry></collision></link>
    <joint name="${side}_ankle_roll" type="continuous"><parent link="${side}_leg"/><child link="${side}_foot"/>
      <origin xyz="0 0 -0.4"/><axis xyz="1 0 0"/></joint>`,
    )
    .join("")}</robot>`;

let engine: Engine;
let folder: string;
beforeAll(async () => {
  engine = await Engine.load();
});
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "contrapposto-robots-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function write(path: string, content: string): string {
  const file = join(folder, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, content);
  return file;
}

const robots = () => join(folder, "robots");
const places = () => ({ assets: "assets", userRobots: robots() });
const options = (name: string) => ({ name, robotsFolder: robots() });

function importBiped() {
  write("source/shapes/trunk.obj", TETRAHEDRON);
  write("source/model/scene.xml", '<mujoco><include file="biped.xml"/></mujoco>');
  write("source/model/biped.xml", BIPED);
  return importRobot(engine, join(folder, "source/model"), options("biped"));
}

function importUrdf() {
  write("walker/meshes/pelvis.obj", TETRAHEDRON);
  return importRobot(engine, write("walker/urdf/walker.urdf", URDF), options("walker"));
}

/** Compiles an imported robot as an environment would, and lets it fall for a moment. */
function drive(name: string): RobotSpec {
  const { robot, modelPath } = findRobot(name, places());
  const source = {
    robot: readModel(modelPath),
    scene: { main: "scene.xml", files: new Map([["scene.xml", SCENE]]) },
  };
  using model = compilePlantModel(engine, robot, source, PlantConfig.parse({}));
  const index = indexRobot(model, robot);
  using simulation = engine.simulate(model);
  simulation.views.qpos[index.baseQpos + 2] = 2;
  simulation.views.ctrl[index.actuator[0]] = 1;
  simulation.step();
  simulation.assertFinite();
  const force = simulation.views.qfrc_actuator[index.dof[0]];
  expect(force).toBeCloseTo(1, 9);
  return robot;
}

describe("importing an MJCF folder", () => {
  it("finds the model beside its scene and takes joints, limits, gains and pose from it", () => {
    const { robot } = importBiped();
    expect(
      robot.joints.map(({ name, range, torqueLimit, kp, kd, default: angle }) => [
        name,
        range,
        torqueLimit,
        kp,
        kd,
        angle,
      ]),
    ).toEqual([
      ["neck", [-1, 1], 5, 20, 0.5, 0.1],
      ["left_hip", [-0.5, 1], 40, 60, 3, 0.2],
      ["left_knee", [0, 2], 50, 80, 1.6, 0.3],
      ["right_hip", [-0.5, 1], 40, 60, 3, -0.2],
      ["right_knee", [0, 2], 50, 80, 1.6, 0.3],
    ]);
  });

  it("tells legs from the rest, finds feet, knees and IMU, and mirrors", () => {
    const { robot } = importBiped();
    expect(robot.joints.map((joint) => joint.group)).toEqual(["upper", "lower", "lower", "lower", "lower"]);
    expect(robot.joints.map((joint) => joint.mirrorSign)).toEqual([-1, -1, 1, -1, 1]);
    expect(robot.footBodies).toEqual(["left_foot", "right_foot"]);
    expect(robot.kneeBodies).toEqual(["left_shin", "right_shin"]);
    expect([robot.baseBody, robot.imuSite]).toEqual(["trunk", "imu"]);
  });

  it("stands it on its lowest foot corner", () => {
    const { robot } = importBiped();
    using model = engine.compile(readModel(findRobot("biped", places()).modelPath));
    using simulation = engine.simulate(model);
    const { qpos } = simulation.views;
    qpos.set([0, 0, robot.standingHeight - 1e-4, 1, 0, 0, 0, ...robot.joints.map((joint) => joint.default)]);
    simulation.forward();
    const deepest = Math.min(...simulation.contacts().map((contact) => contact.distance));
    expect(deepest).toBeCloseTo(-1e-4, 6);
  });

  it("frees the base and turns servos into motors, so that the robot can be driven", () => {
    importBiped();
    expect(drive("biped").joints).toHaveLength(5);
  });

  it("says what it guessed", () => {
    const { guesses } = importBiped();
    expect(guesses.join("\n")).toMatch(/velocity limit of 5 joints/);
    expect(guesses.join("\n")).toMatch(/damping of 3 joints/);
    expect(guesses.join("\n")).not.toMatch(/torque limit|default angle/);
  });

  it("leaves a model as it is if it floats and has motors", () => {
    const { robot } = importRobot(engine, "assets/robots/h1/h1.xml", options("mine"));
    expect(robot.model).toBe("h1.xml");
    expect(readFileSync(join(robots(), "mine/h1.xml"))).toEqual(readFileSync("assets/robots/h1/h1.xml"));
    const shipped = findRobot("h1", places()).robot;
    expect(robot.joints.map((joint) => joint.name)).toEqual(shipped.joints.map((joint) => joint.name));
    expect(robot.joints.map((joint) => joint.mirrorSign)).toEqual(
      shipped.joints.map((joint) => joint.mirrorSign),
    );
    expect(robot.joints.map((joint) => joint.group)).toEqual(shipped.joints.map((joint) => joint.group));
    expect(robot.standingHeight).toBeCloseTo(shipped.standingHeight, 6);
    expect(robot.kneeBodies).toEqual(shipped.kneeBodies);
  });
});

describe("importing a URDF", () => {
  it("resolves package paths, keeps effort and velocity limits, and lets the base float", () => {
    const { robot } = importUrdf();
    expect(robot.baseBody).toBe("pelvis");
    expect(
      robot.joints.map(({ name, torqueLimit, velocityLimit }) => [name, torqueLimit, velocityLimit]),
    ).toEqual([
      ["left_hip_pitch", 30, 7],
      ["left_ankle_roll", 50, 20],
      ["right_hip_pitch", 30, 7],
      ["right_ankle_roll", 50, 20],
    ]);
    expect(robot.standingHeight).toBeCloseTo(0.45, 6);
    expect(
      existsSync(join(robots(), "walker/meshes/pelvis.obj")) ||
        existsSync(join(robots(), "walker/urdf/pelvis.obj")) ||
        existsSync(join(robots(), "walker/pelvis.obj")),
    ).toBe(true);
    drive("walker");
  });

  it("keeps the base's mass", () => {
    importUrdf();
    using model = engine.compile(readModel(findRobot("walker", places()).modelPath));
    expect(model.views.body_mass[model.index("body", "pelvis")]).toBe(5);
  });
});

describe("robots of other people", () => {
  const reference = "../shared/data/robots/h1";
  it.skipIf(!existsSync(reference))("import with their meshes (skipped without ../shared/data)", () => {
    const { robot, guesses } = importRobot(engine, reference, options("reference"));
    expect(robot.joints).toHaveLength(10);
    expect(robot.footBodies).toEqual(["left_ankle_link", "right_ankle_link"]);
    expect(robot.standingHeight).toBeCloseTo(1.0442, 3);
    expect(guesses.join("\n")).toMatch(/stiffness of 10 joints/);
    drive("reference");
  });
});

describe("an import that cannot work", () => {
  it.each([
    ["h1", /robot of the package/],
    ["../up", /cannot name a robot/],
  ])("refuses the name %s", (name, message) => {
    const file = write("biped.xml", BIPED);
    expect(() => importRobot(engine, file, options(name))).toThrow(message);
  });

  it("refuses a name that is taken, unless told to replace", () => {
    importBiped();
    expect(() => importBiped()).toThrow(/already/);
    const again = importRobot(engine, join(folder, "source/model"), { ...options("biped"), replace: true });
    expect(again.robot.name).toBe("biped");
  });

  it.each([
    [
      "has no legs",
      '<mujoco><worldbody><body name="rail"><geom size=".1"/><body name="arm"><joint name="a"/><geom size=".1"/></body></body></worldbody></mujoco>',
      /no two feet/,
    ],
    [
      "runs on a rail",
      '<mujoco><worldbody><body name="arm"><joint name="a"/><geom size=".1"/></body></worldbody></mujoco>',
      /joints of its own/,
    ],
    [
      "has no joints",
      '<mujoco><worldbody><body name="box"><geom size=".1"/></body></worldbody></mujoco>',
      /no named hinge/,
    ],
    ["does not compile", "<mujoco><worldbody><body><geom/></body></worldbody></mujoco>", /does not compile/],
  ])("leaves nothing behind when the model %s", (_, text, message) => {
    const file = write("model.xml", text);
    expect(() => importRobot(engine, file, options("broken"))).toThrow(message);
    expect(existsSync(join(robots(), "broken"))).toBe(false);
  });

  it("asks which model is meant where a folder holds two", () => {
    write("two/a.xml", BIPED);
    write("two/b.xml", BIPED);
    expect(() => importRobot(engine, join(folder, "two"), options("two"))).toThrow(/a\.xml, b\.xml/);
  });
});

describe("finding robots", () => {
  it("lists shipped robots first and imported ones after them", () => {
    importBiped();
    expect(listRobots(places()).map(({ robot }) => robot.name)).toEqual([
      "h1_2",
      "h1_2_27dof",
      "h1",
      "h1_2_grippers",
      "biped",
    ]);
  });

  it("names imported robots too when asked for one that does not exist", () => {
    importBiped();
    expect(() => findRobot("bipe", places())).toThrow(UnknownNameError);
    expect(() => findRobot("bipe", places())).toThrow(/biped/);
  });

  it("says which field of an edited robot.json is wrong", () => {
    importBiped();
    const file = join(robots(), "biped/robot.json");
    const edit = (change: (robot: { joints: { range: number[]; name: string }[] }) => void) => {
      const robot = JSON.parse(readFileSync(file, "utf8"));
      change(robot);
      writeFileSync(file, JSON.stringify(robot));
    };
    edit((robot) => robot.joints[1].range.reverse());
    expect(() => findRobot("biped", places())).toThrow(UsageError);
    expect(() => findRobot("biped", places())).toThrow(/joints\.1/);
    writeFileSync(file, "{");
    expect(() => findRobot("biped", places())).toThrow(/not JSON/);
  });
});
