import type { Simulation } from "../engine/index.ts";
import { encodeByte } from "./colour.ts";
import { FirstSurfaces } from "./first-surfaces.ts";
import { type FreeView, Pinhole } from "./pinhole.ts";
import { landAt, newRay, newSurfacePoint, REACH } from "./ray.ts";
import { RayScene } from "./ray-scene.ts";
import { addNoise, type SensorNoise } from "./sensor-noise.ts";
import { Shading } from "./shading.ts";

export interface RayCameraOptions {
  /** Name of one of the model's cameras, or a view from nowhere on the model. */
  readonly camera: string | FreeView;
  readonly width: number;
  readonly height: number;
  /** Vertical field of view, rad; default: what the model's camera says, or pi / 4 for a free view. */
  readonly fovy?: number;
  /** Geom groups that are seen; default 0, 1 and 2, as in MuJoCo's viewer. */
  readonly groups?: readonly number[];
  /** Surfaces closer than this along the optical axis are not seen, m; default: what the model says, as in MuJoCo's viewer. */
  readonly near?: number;
  /** Whether lights throw shadows; default true. */
  readonly hasShadows?: boolean;
  readonly noise?: SensorNoise;
}

/** One picture. The arrays belong to the camera and are overwritten by its next picture; copy what you keep. */
export interface CameraFrame {
  readonly width: number;
  readonly height: number;
  /** Colour for the screen (sRGB), [height, width, 3]. */
  readonly rgb: Uint8Array;
  /** Distance along the optical axis, m, [height, width]; Infinity where there is nothing. */
  readonly depth: Float32Array;
  /** Index of the geom in the model, [height, width]; -1 where there is nothing. */
  readonly segmentation: Int32Array;
}

/**
 * A camera that casts rays: colour, depth and segmentation without a GPU or a browser. Geoms are seen from outside
 * only, so a camera inside a robot's head sees out. Colours follow the model's materials and lights as MuJoCo's viewer
 * has them, shaded in linear light; flat textures show on planes, other textures as their mean colour. The same state
 * gives the same bytes in every engine.
 */
export class RayCamera {
  readonly pinhole: Pinhole;
  readonly frame: CameraFrame;
  readonly #simulation: Simulation;
  readonly #camera: number;
  readonly #scene: RayScene;
  readonly #surfaces: FirstSurfaces;
  readonly #shading: Shading;
  readonly #noise: SensorNoise | undefined;
  readonly #ray = newRay();
  readonly #point = newSurfacePoint();

  /** Throws `UnknownNameError` where the model has no such camera. */
  constructor(simulation: Simulation, options: RayCameraOptions) {
    const { width, height, camera, fovy } = options;
    this.#simulation = simulation;
    this.#camera = typeof camera === "string" ? simulation.model.index("camera", camera) : -1;
    this.pinhole =
      fovy === undefined && this.#camera >= 0
        ? Pinhole.ofModelCamera(simulation.model, this.#camera, width, height)
        : Pinhole.withFieldOfView(width, height, fovy ?? Math.PI / 4);
    if (typeof camera !== "string") this.pinhole.lookAt(camera);
    this.#scene = new RayScene(simulation, options.groups ?? [0, 1, 2]);
    this.#surfaces = new FirstSurfaces(this.#scene, this.pinhole, options.near ?? modelNear(simulation));
    this.#shading = new Shading(simulation, this.#scene, options.hasShadows ?? true);
    this.#noise = options.noise;
    this.frame = {
      width,
      height,
      rgb: new Uint8Array(3 * width * height),
      depth: new Float32Array(width * height),
      segmentation: new Int32Array(width * height),
    };
  }

  /** Takes a picture of the simulation's current poses (those of the last `step` or `forward`) into `frame`. */
  render(): CameraFrame {
    this.#see();
    this.#colour();
    if (this.#noise !== undefined) addNoise(this.frame, this.#noise, true);
    return this.frame;
  }

  /** Like `render` for depth and segmentation alone, in a third of the time; `frame.rgb` keeps the last picture. */
  renderDepth(): CameraFrame {
    this.#see();
    if (this.#noise !== undefined) addNoise(this.frame, this.#noise, false);
    return this.frame;
  }

  #see(): void {
    if (this.#camera >= 0) this.pinhole.follow(this.#simulation, this.#camera);
    this.#scene.update();
    this.#surfaces.find();
    const { depth, segmentation } = this.frame;
    const { geoms } = this.#scene.table;
    for (let pixel = 0; pixel < depth.length; pixel++) {
      const slot = this.#surfaces.slot[pixel];
      depth[pixel] = this.#surfaces.depth[pixel];
      segmentation[pixel] = slot < 0 ? -1 : geoms[slot];
    }
  }

  #colour(): void {
    const { width, height, rgb } = this.frame;
    const { colour } = this.#shading;
    this.#shading.update(this.pinhole);
    for (let row = 0, pixel = 0; row < height; row++) {
      for (let column = 0; column < width; column++, pixel++) {
        this.#shadePixel(pixel, column, row);
        for (let k = 0; k < 3; k++) rgb[3 * pixel + k] = encodeByte(colour[k]);
      }
    }
  }

  #shadePixel(pixel: number, column: number, row: number): void {
    const ray = this.#ray;
    const slot = this.#surfaces.slot[pixel];
    this.pinhole.aim(column + 0.5, row + 0.5, ray);
    if (slot < 0) {
      this.#shading.shadeSky(ray[5] / Math.sqrt(ray[3] * ray[3] + ray[4] * ray[4] + ray[5] * ray[5]));
      return;
    }
    ray[REACH] = this.#surfaces.depth[pixel];
    landAt(this.#point, ray, slot, this.#surfaces.face[pixel], this.pinhole.fx);
    this.#shading.shade(this.#point);
  }
}

function modelNear(simulation: Simulation): number {
  const { vis, stat } = simulation.model.handle;
  return vis.map.znear * stat.extent;
}
