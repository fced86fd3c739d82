import { describe, expect, it } from "vitest";
import { Rng } from "../../../src/common/index.ts";
import { RayCamera } from "../../../src/sim/camera/index.ts";
import { REACH } from "../../../src/sim/camera/ray.ts";
import { RayScene } from "../../../src/sim/camera/ray-scene.ts";
import { Engine, type Model, RayCaster, type Simulation } from "../../../src/sim/engine/index.ts";

const engine = await Engine.load();
const GROUPS = [0, 1, 2];
const FAR = Number.POSITIVE_INFINITY;
const SIZE = 40;

const uniform = (rng: Rng, low: number, high: number) => rng.uniform(low, high).toFixed(4);
const triple = (rng: Rng, low: number, high: number) =>
  [1, 2, 3].map(() => uniform(rng, low, high)).join(" ");

/** Thirty geoms of every type in a two-metre heap, on a plane or on rough ground. */
function heap(rng: Rng): Model {
  const types = ["sphere", "capsule", "ellipsoid", "cylinder", "box", "mesh"] as const;
  const geoms = Array.from({ length: 30 }, () => {
    const type = rng.pick(types);
    const shape =
      type === "mesh" ? `mesh="${rng.pick(["knob", "ring"])}"` : `size="${triple(rng, 0.05, 0.25)}"`;
    return `<geom type="${type}" ${shape} pos="${uniform(rng, -1, 1)} ${uniform(rng, -1, 1)} ${uniform(rng, 0.3, 1.8)}" euler="${triple(rng, -180, 180)}" group="${rng.integer(3)}"/>`;
  });
  const ground = rng.pick([
    `<geom type="plane" size="0 0 1"/>`,
    `<geom type="plane" size="1.5 2 1" euler="4 7 0"/>`,
    `<geom type="hfield" hfield="rough"/>`,
  ]);
  const heights = Array.from({ length: 9 * 12 }, () => uniform(rng, 0, 1)).join(" ");
  return engine.compile(`<mujoco><asset>
    <mesh name="knob" builtin="supersphere" params="12 0.4 0.6" scale="0.2 0.25 0.15"/>
    <mesh name="ring" builtin="supertorus" params="16 0.3 1 1" scale="0.2 0.2 0.2"/>
    <hfield name="rough" nrow="9" ncol="12" size="1.5 2 0.3 0.1" elevation="${heights}"/>
    </asset><worldbody>${ground}${geoms.join("")}</worldbody></mujoco>`);
}

/** A camera outside the heap, looking at it. */
function viewOf(rng: Rng, simulation: Simulation): RayCamera {
  const turn = rng.uniform(0, 2 * Math.PI);
  const camera = {
    from: [4 * Math.cos(turn), 4 * Math.sin(turn), rng.uniform(0.6, 4)],
    at: [rng.uniform(-0.5, 0.5), 0, 0.7],
  } as const;
  return new RayCamera(simulation, { camera, width: SIZE, height: SIZE, fovy: 0.9, near: 0 });
}

/** MuJoCo's own answer for the rays of a camera: geom and depth by pixel. */
function byMujoco(camera: RayCamera, caster: RayCaster): { geom: Int32Array; depth: Float64Array } {
  const directions = new Float64Array(3 * caster.count);
  const lengths = new Float64Array(caster.count);
  const ray = new Float64Array(3);
  for (let i = 0; i < caster.count; i++) {
    camera.pinhole.direction((i % SIZE) + 0.5, Math.floor(i / SIZE) + 0.5, ray);
    lengths[i] = Math.hypot(...ray);
    directions.set(
      ray.map((value) => value / lengths[i]),
      3 * i,
    );
  }
  caster.castExactly(camera.pinhole.pos, directions);
  return {
    geom: caster.geom,
    depth: caster.distance.map((d, i) => (d < 0 ? Number.POSITIVE_INFINITY : d / lengths[i])),
  };
}

/** Where a ray first meets the scene, Infinity where it does not. */
function trace(scene: RayScene, origin: readonly number[], direction: readonly number[]): number {
  const ray = Float64Array.of(...origin, ...direction, FAR);
  return scene.trace(ray) ? ray[REACH] : FAR;
}

function isBlocked(
  scene: RayScene,
  origin: readonly number[],
  direction: readonly number[],
  t = FAR,
): boolean {
  return scene.isBlocked(Float64Array.of(...origin, ...direction, t));
}

describe("the ray-cast camera", () => {
  it("sees what MuJoCo's own rays meet, in heaps of every geom type", () => {
    const rng = new Rng(11);
    for (let trial = 0; trial < 12; trial++) {
      using model = heap(rng);
      using simulation = engine.simulate(model);
      using caster = new RayCaster(simulation, SIZE * SIZE, { groups: GROUPS });
      const camera = viewOf(rng, simulation);
      const frame = camera.renderDepth();
      const truth = byMujoco(camera, caster);
      const wrong = [...truth.geom.keys()].filter(
        (i) =>
          frame.segmentation[i] !== truth.geom[i] ||
          (truth.geom[i] >= 0 && !(Math.abs(frame.depth[i] - truth.depth[i]) < 1e-6 * truth.depth[i])),
      );
      expect(wrong, `trial ${trial}`).toEqual([]);
    }
  });
});

describe("a ray scene", () => {
  it("finds the same surface ray by ray as the camera does geom by geom", () => {
    const rng = new Rng(12);
    for (let trial = 0; trial < 10; trial++) {
      using model = heap(rng);
      using simulation = engine.simulate(model);
      const camera = viewOf(rng, simulation);
      const frame = camera.renderDepth();
      const scene = new RayScene(simulation, GROUPS);
      const ray = new Float64Array(3);
      const wrong: number[] = [];
      for (let i = 0; i < SIZE * SIZE; i++) {
        const direction = [...camera.pinhole.direction((i % SIZE) + 0.5, Math.floor(i / SIZE) + 0.5, ray)];
        const origin = [...camera.pinhole.pos];
        const t = trace(scene, origin, direction);
        const isHit = t < FAR;
        const agrees =
          Math.fround(t) === frame.depth[i] &&
          (scene.slot < 0 ? -1 : scene.table.geoms[scene.slot]) === frame.segmentation[i] &&
          isBlocked(scene, origin, direction) === isHit &&
          !(isHit && isBlocked(scene, origin, direction, t * 0.999));
        if (!agrees) wrong.push(i);
      }
      expect(wrong, `trial ${trial}`).toEqual([]);
    }
  });

  it("keeps up with things that move, as a new scene would", () => {
    const balls = Array.from(
      { length: 20 },
      (_, i) =>
        `<body pos="${(i % 5) - 2} ${Math.floor(i / 5) - 1.5} ${1 + (i % 3)}"><freejoint/><geom size="0.3"/></body>`,
    );
    using model = engine.compile(
      `<mujoco><worldbody><geom type="plane" size="0 0 1"/>${balls.join("")}</worldbody></mujoco>`,
    );
    using simulation = engine.simulate(model);
    const kept = new RayScene(simulation, GROUPS);
    const rng = new Rng(14);
    for (let move = 0; move < 70; move++) {
      for (let i = 0; i < 20; i++) simulation.views.qvel[6 * i] = rng.uniform(-9, 9);
      for (let i = 0; i < 5; i++) simulation.step();
      simulation.forward();
      kept.update();
      const fresh = new RayScene(simulation, GROUPS);
      const seen = (scene: RayScene, x: number, y: number) => [
        trace(scene, [x, y, 6], [0.1, 0.05, -1]),
        scene.slot,
        isBlocked(scene, [x, y, 0.01], [0, 0, 1], 9),
      ];
      for (let i = 0; i < 40; i++) {
        const [x, y] = [rng.uniform(-4, 4), rng.uniform(-2, 2)];
        expect(seen(kept, x, y)).toEqual(seen(fresh, x, y));
      }
    }
  });

  it("has normals that agree with MuJoCo's on flat and curved primitives and on rough ground", () => {
    const rng = new Rng(13);
    let compared = 0;
    let worst = 0;
    for (let trial = 0; trial < 10; trial++) {
      using model = heap(rng);
      using simulation = engine.simulate(model);
      using caster = new RayCaster(simulation, SIZE * SIZE, { groups: GROUPS });
      const camera = viewOf(rng, simulation);
      camera.renderDepth();
      const { geom } = byMujoco(camera, caster);
      const scene = new RayScene(simulation, GROUPS);
      const [ray, normal] = [new Float64Array(3), new Float64Array(3)];
      for (let i = 0; i < SIZE * SIZE; i++) {
        // Meshes have smooth normals here and the face's in MuJoCo.
        if (geom[i] < 0 || model.views.geom_type[geom[i]] === 7) continue;
        const direction = camera.pinhole.direction((i % SIZE) + 0.5, Math.floor(i / SIZE) + 0.5, ray);
        const { pos } = camera.pinhole;
        const t = trace(scene, [...pos], [...direction]);
        const end = pos.map((value, k) => value + t * direction[k]);
        scene.table.normal(scene.slot, scene.face, end, normal);
        const error = Math.hypot(...normal.map((value, k) => value - caster.normal[3 * i + k]));
        worst = Math.max(worst, error);
        compared++;
      }
    }
    expect(worst).toBeLessThan(1e-6);
    expect(compared).toBeGreaterThan(5000);
  });

  it("smooths a mesh's normals over its triangles", () => {
    using model = engine.compile(
      `<mujoco><asset><mesh name="ball" builtin="sphere" params="3"/></asset><worldbody><geom type="mesh" mesh="ball"/></worldbody></mujoco>`,
    );
    using simulation = engine.simulate(model);
    const scene = new RayScene(simulation, GROUPS);
    const [normal, flat] = [new Float64Array(3), new RayCaster(simulation, 1)];
    let [smoothError, flatError] = [0, 0];
    for (let i = 0; i < 50; i++) {
      const [y, z] = [0.013 * i - 0.3, 0.3 - 0.009 * i];
      const t = trace(scene, [5, y, z], [-1, 0, 0]);
      scene.table.normal(scene.slot, scene.face, Float64Array.of(5 - t, y, z), normal);
      flat.cast(Float64Array.of(5, y, z), Float64Array.of(-1, 0, 0));
      const out = Float64Array.of(5 - t, y, z).map((value, _, all) => value / Math.hypot(...all));
      smoothError += Math.hypot(...out.map((value, k) => value - normal[k]));
      flatError += Math.hypot(...out.map((value, k) => value - flat.normal[k]));
    }
    flat[Symbol.dispose]();
    expect(smoothError).toBeLessThan(flatError / 5);
  });
});
