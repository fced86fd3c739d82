import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { Engine, type Model, type ModelSource, type Simulation } from "../../../src/sim/engine/index.ts";
import { readModel } from "../../../src/sim/model-files/read-model.ts";
import { generateScene, parseScene, SCENES } from "../../../src/sim/scenes.ts";
import { LOOK } from "../../../src/sim/terrain/look.ts";

const engine = await Engine.load();

function sceneSource(scene: (typeof SCENES)[number]): ModelSource {
  return "file" in scene
    ? readModel(`scenes/${scene.file}`)
    : generateScene({ kind: scene.kind, level: 3, seed: 1 }).model();
}

function run(simulation: Simulation, seconds: number): void {
  const steps = Math.round(seconds / simulation.model.timestep);
  for (let i = 0; i < steps; i++) simulation.step();
  simulation.assertFinite();
}

const joint = (model: Model, name: string) => model.views.jnt_qposadr[model.index("joint", name)];

describe.each(SCENES)("scene $name", (scene) => {
  it("compiles, has the three views, and keeps its ground and things in the world's contact class", () => {
    using model = engine.compile(sceneSource(scene));
    expect(model.names("camera")).toEqual(expect.arrayContaining(["front", "three_quarter", "side"]));
    const { geom_contype, geom_conaffinity } = model.views;
    let solid = 0;
    for (let geom = 0; geom < model.sizes.ngeom; geom++) {
      const bits = [geom_contype[geom], geom_conaffinity[geom]];
      expect([
        [0, 0],
        [1, 1],
      ]).toContainEqual(bits);
      solid += bits[0];
    }
    expect(solid).toBeGreaterThan(0);
  });

  it("leaves room for a robot at the origin", () => {
    const robot = `<mujoco><worldbody><body name="stand_in" pos="0 0 CLEAR"><freejoint/>
      <geom type="capsule" fromto="0 0 0.25 0 0 1.6" size="0.24" mass="60"/></body></worldbody></mujoco>`;
    const clear =
      "file" in scene ? 0 : generateScene({ kind: scene.kind, level: 3, seed: 1 }).clearHeightAt(0, 0);
    const source = {
      main: "stand-in.xml",
      files: new Map([["stand-in.xml", robot.replace("CLEAR", String(clear + 0.001))]]),
    };
    using model = engine.compose({ world: sceneSource(scene), attachments: [{ source }] });
    using simulation = engine.simulate(model);
    const geoms = model.names("geom").length - 1;
    expect(simulation.contacts().filter((contact) => contact.geoms.includes(geoms))).toEqual([]);
  });

  it("has ground to stand on a hundred metres away", () => {
    const ball = `<mujoco><worldbody><body name="ball" pos="100 -80 0.5"><freejoint/>
      <geom type="sphere" size="0.1" mass="1"/></body></worldbody></mujoco>`;
    const source = { main: "ball.xml", files: new Map([["ball.xml", ball]]) };
    using model = engine.compose({ world: sceneSource(scene), attachments: [{ source }] });
    using simulation = engine.simulate(model);
    run(simulation, 1);
    expect(simulation.views.xpos[3 * model.index("body", "ball") + 2]).toBeCloseTo(0.1, 2);
  });

  it("comes to rest", () => {
    using model = engine.compile(sceneSource(scene));
    using simulation = engine.simulate(model);
    run(simulation, 1.5);
    expect(Math.max(0, ...simulation.views.qvel.map(Math.abs))).toBeLessThan(0.02);
  });
});

describe("the registry", () => {
  it("reads a name, and a level and a side for generated ground", () => {
    expect(parseScene("flat").scene).toMatchObject({ file: "flat.xml" });
    expect(parseScene("stairs:7")).toMatchObject({ scene: { kind: "stairs" }, level: 7, side: 12 });
    expect(parseScene("rough:3:64")).toMatchObject({ scene: { kind: "rough" }, level: 3, side: 64 });
  });

  it("says what is wrong with anything else", () => {
    expect(() => parseScene("flaat")).toThrow(/no scene "flaat".*flat/);
    expect(() => parseScene("flat:2")).toThrow(/"flat" has no levels/);
    expect(() => parseScene("rough:10")).toThrow(/from 0 to 9/);
    expect(() => parseScene("rough:x")).toThrow(/from 0 to 9/);
    expect(() => parseScene("rough:1:2")).toThrow(/a side from 4 to 100 m/);
    expect(() => parseScene("rough:1:12:3")).toThrow(/no scene/);
  });

  it("gives generated worlds the look of the written ones", () => {
    const squeeze = (xml: string) =>
      xml
        .replace(/<!--[\s\S]*?-->|<\/?mujoco>/g, "")
        .replace(/\s+/g, " ")
        .trim();
    expect(squeeze(LOOK)).toBe(squeeze(readFileSync("scenes/look.xml", "utf8")));
  });
});

describe("the tabletop scene", () => {
  const model = engine.compile(readModel("scenes/tabletop.xml"));

  it("has a site for each thing and place that tasks name", () => {
    const things = ["box_red", "box_green", "box_blue", "cylinder", "parcel", "tray", "basket", "wagon"];
    const places = ["place_left", "place_right", "place_center", "place_wagon", "door_handle", "door_way"];
    const grips = [
      "parcel_left",
      "parcel_right",
      "tray_left",
      "tray_right",
      "wagon_bar_left",
      "wagon_bar_right",
    ];
    expect(model.names("site")).toEqual(expect.arrayContaining([...things, ...places, ...grips, "table"]));
  });

  it("keeps things where they were put, upright, for ten seconds", () => {
    using simulation = engine.simulate(model);
    const before = Float64Array.from(simulation.views.qpos);
    run(simulation, 10);
    for (const name of ["box_red", "box_green", "box_blue", "cylinder", "parcel", "tray", "basket"]) {
      const at = joint(model, name);
      for (let k = 0; k < 7; k++)
        expect(simulation.views.qpos[at + k], `${name} ${k}`).toBeCloseTo(before[at + k], 2);
    }
  });

  it("keeps the door shut against 60 N until the lever is pressed, then opens", () => {
    using simulation = engine.simulate(model);
    const { xfrc_applied, qfrc_applied, qpos } = simulation.views;
    const door = 6 * model.index("body", "door");
    const lever = model.views.jnt_dofadr[model.index("joint", "door_lever")];
    xfrc_applied[door] = 60; // at the leaf's middle, away from the robot's side
    run(simulation, 1);
    expect(Math.abs(qpos[joint(model, "door")])).toBeLessThan(0.01);
    xfrc_applied[door] = 0;
    run(simulation, 0.3);
    qfrc_applied[lever] = 1.5;
    run(simulation, 0.5);
    expect(qpos[joint(model, "door_lever")]).toBeGreaterThan(0.6);
    xfrc_applied[door] = 15;
    run(simulation, 1.5);
    expect(qpos[joint(model, "door")]).toBeGreaterThan(0.5);
    qfrc_applied[lever] = 0;
    xfrc_applied[door] = 0;
    run(simulation, 1);
    expect(qpos[joint(model, "door_lever")]).toBeLessThan(0.1);
  });

  it("lets the wagon roll straight to its place under 25 N at the bar, and stop when let go", () => {
    using simulation = engine.simulate(model);
    const { xfrc_applied, qpos, qvel } = simulation.views;
    const wagon = 6 * model.index("body", "wagon");
    const at = joint(model, "wagon");
    const from = [qpos[at], qpos[at + 1]];
    xfrc_applied[wagon] = 25;
    run(simulation, 1.5);
    xfrc_applied[wagon] = 0;
    expect(qpos[at] - from[0]).toBeGreaterThan(0.5);
    expect(Math.abs(qpos[at + 1] - from[1])).toBeLessThan(0.05);
    run(simulation, 12);
    expect(Math.abs(qvel[model.views.jnt_dofadr[model.index("joint", "wagon")]])).toBeLessThan(0.05);
  });
});

describe("the push scene", () => {
  it("has bollards that lean under a shove of 60 N and spring back", () => {
    using model = engine.compile(readModel("scenes/push.xml"));
    using simulation = engine.simulate(model);
    const { xfrc_applied, qpos } = simulation.views;
    const body = 6 * model.index("body", "bollard_1");
    xfrc_applied[body] = 60;
    run(simulation, 1);
    const lean = qpos[joint(model, "bollard_1_pitch")];
    expect(lean).toBeGreaterThan(0.1);
    expect(lean).toBeLessThan(0.4);
    xfrc_applied[body] = 0;
    run(simulation, 2);
    expect(Math.abs(qpos[joint(model, "bollard_1_pitch")])).toBeLessThan(0.02);
  });
});
