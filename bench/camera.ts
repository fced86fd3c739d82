import type { BenchResult } from "../src/app/commands/bench.ts";
import { loadWorld } from "../src/app/worlds.ts";
import { quantile } from "../src/common/index.ts";
import { RayCamera } from "../src/sim/camera/index.ts";
import { RayCaster } from "../src/sim/engine/index.ts";
import { compileWorld, Engine, PlantConfig, type Simulation } from "../src/sim/index.ts";
import { benchResult } from "./bench-result.ts";

const WARM_UP = 100;
const ROUNDS = 15;
const FRAMES = 10;
/** The robot's own eye, and one that has the robot and most of the table in view. */
const CAMERAS = ["head", "front"] as const;

/**
 * How long a picture of an H1-2 at its table takes: colour with shadows, depth and segmentation, and the last two
 * alone. The baseline is bare `mj_multiRay` of the same rays (geom, distance and normal of the first surface: no
 * colour, no shadow). Before anything is timed, depth must agree with closed forms and with MuJoCo's own rays.
 */
export async function benchCamera(): Promise<BenchResult> {
  const engine = await Engine.load();
  checkClosedForms(engine);
  const world = loadWorld({ robot: "h1_2", scene: "tabletop", seed: 0 });
  const { model } = compileWorld(engine, world, PlantConfig.parse({}));
  const simulation = engine.simulate(model);
  simulation.reset("default");
  simulation.forward();
  checkAgainstRays(simulation);
  const results = CAMERAS.flatMap((camera) =>
    [64, 128].flatMap((size) => timePictures(simulation, camera, size)),
  );
  simulation[Symbol.dispose]();
  model[Symbol.dispose]();
  return benchResult("camera", results);
}

function timePictures(simulation: Simulation, name: string, size: number): BenchResult["results"] {
  const camera = new RayCamera(simulation, { camera: name, width: size, height: size });
  const rays = new BareRays(simulation, camera);
  const sides = [() => camera.render(), () => camera.renderDepth(), () => rays.cast()] as const;
  const [picture, depth, bare] = timeInTurns(sides).map((durations) => quantile(durations, 0.5));
  rays.caster[Symbol.dispose]();
  const row = (what: string, value: number) => ({
    metric: `${name} ${size}x${size} ${what}`,
    value,
    unit: "ms",
    baseline: bare,
    ratio: value / bare,
  });
  return [row("colour, depth, segmentation", picture), row("depth, segmentation", depth)];
}

/** Durations of each side, ms a frame, measured in alternating blocks after a warm-up. */
function timeInTurns(sides: readonly (() => void)[]): Float64Array[] {
  const durations = sides.map(() => new Float64Array(ROUNDS));
  for (let i = 0; i < WARM_UP; i++) for (const side of sides) side();
  for (let round = 0; round < ROUNDS; round++) {
    for (const [i, side] of sides.entries()) {
      const start = performance.now();
      for (let frame = 0; frame < FRAMES; frame++) side();
      durations[i][round] = (performance.now() - start) / FRAMES;
    }
  }
  return durations;
}

/** `mj_multiRay` with the rays of a camera. */
class BareRays {
  readonly caster: RayCaster;
  readonly lengths: Float64Array;
  readonly #directions: Float64Array;
  readonly #camera: RayCamera;

  constructor(simulation: Simulation, camera: RayCamera) {
    const { width, height } = camera.renderDepth();
    this.#camera = camera;
    this.caster = new RayCaster(simulation, width * height, { groups: [0, 1, 2] });
    this.lengths = new Float64Array(width * height);
    this.#directions = new Float64Array(3 * width * height);
    const ray = new Float64Array(3);
    for (let i = 0; i < width * height; i++) {
      camera.pinhole.direction((i % width) + 0.5, Math.floor(i / width) + 0.5, ray);
      this.lengths[i] = Math.hypot(...ray);
      for (let k = 0; k < 3; k++) this.#directions[3 * i + k] = ray[k] / this.lengths[i];
    }
  }

  cast(): void {
    this.caster.cast(this.#camera.pinhole.pos, this.#directions);
  }

  castExactly(): void {
    this.caster.castExactly(this.#camera.pinhole.pos, this.#directions);
  }
}

/** The answer must be that of `mj_ray`; `mj_multiRay` itself misses 168 of these rays' geoms. */
function checkAgainstRays(simulation: Simulation): void {
  const camera = new RayCamera(simulation, { camera: "front", width: 128, height: 128 });
  const rays = new BareRays(simulation, camera);
  const { depth, segmentation } = camera.renderDepth();
  rays.castExactly();
  const { geom, distance } = rays.caster;
  const wrong = geom.filter((id, i) => {
    const isFar = id >= 0 && Math.abs(distance[i] / rays.lengths[i] - depth[i]) > 1e-3;
    return id !== segmentation[i] || isFar;
  });
  rays.caster[Symbol.dispose]();
  // A ray along the seam of two faces may be given to either.
  if (wrong.length > 4)
    throw new Error(`${wrong.length} pixels differ from MuJoCo's rays; nothing was timed.`);
}

/** A ball above a plane, seen from the side and from above. */
function checkClosedForms(engine: Engine): void {
  using model = engine.compile(
    `<mujoco><worldbody><geom type="plane" size="0 0 1"/><geom pos="0 0 1" size="0.5"/></worldbody></mujoco>`,
  );
  using simulation = engine.simulate(model);
  const centre = (from: [number, number, number], at: [number, number, number]) =>
    new RayCamera(simulation, { camera: { from, at }, width: 3, height: 3 }).renderDepth().depth[4];
  const errors = [centre([4, 0, 1], [0, 0, 1]) - 3.5, centre([2, 0, 3], [2, 0, 0]) - 3];
  if (errors.some((error) => !(Math.abs(error) < 1e-6)))
    throw new Error(`Depth is off by ${errors.join(" and ")} m; nothing was timed.`);
}
