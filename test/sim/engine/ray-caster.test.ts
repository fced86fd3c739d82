import { describe, expect, it } from "vitest";
import { UsageError } from "../../../src/common/index.ts";
import { Engine, RayCaster, readLookFlags } from "../../../src/sim/engine/index.ts";

const engine = await Engine.load();
const WORLD = `<mujoco><worldbody><geom type="plane" size="0 0 1"/>
  <body name="ball" pos="0 0 2"><geom name="skin" size="0.5" group="1"/></body></worldbody></mujoco>`;
const down = Float64Array.of(0, 0, -1, 0, 0, 1, 0.6, 0, -0.8);

describe("a ray caster", () => {
  it("returns geom, distance and normal of each ray, and -1 where it meets nothing", () => {
    using model = engine.compile(WORLD);
    using simulation = engine.simulate(model);
    using caster = new RayCaster(simulation, 3);
    caster.cast(Float64Array.of(0, 0, 4), down);
    expect([...caster.geom]).toEqual([1, -1, 0]);
    expect(caster.distance[0]).toBeCloseTo(1.5, 12);
    expect(caster.distance[1]).toBe(-1);
    expect(caster.distance[2]).toBeCloseTo(5, 12);
    expect([...caster.normal.subarray(0, 3)]).toEqual([0, 0, 1]);
    expect([...caster.normal.subarray(6)]).toEqual([0, 0, 1]);
  });

  it("gives the same answers ray by ray", () => {
    using model = engine.compile(WORLD);
    using simulation = engine.simulate(model);
    using caster = new RayCaster(simulation, 3, { cutoff: 4.9 });
    using other = new RayCaster(simulation, 3, { cutoff: 4.9 });
    caster.cast(Float64Array.of(0.1, 0, 4), down);
    other.castExactly(Float64Array.of(0.1, 0, 4), down);
    expect([...other.geom]).toEqual([1, -1, -1]);
    for (const field of ["geom", "distance", "normal"] as const)
      expect([...other[field]]).toEqual([...caster[field]]);
  });

  it("passes through hidden groups and the excluded body, and ends at the cutoff", () => {
    using model = engine.compile(WORLD);
    using simulation = engine.simulate(model);
    const first = (filter: object) => {
      using caster = new RayCaster(simulation, 1, filter);
      caster.cast(Float64Array.of(0, 0, 4), Float64Array.of(0, 0, -1));
      return caster.geom[0];
    };
    expect(first({ groups: [0, 2] })).toBe(0);
    expect(first({ excludeBody: model.index("body", "ball") })).toBe(0);
    expect(first({ cutoff: 1.4 })).toBe(-1);
  });

  it("keeps its results readable when the heap grows", () => {
    using model = engine.compile(WORLD.replace("<worldbody>", `<size memory="200M"/><worldbody>`));
    using simulation = engine.simulate(model);
    using caster = new RayCaster(simulation, 3);
    caster.cast(Float64Array.of(0, 0, 4), down);
    const more = engine.simulateMany(model, 3);
    expect([...caster.geom]).toEqual([1, -1, 0]);
    for (const other of more) other[Symbol.dispose]();
  });

  it("refuses directions for another number of rays", () => {
    using model = engine.compile(WORLD);
    using simulation = engine.simulate(model);
    using caster = new RayCaster(simulation, 2);
    expect(() => caster.cast(new Float64Array(3), down)).toThrow(UsageError);
  });
});

describe("look flags", () => {
  it("say which lights burn and throw shadows, and which textures repeat per metre", () => {
    using model =
      engine.compile(`<mujoco><asset><texture name="t" type="2d" builtin="checker" width="8" height="8"/>
      <material name="a" texture="t" texuniform="true"/><material name="b" texture="t"/></asset>
      <worldbody><light castshadow="false"/><light active="false"/><light type="directional"/>
      <geom type="plane" size="1 1 1" material="a" group="4"/><geom size="0.1" material="b"/></worldbody></mujoco>`);
    using simulation = engine.simulate(model);
    expect(readLookFlags(simulation)).toEqual({
      lightIsActive: Uint8Array.of(1, 0, 1),
      lightCastsShadow: Uint8Array.of(0, 0, 1),
      materialIsUniform: Uint8Array.of(1, 0),
    });
  });
});
