import { describe, expect, it } from "vitest";
import { hashFloats, quantile, Rng } from "../../../src/common/index.ts";
import { HeightField } from "../../../src/sim/terrain/height-field.ts";
import { nextTerrainRow } from "../../../src/sim/terrain/terrain-curriculum.ts";
import { roughAmplitude, slopeAngle, stepHeight } from "../../../src/sim/terrain/tile.ts";
import { allLevels, almiTerrain, TiledTerrain } from "../../../src/sim/terrain/tiled-terrain.ts";

const single = (kind: "rough" | "slopes" | "stairs", level: number, seed = 0) =>
  new TiledTerrain({ kind, levels: [level], seed });

function heights(terrain: TiledTerrain): Float32Array {
  if (terrain.ground.field === null) throw new Error("The terrain is no height field.");
  return terrain.ground.field.heights;
}

describe("a height field", () => {
  it("passes through its grid points and splits a cell along the diagonal from low to high corner", () => {
    const field = new HeightField(2, 2, 1, Float32Array.of(0, 1, 4, 2));
    expect(field.heightAt(-0.5, -0.5)).toBe(0);
    expect(field.heightAt(0.5, -0.5)).toBe(1);
    expect(field.heightAt(-0.5, 0.5)).toBe(4);
    expect(field.heightAt(0.5, 0.5)).toBe(2);
    expect(field.heightAt(0, 0)).toBe(1); // halfway up the diagonal from 0 to 2
    expect(field.heightAt(0.25, -0.25)).toBeCloseTo(1, 12);
    expect(field.heightAt(-0.25, 0.25)).toBeCloseTo(2.5, 12);
  });

  it("is level ground outside", () => {
    const field = new HeightField(2, 2, 1, Float32Array.of(3, 3, 3, 3));
    expect([field.heightAt(0.51, 0), field.heightAt(0, -0.51), field.heightAt(Number.NaN, 0)]).toEqual([
      0, 0, 0,
    ]);
  });

  it("refuses a grid that its heights do not fill", () => {
    expect(() => new HeightField(3, 3, 1, new Float32Array(8))).toThrow(/8 heights.*3 x 3/);
  });
});

describe("rough ground", () => {
  it.each(allLevels())("at level %i spans the level's amplitude and no more", (level) => {
    const terrain = single("rough", level);
    const [low, high] = terrain.ground.field?.range() ?? [];
    expect(low).toBeCloseTo(-roughAmplitude(level), 6);
    expect(high).toBeCloseTo(roughAmplitude(level), 6);
  });

  it("goes from 5 mm to 5 cm in multiples of 5 mm, as ALMI's", () => {
    expect([roughAmplitude(0), roughAmplitude(9)]).toEqual([0.005, 0.05]);
    for (const height of heights(single("rough", 7))) {
      const units = height / 0.005;
      expect(Math.abs(units - Math.round(units))).toBeLessThan(1e-4);
    }
  });

  it("draws its knots uniformly: mean 0, deviation of a uniform draw", () => {
    const field = almiTerrain(4, 4).ground.field;
    if (field === null) throw new Error("no field");
    const level = 9;
    const knots: number[] = [];
    for (let row = 0; row < field.rows; row += 2)
      for (let column = 80 * level + 2; column < 80 * level + 80; column += 2)
        knots.push(field.heights[row * field.columns + column]);
    const mean = knots.reduce((a, b) => a + b) / knots.length;
    const deviation = Math.sqrt(knots.reduce((a, b) => a + (b - mean) ** 2, 0) / knots.length);
    // Uniform over the 21 values -10..10: variance (21^2 - 1) / 12 units of 5 mm.
    expect(Math.abs(mean)).toBeLessThan(0.0015);
    expect(deviation).toBeCloseTo(0.005 * Math.sqrt((21 * 21 - 1) / 12), 3);
    expect(Math.abs(quantile(knots, 0.25) + 0.025)).toBeLessThan(0.0051);
  });

  it("is the same bits for the same seed, and other ground for another", () => {
    expect(hashFloats(heights(single("rough", 5, 1)))).toBe(hashFloats(heights(single("rough", 5, 1))));
    expect(hashFloats(heights(single("rough", 5, 1)))).not.toBe(hashFloats(heights(single("rough", 5, 2))));
  });

  it("lays a tile alike, alone and among others", () => {
    const alone = single("rough", 3, 9);
    const among = new TiledTerrain({ kind: "rough", levels: [2, 3, 4], columns: 2, seed: 9 });
    const { x, y } = among.layout.tiles[2]; // row 1 (level 3), column 0
    for (const [dx, dy] of [
      [0, 0],
      [1.37, -2.11],
      [-3.5, 3.6],
    ])
      expect(among.heightAt(x + dx, y + dy)).toBeCloseTo(alone.heightAt(dx, dy), 9);
  });
});

describe("slopes", () => {
  it.each(allLevels())("at level %i rise by the declared angle", (level) => {
    const terrain = single("slopes", level);
    const slope = (terrain.heightAt(2, 0.3) - terrain.heightAt(3, 0.3)) / 1;
    expect(Math.atan(slope)).toBeCloseTo(slopeAngle(level), 5);
  });

  it("go from 2 to 20 degrees", () => {
    expect((slopeAngle(0) * 180) / Math.PI).toBeCloseTo(2, 12);
    expect((slopeAngle(9) * 180) / Math.PI).toBeCloseTo(20, 12);
  });

  it("have a flat platform of 2 x 2 m, a flat rim, and hollows in every other column", () => {
    const terrain = new TiledTerrain({ kind: "slopes", levels: [6], columns: 2 });
    const [hill, hollow] = terrain.layout.tiles;
    expect(terrain.heightAt(hill.x + 0.9, hill.y - 0.9)).toBe(terrain.heightAt(hill.x, hill.y));
    expect(terrain.heightAt(hill.x + 3.8, hill.y)).toBe(0);
    expect(terrain.heightAt(hill.x, hill.y)).toBeGreaterThan(0.6);
    expect(terrain.heightAt(hollow.x, hollow.y)).toBeCloseTo(-terrain.heightAt(hill.x, hill.y), 6);
  });
});

describe("stairs", () => {
  it.each(allLevels())("at level %i have steps of the declared height", (level) => {
    const terrain = single("stairs", level);
    const seen = new Set<number>();
    for (let x = 0; x < 4; x += 0.01) seen.add(terrain.heightAt(x, 0));
    const sorted = [...seen].sort((a, b) => a - b);
    expect(sorted[0]).toBe(0);
    expect(sorted.length).toBe(11); // the ground and ten steps
    for (let i = 1; i < sorted.length; i++)
      expect(sorted[i] - sorted[i - 1]).toBeCloseTo(stepHeight(level), 9);
  });

  it("go from 2 to 20 cm and are 30 cm deep", () => {
    expect([stepHeight(0), stepHeight(9)]).toEqual([0.02, 0.2]);
    const terrain = single("stairs", 4);
    const edges: number[] = [];
    for (let x = 0.5; x < 4; x += 0.001)
      if (terrain.heightAt(x, 0) !== terrain.heightAt(x + 0.001, 0)) edges.push(x);
    for (let i = 1; i < edges.length; i++) expect(edges[i] - edges[i - 1]).toBeCloseTo(0.3, 2);
  });
});

describe("starting on a terrain", () => {
  it("has ALMI's grid: ten levels of 20 tiles of 8 m, easiest first", () => {
    const { layout } = almiTerrain(0);
    expect(layout.tiles.length).toBe(200);
    expect([layout.halfX, layout.halfY, layout.border]).toEqual([40, 80, 500]);
    expect(layout.tiles[0]).toMatchObject({ x: -36, y: -76, level: 0 });
    expect(layout.tiles[199]).toMatchObject({ x: 36, y: 76, level: 9 });
    expect(layout.tileAt(-36, -76)).toBe(0);
    expect([layout.tileAt(40.1, 0), layout.tileAt(0, -80.1)]).toEqual([-1, -1]);
  });

  it("draws tiles of the asked rows only, all columns of them, and remembers which", () => {
    const start = almiTerrain(0, 4).startingAt(2, 5);
    const rng = new Rng(3);
    const seen = new Set<number>();
    for (let i = 0; i < 500; i++) {
      const [x, y] = start.spawn(rng);
      expect(start.terrain.layout.tiles[start.tile]).toMatchObject({ x, y });
      seen.add(start.tile);
    }
    expect([...seen].sort((a, b) => a - b)).toEqual(Array.from({ length: 16 }, (_, i) => 8 + i));
  });

  it.each(["rough", "slopes", "stairs"] as const)(
    "says how high a robot must start on %s so that no ground is inside its feet",
    (kind) => {
      const terrain = single(kind, 9, 2);
      const rng = new Rng(8);
      for (let i = 0; i < 200; i++) {
        const [x, y] = [rng.uniform(-4.5, 4.5), rng.uniform(-4.5, 4.5)];
        const clear = terrain.clearHeightAt(x, y, 0.3);
        let highest = Number.NEGATIVE_INFINITY;
        for (let dx = -0.3; dx <= 0.3; dx += 0.01)
          for (let dy = -0.3; dy <= 0.3; dy += 0.01)
            highest = Math.max(highest, terrain.heightAt(x + dx, y + dy));
        expect(clear).toBeGreaterThanOrEqual(highest - 1e-9);
        expect(clear - highest).toBeLessThan(kind === "stairs" ? 0.21 : 0.06);
      }
    },
  );

  it("moves up after half a tile, down after half the asked distance or less, and anywhere after the last row", () => {
    const outcome = { distance: 5, commandSpeed: 0.5, episodeSeconds: 20 };
    const rng = new Rng(0);
    expect(nextTerrainRow(3, 10, outcome, rng)).toBe(4);
    expect(nextTerrainRow(3, 10, { ...outcome, distance: 3.9, commandSpeed: 0.3 }, rng)).toBe(3);
    expect(nextTerrainRow(3, 10, { ...outcome, distance: 2.9, commandSpeed: 0.3 }, rng)).toBe(2);
    expect(nextTerrainRow(0, 10, { ...outcome, distance: 0 }, rng)).toBe(0);
    const rows = new Set(Array.from({ length: 300 }, () => nextTerrainRow(9, 10, outcome, rng)));
    expect(rows.size).toBe(10);
  });

  it("refuses levels and sizes that do not exist", () => {
    expect(() => new TiledTerrain({ kind: "rough", levels: [10] })).toThrow(/Levels go from 0 to 9/);
    expect(() => new TiledTerrain({ kind: "rough", levels: [] })).toThrow(/no terrain/);
    expect(() => new TiledTerrain({ kind: "rough", levels: [1], tileSize: 1 })).toThrow(/4 to 100 m/);
  });
});
