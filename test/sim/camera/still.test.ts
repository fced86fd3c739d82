import { decode } from "fast-png";
import { describe, expect, it } from "vitest";
import { UsageError } from "../../../src/common/index.ts";
import { type LightRig, portrait, RayCamera, renderStill } from "../../../src/sim/camera/index.ts";
import { Engine } from "../../../src/sim/engine/index.ts";

const engine = await Engine.load();
const WORLD = `<mujoco><asset><material name="matt" rgba="0.5 0.5 0.5 1" specular="0"/></asset><worldbody>
  <geom type="plane" size="0 0 1" material="matt"/>
  <body name="post"><geom type="box" pos="0 0 0.5" size="0.2 0.2 0.5" material="matt"/></body></worldbody></mujoco>`;
const SIZE = 48;
const above = { from: [0.01, 0, 6], at: [0, 0, 0] } as const;

/** No light and no backdrop. */
const BARE: LightRig = {
  lamps: [],
  zenith: [0, 0, 0],
  horizon: [0, 0, 0],
  backdropLow: [0, 0, 0],
  backdropHigh: [0, 0, 0],
  groundTint: [1, 1, 1],
  fade: [20, 30],
};

function still(options: object = {}) {
  using model = engine.compile(WORLD);
  using simulation = engine.simulate(model);
  return renderStill(simulation, { camera: above, width: SIZE, height: SIZE, samples: 16, ...options });
}

/** Mean brightness of the ground about a point, from above, 0 to 255. The picture's right is the world's +y. */
function ground(png: Uint8Array, x: number, y: number): number {
  const { data } = decode(png);
  const f = SIZE / 2 / Math.tan(Math.PI / 12);
  const [column, row] = [SIZE / 2 + (f * y) / 6, SIZE / 2 + (f * x) / 6].map(Math.floor);
  let sum = 0;
  for (const [i, j] of [
    [0, 0],
    [0, 1],
    [1, 0],
    [1, 1],
  ])
    sum += data[3 * ((row + i) * SIZE + column + j)] / 4;
  return sum;
}

describe("a studio still", () => {
  it("is a PNG of the size asked for, and the same bytes each time", () => {
    const png = still();
    expect(decode(png)).toMatchObject({ width: SIZE, height: SIZE, channels: 3, depth: 8 });
    expect(still()).toEqual(png);
  });

  it("has a shadow away from the key light", () => {
    const png = still();
    expect(ground(png, -0.35, 0.45)).toBeLessThan(0.75 * ground(png, 0.9, -0.9));
    expect(ground(png, -0.35, 0.45)).toBeGreaterThan(10);
  });

  it("has softer shadows under larger lamps", () => {
    const halfShaded = (spread: number) => {
      const lamp = { toward: [0.6, 0, 0.8], spread, colour: [0.8, 0.8, 0.8] } as const;
      const { data } = decode(still({ rig: { ...BARE, lamps: [lamp] } }));
      const lit = data[3 * (2 * SIZE + SIZE / 2)];
      return data.filter((value) => value > 0.3 * lit && value < 0.9 * lit).length;
    };
    expect(halfShaded(0.03)).toBeGreaterThan(2 * halfShaded(0));
  });

  it("is darker where a wall stands close than in the open, without any lamp", () => {
    const unlit = { toward: [0, 0, 1], spread: 0, colour: [0, 0, 0] } as const;
    const dome = { ...BARE, lamps: [unlit], zenith: [0.5, 0.5, 0.5], horizon: [0.5, 0.5, 0.5] } as const;
    const png = still({ rig: dome, samples: 64 });
    expect(ground(png, 0.25, 0)).toBeLessThan(0.95 * ground(png, 0.25, 1));
    // In the open a grey of 0.5 under a dome of 0.5 sends back half of its linear colour.
    const open = 255 * (1.055 * (0.5 * ((0.5 + 0.055) / 1.055) ** 2.4) ** (1 / 2.4) - 0.055);
    expect(Math.abs(ground(png, 1.2, 1.2) - open)).toBeLessThan(5);
  });

  it("in draft quality is the policy's camera", () => {
    using model = engine.compile(WORLD);
    using simulation = engine.simulate(model);
    const options = { camera: above, width: SIZE, height: SIZE };
    const { rgb } = new RayCamera(simulation, options).render();
    expect([...decode(renderStill(simulation, { ...options, quality: "draft" })).data]).toEqual([...rgb]);
  });

  it("tells how far it is, and refuses no samples", () => {
    const parts: number[] = [];
    still({ samples: 1, onProgress: (done: number) => parts.push(done) });
    expect(parts).toHaveLength(SIZE);
    expect(parts.at(-1)).toBe(1);
    expect(() => still({ samples: 0 })).toThrow(UsageError);
  });
});

describe("a portrait", () => {
  it("frames the whole body with a margin, seen from its front right", () => {
    using model = engine.compile(WORLD);
    using simulation = engine.simulate(model);
    const view = portrait(simulation, "post");
    const { segmentation } = new RayCamera(simulation, { ...view, width: SIZE, height: SIZE }).render();
    const rows = [...segmentation.keys()]
      .filter((i) => segmentation[i] === 1)
      .map((i) => Math.floor(i / SIZE));
    expect(Math.min(...rows)).toBeGreaterThan(0);
    expect(Math.max(...rows)).toBeLessThan(SIZE - 1);
    expect(Math.max(...rows) - Math.min(...rows)).toBeGreaterThan(0.75 * SIZE);
    expect(() => portrait(simulation, "post", [5])).toThrow(UsageError);
  });
});
