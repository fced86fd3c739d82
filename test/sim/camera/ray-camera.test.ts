import { describe, expect, it } from "vitest";
import { Rng, UnknownNameError, UsageError } from "../../../src/common/index.ts";
import { type CameraFrame, type FreeView, RayCamera } from "../../../src/sim/camera/index.ts";
import { Engine } from "../../../src/sim/engine/index.ts";

const engine = await Engine.load();
const SIZE = 65; // odd, so that one pixel's centre lies on the optical axis
const CENTRE = (SIZE * SIZE - 1) / 2;
const DARK = `<visual><headlight ambient="0 0 0" diffuse="0 0 0" specular="0 0 0"/></visual>`;
const MATT = `<asset><material name="matt" rgba="0.6 0.4 0.2 1" specular="0"/></asset>`;

/** One picture of a world, copied. */
function picture(
  worldbody: string,
  camera: FreeView | string,
  options: object = {},
  head = DARK,
): CameraFrame {
  using model = engine.compile(`<mujoco>${head}${MATT}<worldbody>${worldbody}</worldbody></mujoco>`);
  using simulation = engine.simulate(model);
  return new RayCamera(simulation, { camera, width: SIZE, height: SIZE, near: 0, ...options }).render();
}

const along = { from: [5, 0, 1], at: [0, 0, 1] } as const;
const pixel = (frame: CameraFrame, column: number, row: number) => row * frame.width + column;
const colourAt = (frame: CameraFrame, at: number) => [...frame.rgb.subarray(3 * at, 3 * at + 3)];

describe("depth", () => {
  it("of a sphere is its closed form at every pixel", () => {
    const { depth } = picture(`<geom pos="0 0 1" size="1.2"/>`, along);
    const f = SIZE / 2 / Math.tan(Math.PI / 8);
    for (let row = 0; row < SIZE; row++) {
      for (let column = 0; column < SIZE; column++) {
        const [y, z] = [(column + 0.5 - SIZE / 2) / f, (row + 0.5 - SIZE / 2) / f];
        const a = 1 + y * y + z * z;
        const discriminant = 25 - a * (25 - 1.44);
        if (discriminant <= 0) expect(depth[row * SIZE + column]).toBe(Number.POSITIVE_INFINITY);
        else expect(depth[row * SIZE + column]).toBeCloseTo((5 - Math.sqrt(discriminant)) / a, 5);
      }
    }
  });

  it("of a plane grows as the camera's height over the ray's fall", () => {
    const frame = picture(`<geom type="plane" size="0 0 1"/>`, { from: [0, 0, 2], at: [10, 0, 2] });
    const f = SIZE / 2 / Math.tan(Math.PI / 8);
    for (let row = 40; row < SIZE; row++) {
      expect(frame.depth[pixel(frame, 3, row)]).toBeCloseTo((2 * f) / (row + 0.5 - SIZE / 2), 3);
    }
    expect(frame.depth[pixel(frame, 3, 10)]).toBe(Number.POSITIVE_INFINITY);
  });

  it("of a box's face is the same all over it", () => {
    const frame = picture(`<geom type="box" pos="0 0 1" size="0.5 1 1"/>`, along);
    for (const at of [CENTRE, pixel(frame, 25, 20), pixel(frame, 40, 42)])
      expect(frame.depth[at]).toBeCloseTo(4.5, 6);
  });

  it("of a rotated, scaled ellipsoid, cylinder and capsule is right on the axis", () => {
    const onAxis = (geom: string) => picture(geom, along).depth[CENTRE];
    expect(onAxis(`<geom type="ellipsoid" pos="0 0 1" size="0.2 0.3 0.7" zaxis="1 0 0"/>`)).toBeCloseTo(
      4.3,
      6,
    );
    expect(onAxis(`<geom type="cylinder" pos="0 0 1" size="0.2 0.7" zaxis="1 0 0"/>`)).toBeCloseTo(4.3, 6);
    expect(onAxis(`<geom type="cylinder" pos="0 0 1" size="0.2 0.7"/>`)).toBeCloseTo(4.8, 6);
    expect(onAxis(`<geom type="capsule" pos="0 0 1" size="0.2 0.7" zaxis="1 0 0"/>`)).toBeCloseTo(4.1, 6);
  });

  it("leaves out what is nearer than the near limit, and what surrounds the camera", () => {
    const world = `<geom name="shell" pos="5 0 1" size="0.3"/><geom name="leaf" type="box" pos="4.6 0 1" size="0.01 0.2 0.2"/><geom name="wall" type="box" pos="0 0 1" size="1 3 3"/>`;
    expect(picture(world, along).segmentation[CENTRE]).toBe(1);
    expect(picture(world, along, { near: 0.5 }).segmentation[CENTRE]).toBe(2);
  });
});

describe("segmentation", () => {
  it("names the geom in front, and -1 where there is none", () => {
    const world = `<geom type="box" pos="-2 0 1" size="0.1 2 2"/><geom pos="0 0 1" size="0.5"/><geom pos="0 0 1" size="0.6" group="3"/>`;
    const frame = picture(world, along, { fovy: 1.4 });
    expect(frame.segmentation[CENTRE]).toBe(1);
    expect(frame.segmentation[pixel(frame, 24, 32)]).toBe(0);
    expect(frame.segmentation[0]).toBe(-1);
    expect(frame.depth[0]).toBe(Number.POSITIVE_INFINITY);
    expect(picture(world, along, { groups: [3] }).segmentation[CENTRE]).toBe(2);
  });

  it("does not see wholly transparent geoms", () => {
    expect(picture(`<geom pos="0 0 1" size="0.5" rgba="1 0 0 0"/>`, along).segmentation[CENTRE]).toBe(-1);
  });

  it("marks the geom at the pixel where pinhole geometry puts it", () => {
    const rng = new Rng(7);
    for (let trial = 0; trial < 20; trial++) {
      const from = [rng.uniform(2, 4), rng.uniform(-2, 2), rng.uniform(0, 3)] as const;
      const at = [rng.uniform(-0.3, 0.3), rng.uniform(-0.3, 0.3), rng.uniform(0.7, 1.3)] as const;
      using model = engine.compile(
        `<mujoco><worldbody><geom pos="${at.join(" ")}" size="0.06"/></worldbody></mujoco>`,
      );
      using simulation = engine.simulate(model);
      const camera = new RayCamera(simulation, {
        camera: { from, at: [0, 0, 1] },
        width: 96,
        height: 64,
        fovy: 1,
      });
      const { segmentation, depth } = camera.render();
      const [u, v, distance] = camera.pinhole.project(...at, new Float64Array(3));
      const found = Math.floor(v) * 96 + Math.floor(u);
      expect(segmentation[found]).toBe(0);
      expect(depth[found]).toBeLessThan(distance);
      expect(depth[found]).toBeGreaterThan(distance - 0.061);
    }
  });
});

describe("colour", () => {
  const sun = `<light type="directional" pos="0 0 9" dir="-1 0 0" diffuse="1 1 1" specular="0 0 0"/>`;

  it("of a face in full light is its material's colour", () => {
    const frame = picture(`${sun}<geom type="box" pos="0 0 1" size="0.5 1 1" material="matt"/>`, along);
    expect(colourAt(frame, CENTRE)).toEqual([0.6, 0.4, 0.2].map((c) => Math.round(255 * c)));
  });

  it("of a face turned away by 60 degrees is half as bright in linear light", () => {
    const frame = picture(
      `<light type="directional" pos="0 0 9" dir="-1 1.7320508 0" diffuse="1 1 1"/><geom type="box" pos="0 0 1" size="0.5 1 1" material="matt"/>`,
      along,
    );
    const half = (c: number) => 255 * (1.055 * (0.5 * ((c + 0.055) / 1.055) ** 2.4) ** (1 / 2.4) - 0.055);
    for (const [k, c] of [0.6, 0.4, 0.2].entries())
      expect(Math.abs(colourAt(frame, CENTRE)[k] - half(c))).toBeLessThan(1);
  });

  it("of a face that no light reaches is black, and ambient light lifts it", () => {
    const box = `<geom type="box" pos="0 0 1" size="0.5 1 1" material="matt"/>`;
    const behind = `<light type="directional" pos="0 0 9" dir="1 0 0" diffuse="1 1 1"/>`;
    expect(colourAt(picture(behind + box, along), CENTRE)).toEqual([0, 0, 0]);
    const ambient = `<visual><headlight ambient="1 1 1" diffuse="0 0 0" specular="0 0 0"/></visual>`;
    expect(colourAt(picture(behind + box, along, {}, ambient), CENTRE)).toEqual([153, 102, 51]);
  });

  it("shows a plane's checker where its squares are", () => {
    const checker = `<asset><texture name="c" type="2d" builtin="checker" rgb1="1 1 1" rgb2="0 0 0" width="64" height="64"/>
      <material name="c" texture="c" texuniform="true" texrepeat="0.5 0.5" specular="0"/></asset>`;
    const above = { from: [0, 0, 3], at: [0, 0, 0] } as const;
    const lamp = `<light type="directional" pos="0 0 9" dir="0 0 -1" diffuse="0.6 0.6 0.6"/>`;
    const frame = picture(`${lamp}<geom type="plane" size="0 0 1" material="c"/>`, above, {}, DARK + checker);
    const light = [20, 44].flatMap((row) =>
      [20, 44].map((column) => colourAt(frame, pixel(frame, column, row))[0]),
    );
    expect(light[0]).toBe(light[3]);
    expect(light[1]).toBe(light[2]);
    expect(Math.abs(light[0] - light[1])).toBeGreaterThan(150);
  });
});

describe("shadow", () => {
  const floor = `<geom type="plane" size="0 0 1" material="matt"/>`;
  const above = { from: [0, 0, 6], at: [0, 0, 0] } as const;
  const isLit = (frame: CameraFrame, x: number, y: number) => {
    const f = SIZE / 2 / Math.tan(Math.PI / 8);
    const [u, v] = [SIZE / 2 + (f * x) / 6, SIZE / 2 - (f * y) / 6];
    return frame.rgb[3 * pixel(frame, Math.floor(u), Math.floor(v))] > 20;
  };

  it("of a ball under slanted parallel light falls where the light's direction says", () => {
    const light = `<light type="directional" pos="0 0 9" dir="1 0 -1" diffuse="1 1 1"/>`;
    const frame = picture(`${light}${floor}<geom pos="0 0 1" size="0.2" material="matt"/>`, above);
    expect(isLit(frame, 1, 0)).toBe(false); // one metre high, so one metre along
    expect(isLit(frame, 1.2, 0)).toBe(false); // and stretched by the square root of two
    expect(isLit(frame, 1.4, 0)).toBe(true);
    expect(isLit(frame, 1, 0.3)).toBe(true);
    expect(isLit(frame, -1, 0)).toBe(true);
  });

  it("under a lamp grows with the distance behind the thing that throws it", () => {
    const lamp = `<light type="point" pos="0 0 2" diffuse="1 1 1"/>`;
    const plate = `<geom type="box" pos="0 0 1" size="0.3 0.3 0.01" material="matt"/>`;
    const frame = picture(`${lamp}${floor}${plate}`, above);
    expect(isLit(frame, 0.5, 0)).toBe(false); // twice the plate's half side
    expect(isLit(frame, 0.7, 0)).toBe(true);
  });

  it("stays away where lights do not throw shadows, or the camera does not look for them", () => {
    const light = (casts: boolean) =>
      `<light type="directional" pos="0 0 9" dir="1 0 -1" diffuse="1 1 1" castshadow="${casts}"/>`;
    const ball = `${floor}<geom pos="0 0 1" size="0.2" material="matt"/>`;
    expect(isLit(picture(light(false) + ball, above), 1, 0)).toBe(true);
    expect(isLit(picture(light(true) + ball, above, { hasShadows: false }), 1, 0)).toBe(true);
  });

  it("is not thrown by a light on the other side of the thing", () => {
    const lamp = `<light type="spot" pos="0 0 0.5" dir="0 0 -1" cutoff="80" exponent="0" diffuse="1 1 1"/>`;
    const frame = picture(`${lamp}${floor}<geom pos="0 0 1" size="0.2" material="matt"/>`, {
      from: [3, 0, 0.4],
      at: [0.3, 0, 0],
    });
    expect(frame.rgb[3 * CENTRE]).toBeGreaterThan(20);
  });
});

describe("a camera on a body", () => {
  const world = `<mujoco><worldbody><geom name="wall" type="box" pos="3 0 1" size="0.1 5 5"/>
    <body pos="0 0 1"><joint name="rail" type="slide" axis="1 0 0"/><geom size="0.05" mass="1"/>
    <camera name="eye" fovy="60" xyaxes="0 -1 0 0 0 1"/></body></worldbody></mujoco>`;

  it("follows the body", () => {
    using model = engine.compile(world);
    using simulation = engine.simulate(model);
    const camera = new RayCamera(simulation, { camera: "eye", width: SIZE, height: SIZE });
    expect(camera.render().depth[CENTRE]).toBeCloseTo(2.9, 6);
    simulation.views.qpos[0] = 1.5;
    simulation.forward();
    expect(camera.render().depth[CENTRE]).toBeCloseTo(1.4, 6);
  });

  it("has the field of view that the model states", () => {
    using model = engine.compile(world);
    using simulation = engine.simulate(model);
    const { pinhole } = new RayCamera(simulation, { camera: "eye", width: 80, height: 60 });
    expect(pinhole.fy).toBeCloseTo(30 / Math.tan(Math.PI / 6), 9);
    expect(pinhole.fx).toBe(pinhole.fy);
  });

  it("has the lens that the model's sensor and focal length state", () => {
    using model = engine.compile(
      `<mujoco><worldbody><geom size="1"/><camera name="eye" resolution="640 480" sensorsize="0.0064 0.0048" focal="0.008 0.009" principal="0.001 0"/></worldbody></mujoco>`,
    );
    using simulation = engine.simulate(model);
    const { pinhole } = new RayCamera(simulation, { camera: "eye", width: 64, height: 48 });
    expect([pinhole.fx, pinhole.fy, pinhole.cx, pinhole.cy].map((x) => Number(x.toFixed(3)))).toEqual([
      80, 90, 22, 24,
    ]);
  });

  it("is refused by name where the model has none", () => {
    using model = engine.compile(world);
    using simulation = engine.simulate(model);
    const make = (camera: string, width: number) => () =>
      new RayCamera(simulation, { camera, width, height: 8 });
    expect(make("eyes", 8)).toThrow(UnknownNameError);
    expect(make("eye", 0.5)).toThrow(UsageError);
  });
});

describe("pictures", () => {
  const world = `${`<light type="directional" pos="0 0 9" dir="-1 0.2 -1" diffuse="0.6 0.6 0.6"/>`}<geom type="plane" size="0 0 1" material="matt"/><geom pos="0 0 1" size="0.5"/>`;

  it("of the same state are the same bytes, from the same camera and from another", () => {
    using model = engine.compile(`<mujoco>${MATT}<worldbody>${world}</worldbody></mujoco>`);
    using simulation = engine.simulate(model);
    const options = { camera: along, width: SIZE, height: SIZE };
    const camera = new RayCamera(simulation, options);
    const first = camera.render();
    const copy = {
      rgb: first.rgb.slice(),
      depth: first.depth.slice(),
      segmentation: first.segmentation.slice(),
    };
    expect(camera.render()).toMatchObject(copy);
    expect(new RayCamera(simulation, options).render()).toMatchObject(copy);
  });

  it("reuse the same arrays", () => {
    using model = engine.compile(`<mujoco>${MATT}<worldbody>${world}</worldbody></mujoco>`);
    using simulation = engine.simulate(model);
    const camera = new RayCamera(simulation, { camera: along, width: 8, height: 8 });
    expect(camera.render().rgb).toBe(camera.render().rgb);
  });

  it("survive that the engine's heap grows", () => {
    using model = engine.compile(
      `<mujoco><size memory="200M"/>${MATT}<worldbody>${world}</worldbody></mujoco>`,
    );
    using simulation = engine.simulate(model);
    const camera = new RayCamera(simulation, { camera: along, width: SIZE, height: SIZE });
    const before = camera.render().rgb.slice();
    const more = engine.simulateMany(model, 3);
    expect(camera.render().rgb).toEqual(before);
    for (const other of more) other[Symbol.dispose]();
  });

  it("carry noise of the stated size that the seed decides, and a true segmentation", () => {
    const noise = (seed: number) => ({ rng: new Rng(seed), colour: 4, depth: 0.01, dropout: 0.1 });
    const clean = picture(world, along, { fovy: 0.15 });
    const noisy = picture(world, along, { fovy: 0.15, noise: noise(1) });
    expect(picture(world, along, { fovy: 0.15, noise: noise(1) })).toEqual(noisy);
    expect(picture(world, along, { fovy: 0.15, noise: noise(2) }).rgb).not.toEqual(noisy.rgb);
    expect(noisy.segmentation).toEqual(clean.segmentation);
    const seen = [...noisy.depth.keys()].filter((i) => noisy.depth[i] !== Number.POSITIVE_INFINITY);
    expect(1 - seen.length / noisy.depth.length).toBeCloseTo(0.1, 1);
    const spread = Math.sqrt(
      seen.reduce((sum, i) => sum + ((noisy.depth[i] - clean.depth[i]) / clean.depth[i] ** 2) ** 2, 0) /
        seen.length,
    );
    expect(spread).toBeGreaterThan(0.0095);
    expect(spread).toBeLessThan(0.0105);
  });
});
