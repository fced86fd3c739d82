import { existsSync } from "node:fs";
import { beforeAll, describe, expect, it } from "vitest";
import { Rng } from "../../../src/common/index.ts";
import { Engine } from "../../../src/sim/engine/index.ts";
import { readModel } from "../../../src/sim/model-files/read-model.ts";
import { checkRobot, type RobotCheck } from "../../../src/sim/robots/check.ts";

let engine: Engine;
beforeAll(async () => {
  engine = await Engine.load();
});

const pendulum = (
  options: {
    mass?: number;
    wrist?: "hinge" | "welded";
    tip?: number;
    torque?: number;
    armature?: number;
  } = {},
) => {
  const { mass = 1, wrist = "hinge", tip = 0.3, torque = 5, armature = 0.01 } = options;
  return `<mujoco><worldbody><body name="base"><freejoint/>
  <geom type="box" size=".1 .2 .3" mass="3"/>
  <body name="arm" pos="0 0.2 0" quat="0.9 0.1 0 0">
    <joint name="shoulder" axis="0 1 0" armature="${armature}" range="-1 1" actuatorfrcrange="-${torque} ${torque}"/>
    <geom type="capsule" fromto="0 0 0 ${tip} 0 0" size=".03" mass="${mass}"/>
    <body name="hand" pos="${tip} 0 0.1" quat="0.8 0 0.6 0">
      ${wrist === "hinge" ? '<joint name="wrist" axis="1 0 0" range="-1 1"/>' : ""}
      <geom type="box" size=".02 .03 .04" pos="0.05 0 0" mass=".4"/>
    </body></body></body></worldbody></mujoco>`;
};

function check(ours: string, theirs: string): RobotCheck {
  using left = engine.compile(ours);
  using right = engine.compile(theirs);
  return checkRobot(engine, left, right, new Rng(1), 20);
}

const failed = (result: RobotCheck) => [
  ...new Set(result.rows.filter((row) => !row.pass).map((row) => row.quantity)),
];

describe("checkRobot", () => {
  it("finds no difference between a model and itself", () => {
    const result = check(pendulum(), pendulum());
    expect(failed(result)).toEqual([]);
    expect(result.pass).toBe(true);
    expect(result.sharedJoints).toEqual(["shoulder", "wrist"]);
    expect(Math.max(...result.rows.map((row) => row.error))).toBeLessThan(1e-14);
  });

  it("welds a joint that one side lacks and fuses the links on both sides of it", () => {
    const result = check(pendulum({ wrist: "hinge" }), pendulum({ wrist: "welded" }));
    expect(failed(result)).toEqual([]);
    expect(result.weldedOurs).toEqual(["wrist"]);
    const arm = result.rows.find((row) => row.quantity === "mass" && row.link === "arm");
    expect(arm?.ours).toEqual([1.4]);
  });

  it("ignores armature in the mass matrix and reports it for itself", () => {
    expect(failed(check(pendulum({ armature: 0.5 }), pendulum()))).toEqual(["armature"]);
  });

  it.each([
    ["a mass that is off by 0.5 %", { mass: 1.005 }, ["mass", "inertia", "mass matrix"]],
    ["a link that is longer", { tip: 0.305 }, ["centre of mass", "inertia", "frame position", "mass matrix"]],
    ["another torque limit", { torque: 6 }, ["torque limit"]],
  ])("finds %s", (_, options, quantities) => {
    const found = failed(check(pendulum(options), pendulum()));
    for (const quantity of quantities) expect(found).toContain(quantity);
  });

  it("refuses models that have no joint in common", () => {
    expect(() =>
      check(pendulum(), pendulum().replace('"shoulder"', '"a"').replace('"wrist"', '"b"')),
    ).toThrow(/no joint in common/);
  });
});

describe("our robots", () => {
  const references = "../shared/data/robots";
  it.skipIf(!existsSync(references)).each([
    ["assets/robots/h1_2/h1_2_21dof.xml", `${references}/h1_2/h1_2_21dof.xml`, 21, 0],
    ["assets/robots/h1/h1.xml", `${references}/h1/h1.xml`, 10, 9],
  ])(
    "%s agrees with the published model (skipped without ../shared/data)",
    (ours, theirs, shared, welded) => {
      using left = engine.compile(readModel(ours));
      using right = engine.compile(readModel(theirs));
      const result = checkRobot(engine, left, right, new Rng(1));
      expect(result.rows.filter((row) => !row.pass)).toEqual([]);
      expect(result.sharedJoints).toHaveLength(shared);
      expect(result.weldedOurs).toHaveLength(welded);
    },
  );

  it("agree between the two variants of H1-2 in all links above the elbows", () => {
    using left = engine.compile(readModel("assets/robots/h1_2/h1_2.xml"));
    using right = engine.compile(readModel("assets/robots/h1_2/h1_2_21dof.xml"));
    const { rows } = checkRobot(engine, left, right, new Rng(1), 20);
    const differing = new Set(rows.filter((row) => !row.pass).map((row) => row.link));
    // The variants' forearms carry different hands and are fused into the links of the shoulders' yaw joints here.
    expect([...differing].sort()).toEqual(["left_shoulder_yaw_link", "right_shoulder_yaw_link", "robot"]);
  });
});
