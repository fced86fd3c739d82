import { existsSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { Engine, HeapExhaustedError, MissingAssetError, ModelError } from "../../../src/sim/engine/index.ts";
import { readModel } from "../../../src/sim/model-files/read-model.ts";

const engine = await Engine.load();

const PENDULUM = `<mujoco><option timestep="0.001"/><worldbody><body pos="0 0 1"><joint name="pin" axis="0 1 0"/>
  <geom name="rod" type="capsule" size="0.01" fromto="0 0 0 0 0 -0.5" mass="1"/></body></worldbody></mujoco>`;
const BALL = `<mujoco model="ball"><worldbody><body name="ball"><freejoint/><geom name="skin" size="0.1" mass="1"/></body></worldbody>
  <keyframe><key name="up" qpos="0 0 2 1 0 0 0"/></keyframe></mujoco>`;
const FLOOR = `<mujoco model="floor"><worldbody><geom name="floor" type="plane" size="5 5 .1"/></worldbody></mujoco>`;
const text = (xml: string, main = "model.xml") => ({ main, files: new Map([[main, xml]]) });

describe("compiling a model", () => {
  it("names file and line of an element that MuJoCo does not know", () => {
    const compile = () =>
      engine.compile(text("<mujoco>\n<worldbody>\n<bod/>\n</worldbody></mujoco>", "broken.xml"));
    expect(compile).toThrow(ModelError);
    expect(compile).toThrow(/broken\.xml.*unrecognized element.*line 3/);
    try {
      compile();
    } catch (error) {
      expect(error).toMatchObject({ code: "MODEL", line: 3, file: "broken.xml" });
    }
  });

  it("names the mesh file that is missing", () => {
    const xml = `<mujoco><asset><mesh name="m" file="nowhere.stl"/></asset><worldbody><geom type="mesh" mesh="m"/></worldbody></mujoco>`;
    expect(() => engine.compile(xml)).toThrow(MissingAssetError);
    expect(() => engine.compile(xml)).toThrow(/nowhere\.stl/);
  });

  it("finds meshes and includes in any folder layout, also when the model is attached to a world", () => {
    const source = {
      main: "robots/a/robot.xml",
      files: new Map([
        [
          "robots/a/robot.xml",
          `<mujoco><compiler meshdir="../../shared/meshes"/><include file="../parts.xml"/></mujoco>`,
        ],
        [
          "robots/parts.xml",
          `<mujoco><asset><mesh name="tet" file="tet.obj"/></asset><worldbody><body name="b"><freejoint/><geom type="mesh" mesh="tet"/></body></worldbody></mujoco>`,
        ],
        ["shared/meshes/tet.obj", "v 0 0 0\nv 1 0 0\nv 0 1 0\nv 0 0 1\nf 1 3 2\nf 1 2 4\nf 2 3 4\nf 1 4 3\n"],
      ]),
    };
    using alone = engine.compile(source);
    using inWorld = engine.compose({ world: text(FLOOR), attachments: [{ source }] });
    expect([alone.sizes.nmesh, inWorld.sizes.nmesh, inWorld.sizes.nbody]).toEqual([1, 1, 2]);
  });

  it("reads the reference robot with its 57 meshes and include from disk", (context) => {
    const path = "../shared/data/robots/h1_2/scene_21dof.xml";
    if (!existsSync(path)) return context.skip("../shared/data is absent");
    const source = readModel(path);
    expect(source.files.size).toBeGreaterThan(50);
    using model = engine.compile(source);
    expect([model.sizes.nu, model.sizes.nbody]).toEqual([21, 53]);
  }, 60_000);
});

describe("composing a world", () => {
  it("attaches two copies under prefixes, at their places, with their keyframes", () => {
    const ball = text(BALL, "ball.xml");
    using model = engine.compose({
      world: text(FLOOR),
      attachments: [
        { source: ball, prefix: "a/", pos: [0, 0, 1] },
        { source: ball, prefix: "b/", pos: [2, 0, 1] },
      ],
      physics: { timestep: 0.004 },
    });
    expect(model.timestep).toBe(0.004);
    expect(model.names("body")).toEqual(["world", "a/ball", "b/ball"]);
    expect(model.names("key")).toEqual(["a/up", "b/up"]);
    using simulation = engine.simulate(model);
    expect([...simulation.views.xpos.slice(3)]).toEqual([0, 0, 1, 2, 0, 1]);
  });

  it("asks for a prefix when names collide", () => {
    const ball = text(BALL, "ball.xml");
    expect(() =>
      engine.compose({ world: text(FLOOR), attachments: [{ source: ball }, { source: ball }] }),
    ).toThrow(/ball|repeated|prefix/i);
  });
});

describe("the heap", () => {
  it("does not keep the meshes of models that were composed and freed", async () => {
    const fresh = await Engine.load(); // other tests would have grown the heap already
    const source = {
      main: "ball.xml",
      files: new Map([
        [
          "ball.xml",
          `<mujoco><asset><mesh name="m" file="ball.obj"/></asset><worldbody><body name="b"><freejoint/><geom type="mesh" mesh="m"/></body></worldbody></mujoco>`,
        ],
        ["ball.obj", sphereObj(48, 96)],
      ]),
    };
    const heapAfter = (times: number) => {
      for (let i = 0; i < times; i++) {
        fresh.compose({ world: text(FLOOR), attachments: [{ source }] })[Symbol.dispose]();
      }
      using probe = fresh.compile(BALL);
      return probe.views.qpos0.buffer.byteLength;
    };
    const early = heapAfter(3);
    // What is left is the engine's own: some 70 kB a composition, whatever its size. A kept mesh would be ten times that.
    expect(heapAfter(60) - early).toBeLessThan(20e6);
  });
});

describe("a simulation", () => {
  it("keeps its views alive when the heap grows", () => {
    using model = engine.compile(
      `<mujoco><size memory="150M"/><worldbody><body pos="0 0 1"><freejoint/><geom size=".1"/></body></worldbody></mujoco>`,
    );
    using first = engine.simulate(model);
    const early = first.views.qpos;
    const more = engine.simulateMany(model, 4);
    expect(early.length).toBe(0); // the engine's own view has died
    expect(first.views.qpos[2]).toBe(1);
    first.step();
    expect(first.views.qvel[2]).toBeCloseTo(-9.81 * 0.002, 12);
    for (const simulation of more) simulation[Symbol.dispose]();
  });

  it("says how many simulations fit when the heap is exhausted, and frees what it took", async () => {
    const engine = await Engine.load(); // a heap of its own: what fits depends on what was there before
    using model = engine.compile(
      `<mujoco><size memory="300M"/><worldbody><body><freejoint/><geom size=".1"/></body></worldbody></mujoco>`,
    );
    const fill = () => engine.simulateMany(model, 20);
    expect(fill).toThrow(HeapExhaustedError);
    let fitted = 0;
    try {
      fill();
    } catch (error) {
      fitted = (error as HeapExhaustedError).fitted;
      expect((error as Error).message).toMatch(/20 simulations .* do not fit .* 2 GiB heap/);
    }
    expect(fitted).toBeGreaterThan(1);
    const again = engine.simulateMany(model, fitted);
    for (const simulation of again) simulation[Symbol.dispose]();
  });

  it("continues bit for bit from a saved state, and its hash tells states apart", () => {
    using model = engine.compile(PENDULUM);
    using simulation = engine.simulate(model);
    simulation.views.qpos[0] = 1;
    for (let i = 0; i < 100; i++) simulation.step();
    const saved = simulation.save();
    for (let i = 0; i < 500; i++) simulation.step();
    const end = simulation.hash();
    using other = engine.simulate(model);
    expect(other.hash()).not.toBe(end);
    other.restore(saved);
    for (let i = 0; i < 500; i++) other.step();
    expect(other.hash()).toBe(end);
  });

  it("notices a state that is no longer finite and names what broke", () => {
    using model = engine.compile(PENDULUM, {});
    using simulation = engine.simulate(model);
    simulation.assertFinite();
    simulation.views.qvel[0] = Number.NaN;
    expect(() => simulation.assertFinite()).toThrow(/joint "pin".*NaN/);
    simulation.step();
    expect(() => simulation.assertFinite()).toThrow(/diverged/);
  });

  it("counts the engine's warnings instead of printing them", () => {
    using model = engine.compile(PENDULUM);
    using simulation = engine.simulate(model);
    expect(simulation.warnings().size).toBe(0);
    simulation.views.qpos[0] = Number.NaN;
    simulation.step();
    expect(simulation.warnings().get("BADQPOS")).toBeGreaterThan(0);
  });

  it("offers the names that exist when one does not", () => {
    using model = engine.compile(PENDULUM);
    expect(model.index("joint", "pin")).toBe(0);
    expect(() => model.index("joint", "pim")).toThrow(/no joint in model\.xml "pim".*Use one of: pin/);
  });

  it("reports contacts with the force that carries the weight", () => {
    using model = engine.compose({
      world: text(FLOOR),
      attachments: [{ source: text(BALL), pos: [0, 0, 0.1] }],
    });
    using simulation = engine.simulate(model);
    for (let i = 0; i < 2000; i++) simulation.step();
    const [contact] = simulation.contacts();
    expect(contact.force[0]).toBeCloseTo(9.81, 1);
  });
});

describe("the physics", () => {
  it("lets a body fall as Galileo says, up to the integrator's known error", () => {
    using model = engine.compile(
      `<mujoco><option timestep="0.001"/><worldbody><body pos="0 0 100"><freejoint/><geom size=".1"/></body></worldbody></mujoco>`,
    );
    using simulation = engine.simulate(model);
    for (let i = 0; i < 1000; i++) simulation.step();
    // Semi-implicit Euler: z = z0 - g h^2 n (n + 1) / 2, exactly.
    expect(simulation.views.qpos[2]).toBeCloseTo(100 - (9.81 * 1e-6 * 1000 * 1001) / 2, 9);
  });

  it("swings a pendulum with the period of the closed form", () => {
    using model = engine.compile(PENDULUM);
    using simulation = engine.simulate(model);
    const amplitude = 0.01;
    simulation.views.qpos[0] = amplitude;
    let crossings = 0;
    let last = 0;
    let previous = amplitude;
    let first = 0;
    while (crossings < 21) {
      simulation.step();
      const angle = simulation.views.qpos[0];
      if (previous > 0 !== angle > 0) {
        last = simulation.time - 0.001 * (Math.abs(angle) / (Math.abs(angle) + Math.abs(previous)));
        if (crossings++ === 0) first = last;
      }
      previous = angle;
    }
    const { body_inertia, body_mass, body_ipos } = model.views;
    const arm = Math.abs(body_ipos[3 + 2]);
    const about = Math.max(body_inertia[3], body_inertia[4], body_inertia[5]) + body_mass[1] * arm * arm;
    const period = 2 * Math.PI * Math.sqrt(about / (body_mass[1] * 9.81 * arm));
    expect((last - first) / 10).toBeCloseTo(period, 4);
  });

  it("keeps energy and momentum of a tumbling body in free space", () => {
    using model =
      engine.compile(`<mujoco><option timestep="0.0005" gravity="0 0 0" integrator="RK4"><flag energy="enable"/></option>
      <worldbody><body><freejoint/><geom type="box" size=".1 .2 .3" mass="3"/></body></worldbody></mujoco>`);
    using simulation = engine.simulate(model);
    simulation.views.qvel.set([1, -2, 0.5, 3, 0.2, -4]);
    simulation.forward();
    const energy = simulation.views.energy[1];
    for (let i = 0; i < 4000; i++) simulation.step();
    expect(simulation.views.energy[1]).toBeCloseTo(energy, 6);
    expect([...simulation.views.qvel.slice(0, 3)]).toEqual([1, -2, 0.5]);
  });
});

/** A closed sphere of latitudes and longitudes as OBJ text. */
function sphereObj(rings: number, segments: number): string {
  const lines = ["v 0 0 1", "v 0 0 -1"];
  for (let r = 1; r < rings; r++) {
    for (let k = 0; k < segments; k++) {
      const [theta, phi] = [(Math.PI * r) / rings, (2 * Math.PI * k) / segments];
      lines.push(
        `v ${Math.sin(theta) * Math.cos(phi)} ${Math.sin(theta) * Math.sin(phi)} ${Math.cos(theta)}`,
      );
    }
  }
  const at = (r: number, k: number) => 3 + (r - 1) * segments + (k % segments);
  for (let k = 0; k < segments; k++) {
    lines.push(`f 1 ${at(1, k)} ${at(1, k + 1)}`, `f 2 ${at(rings - 1, k + 1)} ${at(rings - 1, k)}`);
    for (let r = 1; r < rings - 1; r++) {
      lines.push(
        `f ${at(r, k)} ${at(r + 1, k)} ${at(r + 1, k + 1)}`,
        `f ${at(r, k)} ${at(r + 1, k + 1)} ${at(r, k + 1)}`,
      );
    }
  }
  return lines.join("\n");
}
