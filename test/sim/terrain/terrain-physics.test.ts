import { describe, expect, it } from "vitest";
import { Rng } from "../../../src/common/index.ts";
import { Engine, RayCaster } from "../../../src/sim/engine/index.ts";
import { TiledTerrain } from "../../../src/sim/terrain/tiled-terrain.ts";

const engine = await Engine.load();
const KINDS = ["rough", "slopes", "stairs"] as const;
const puck = (half: number) => ({
  main: "puck.xml",
  files: new Map([
    [
      "puck.xml",
      `<mujoco><worldbody><body name="puck"><freejoint/><geom name="puck" type="box" size="${half} ${half} 0.05" mass="5"/></body></worldbody></mujoco>`,
    ],
  ]),
});

describe.each(KINDS)("generated %s in the engine", (kind) => {
  const terrain = new TiledTerrain({ kind, levels: [2, 8], columns: 2, seed: 5, border: 3 });

  it("is where heightAt says, wherever a ray comes down", () => {
    using model = engine.compile(terrain.model());
    using simulation = engine.simulate(model);
    using caster = new RayCaster(simulation, 1);
    const rng = new Rng(11);
    for (let i = 0; i < 400; i++) {
      const x = rng.uniform(-10.5, 10.5);
      const y = rng.uniform(-10.5, 10.5);
      caster.cast(Float64Array.of(x, y, 5), Float64Array.of(0, 0, -1));
      expect(5 - caster.distance[0], `at ${x}, ${y}`).toBeCloseTo(terrain.heightAt(x, y), 5);
    }
  });

  it("holds a box at the declared height", () => {
    const { x, y } = terrain.layout.tiles[3];
    using model = engine.compose({
      world: terrain.model(),
      attachments: [{ source: puck(0.3), pos: [x, y, terrain.clearHeightAt(x, y, 0.45) + 0.08] }],
    });
    using simulation = engine.simulate(model);
    for (let i = 0; i < 1500; i++) simulation.step();
    const { qpos, qvel } = simulation.views;
    const lowest = terrain.heightAt(qpos[0], qpos[1]) - 1e-3;
    const highest = terrain.clearHeightAt(qpos[0], qpos[1], 0.45) + 1e-3;
    expect(qpos[2] - 0.05).toBeGreaterThan(kind === "rough" ? lowest - 0.1 : lowest);
    expect(qpos[2] - 0.05).toBeLessThan(highest);
    expect(Math.max(...qvel.map(Math.abs))).toBeLessThan(0.01);
  });

  it("holds a ball on the border at height 0", () => {
    using model = engine.compose({
      world: terrain.model(),
      attachments: [{ source: puck(0.1), pos: [9.5, 0, 0.08] }],
    });
    using simulation = engine.simulate(model);
    for (let i = 0; i < 800; i++) simulation.step();
    expect(simulation.views.qpos[2]).toBeCloseTo(0.05, 3);
  });
});
