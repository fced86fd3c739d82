import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { UnknownNameError } from "../../../src/common/index.ts";
import { Engine, type Model } from "../../../src/sim/engine/index.ts";
import { readModel } from "../../../src/sim/model-files/read-model.ts";
import { robotByName, SHIPPED_ROBOTS } from "../../../src/sim/robots/registry.ts";
import { shellFiles } from "../../../tools/robot-shells/shell-files.ts";

const GROUND = '<mujoco><worldbody><geom name="ground" type="plane" size="0 0 1"/></worldbody></mujoco>';
const HEAP = 2 ** 31;

let engine: Engine;
const models = new Map<string, Model>();
beforeAll(async () => {
  engine = await Engine.load();
  for (const robot of SHIPPED_ROBOTS) {
    const source = readModel(`assets/${robot.model}`);
    const composition = {
      world: { main: "w.xml", files: new Map([["w.xml", GROUND]]) },
      attachments: [{ source }],
    };
    models.set(robot.name, engine.compose(composition));
  }
});
afterAll(() => {
  for (const model of models.values()) model[Symbol.dispose]();
});

function modelOf(name: string): Model {
  const model = models.get(name);
  if (model === undefined) throw new Error(`${name} was not compiled`);
  return model;
}

/** Pairs of touching geoms by name, the ground first. */
function touching(name: string, keyframe: string): string[] {
  const model = modelOf(name);
  using simulation = engine.simulate(model);
  simulation.reset(keyframe);
  simulation.forward();
  const geoms = model.names("geom");
  return simulation.contacts().map((contact) => contact.geoms.map((geom) => geoms[geom]).join(" on "));
}

describe.each(SHIPPED_ROBOTS.map((robot) => [robot.name, robot] as const))("%s", (name, robot) => {
  it("has the joints of its description, in the order of the actuators, with the same ranges and limits", () => {
    const model = modelOf(name);
    const { jnt_range, jnt_actfrcrange, actuator_trnid, dof_armature, jnt_dofadr } = model.views;
    expect(model.names("actuator")).toEqual(robot.joints.map((joint) => joint.name.replace(/_joint$/, "")));
    for (const [i, joint] of robot.joints.entries()) {
      const index = model.index("joint", joint.name);
      expect(actuator_trnid[2 * i]).toBe(index);
      expect([...jnt_range.slice(2 * index, 2 * index + 2)]).toEqual([...joint.range]);
      expect([...jnt_actfrcrange.slice(2 * index, 2 * index + 2)]).toEqual([
        -joint.torqueLimit,
        joint.torqueLimit,
      ]);
      expect(dof_armature[jnt_dofadr[index]]).toBe(0.01);
      expect(joint.default).toBeGreaterThanOrEqual(joint.range[0]);
      expect(joint.default).toBeLessThanOrEqual(joint.range[1]);
    }
  });

  it("gives armature, damping and friction to its motors and none to its floating base", () => {
    const { dof_armature, dof_damping, dof_frictionloss } = modelOf(name).views;
    for (const view of [dof_armature, dof_damping, dof_frictionloss])
      expect([...view.slice(0, 6)]).toEqual([0, 0, 0, 0, 0, 0]);
    expect(new Set(dof_damping.slice(6))).toEqual(new Set([0.001]));
    expect(new Set(dof_frictionloss.slice(6))).toEqual(new Set([0.1]));
  });

  it("starts its keyframe `default` in the default pose at the standing height", () => {
    const model = modelOf(name);
    using simulation = engine.simulate(model);
    simulation.reset("default");
    const { qpos } = simulation.views;
    expect(qpos[2]).toBe(robot.standingHeight);
    expect([...qpos.slice(7)]).toEqual(robot.joints.map((joint) => joint.default));
  });

  it.each(["default", "zero"])(
    "stands on four points a foot and touches nothing else in pose `%s`",
    (pose) => {
      const all = ["left_foot_collision", "right_foot_collision"].flatMap((foot) =>
        Array(4).fill(`ground on ${foot}`),
      );
      expect(touching(name, pose).sort()).toEqual(all.sort());
    },
  );

  it("names the bodies, sites, cameras and sensors that others rely on", () => {
    const model = modelOf(name);
    for (const body of [robot.baseBody, ...robot.footBodies, ...robot.kneeBodies]) model.index("body", body);
    for (const site of ["imu", "base", "left_hand", "right_hand", "left_foot", "right_foot"])
      model.index("site", site);
    for (const camera of ["head", "left_wrist", "right_wrist"]) model.index("camera", camera);
    expect(model.names("sensor")).toEqual([
      "imu_quat",
      "imu_gyro",
      "imu_acc",
      "base_pos",
      "base_quat",
      "base_gyro",
      "base_linvel",
      "left_foot_contact",
      "right_foot_contact",
      "left_foot_linvel",
      "right_foot_linvel",
    ]);
  });

  it("carries its weight on the feet: the contact sensors of a robot at rest add up to it", () => {
    const model = modelOf(name);
    using simulation = engine.simulate(model);
    simulation.reset("default");
    const { ctrl, qpos, qvel, sensordata } = simulation.views;
    let most = 0;
    for (let step = 0; step < 50; step++) {
      for (const [i, joint] of robot.joints.entries())
        ctrl[i] = joint.kp * (joint.default - qpos[7 + i]) - joint.kd * qvel[6 + i];
      simulation.step();
      const left = sensordata[model.views.sensor_adr[model.index("sensor", "left_foot_contact")]];
      const right = sensordata[model.views.sensor_adr[model.index("sensor", "right_foot_contact")]];
      most = Math.max(most, left + right);
    }
    const weight = 9.81 * model.views.body_mass.reduce((sum, mass) => sum + mass, 0);
    expect(most).toBeGreaterThan(0.8 * weight);
    expect(most).toBeLessThan(3 * weight);
  });

  it("shows shells that nothing collides with, and collides with capsules that nobody sees", () => {
    const model = modelOf(name);
    const { geom_contype, geom_conaffinity, geom_group, geom_type } = model.views;
    for (const [i, geom] of model.names("geom").entries()) {
      if (geom === "ground") continue;
      const collides = (geom_contype[i] | geom_conaffinity[i]) !== 0;
      expect([geom, collides, geom_group[i]]).toEqual([geom, /_collision/.test(geom), collides ? 3 : 2]);
      expect(geom_type[i] === 7).toBe(!collides);
    }
  });

  it("falls without filling its memory, and 512 of it fit into the heap", () => {
    const model = modelOf(name);
    using simulation = engine.simulate(model);
    simulation.reset("default");
    simulation.views.qvel.set([1, 0.3, 0, 0.5, 0.8, 0.2]);
    for (let step = 0; step < 1500; step++) simulation.step();
    expect(simulation.views.qpos[2]).toBeLessThan(0.35);
    expect(simulation.handle.maxuse_arena).toBeLessThan(simulation.handle.narena / 2);
    expect(512 * (simulation.handle.narena + simulation.handle.nbuffer)).toBeLessThan(HEAP / 2);
  });

  it("feels an arm that is pressed against the trunk, and legs that cross", () => {
    const model = modelOf(name);
    const pose = (angles: Readonly<Record<string, number>>) => {
      using simulation = engine.simulate(model);
      simulation.reset("zero");
      simulation.views.qpos[2] = 2;
      for (const [joint, angle] of Object.entries(angles))
        simulation.views.qpos[model.views.jnt_qposadr[model.index("joint", `${joint}_joint`)]] = angle;
      simulation.forward();
      const geoms = model.names("geom");
      return simulation.contacts().flatMap((contact) => contact.geoms.map((geom) => geoms[geom]));
    };
    expect(
      pose({ left_shoulder_yaw: -1.3, left_shoulder_roll: -0.3 }).some((g) => /left_(fore|hand)/.test(g)),
    ).toBe(true);
    expect(
      pose({ left_hip_roll: -0.43, right_hip_roll: 0.43 }).some((g) =>
        /left_shank|left_foot|left_thigh/.test(g),
      ),
    ).toBe(true);
  });
});

describe("the robots' shells", () => {
  it.each(["h1", "h1_2"] as const)("of %s are what the generator makes", (robot) => {
    const { files } = readModel(`assets/robots/${robot}/${robot}.xml`);
    const made = shellFiles(robot);
    const shipped = [...files].filter(([path]) => path.endsWith(".obj"));
    expect(shipped.length).toBeGreaterThan(20);
    for (const [path, bytes] of shipped) {
      const content = typeof bytes === "string" ? bytes : new TextDecoder().decode(bytes);
      expect(content).toBe(made.get(path.slice(path.lastIndexOf("/") + 1)));
    }
  });

  it("stay light enough for a browser", () => {
    for (const { name } of SHIPPED_ROBOTS) {
      const model = modelOf(name);
      const { geom_type, geom_dataid, mesh_facenum } = model.views;
      const triangles = geom_type.reduce(
        (sum, type, i) => sum + (type === 7 ? mesh_facenum[geom_dataid[i]] : 0),
        0,
      );
      expect(triangles).toBeLessThan(31_000);
    }
  });
});

describe("robotByName", () => {
  it("finds the shipped robots and maps them to their motor slots", () => {
    expect(robotByName("h1_2").joints.map((joint) => joint.motorSlot)).toEqual([
      ...Array(17).keys(),
      20,
      21,
      22,
      23,
    ]);
    expect(robotByName("h1_2_27dof").joints.map((joint) => joint.motorSlot)).toEqual([...Array(27).keys()]);
    expect(new Set(robotByName("h1").joints.map((joint) => joint.motorSlot)).has(9)).toBe(false);
  });

  it("names the robots that exist when asked for another", () => {
    expect(() => robotByName("h1-2")).toThrow(UnknownNameError);
    expect(() => robotByName("h1-2")).toThrow(/h1_2/);
  });
});
