import { UsageError } from "../../../common/index.ts";
import type { Simulation } from "../../engine/index.ts";
import { encodeByte } from "../colour.ts";
import { type FreeView, Pinhole } from "../pinhole.ts";
import { encodePng } from "../png.ts";
import { landAt, newRay, newSurfacePoint } from "../ray.ts";
import { RayCamera } from "../ray-camera.ts";
import { RayScene } from "../ray-scene.ts";
import { SurfaceLooks } from "../surface-looks.ts";
import { type LightRig, STUDIO } from "./light-rig.ts";
import { PixelSamples } from "./sampling.ts";
import { smoothNoise } from "./smooth-noise.ts";
import { StudioShading } from "./studio-shading.ts";

export interface StillOptions {
  /** Name of one of the model's cameras, or a free view. */
  readonly camera: string | FreeView;
  readonly width: number;
  readonly height: number;
  /** Vertical field of view, rad; default: the model camera's, or pi / 6 for a free view. */
  readonly fovy?: number;
  /** Geom groups that are seen; default 0, 1 and 2. */
  readonly groups?: readonly number[];
  /** "draft" is what a policy sees, in moments; "studio" is for showing, in about a minute. Default "studio". */
  readonly quality?: "draft" | "studio";
  /** Samples a pixel for "studio"; default 48. Grain falls with their square root, time grows with them. */
  readonly samples?: number;
  readonly rig?: LightRig;
  /** Told after each row of pixels, with the part that is done, 0 to 1. */
  readonly onProgress?: (done: number) => void;
}

/** A picture of the simulation's current poses to show to people, as a PNG file's bytes. Same state, same bytes. */
export function renderStill(simulation: Simulation, options: StillOptions): Uint8Array {
  const rgb =
    options.quality === "draft"
      ? new RayCamera(simulation, options).render().rgb
      : new Studio(simulation, options).render();
  return encodePng(options.width, options.height, rgb);
}

class Studio {
  readonly #options: StillOptions;
  readonly #pinhole: Pinhole;
  readonly #scene: RayScene;
  readonly #shading: StudioShading;
  readonly #samples = new PixelSamples();
  readonly #count: number;
  readonly #ray = newRay();
  readonly #point = newSurfacePoint();
  readonly #sum = new Float64Array(3);

  constructor(simulation: Simulation, options: StillOptions) {
    this.#options = options;
    this.#count = options.samples ?? 48;
    if (!(Number.isInteger(this.#count) && this.#count > 0))
      throw new UsageError(
        `A still cannot have ${this.#count} samples a pixel.`,
        "Give a whole number above 0.",
      );
    this.#pinhole = pinholeFor(simulation, options);
    this.#scene = new RayScene(simulation, options.groups ?? [0, 1, 2]);
    const looks = new SurfaceLooks(this.#scene.table);
    this.#shading = new StudioShading(
      this.#scene,
      looks,
      options.rig ?? STUDIO,
      groundBefore(this.#pinhole),
      this.#samples,
    );
  }

  render(): Uint8Array {
    const { width, height } = this.#pinhole;
    const linear = new Float32Array(3 * width * height);
    const surface = new Int32Array(width * height);
    for (let row = 0; row < height; row++) {
      for (let column = 0; column < width; column++) {
        const pixel = row * width + column;
        surface[pixel] = this.#renderPixel(column, row);
        linear.set(this.#sum, 3 * pixel);
      }
      this.#options.onProgress?.((row + 1) / height);
    }
    smoothNoise(width, height, linear, surface);
    return Uint8Array.from(linear, encodeByte);
  }

  /**
   * The mean of a pixel's samples into `#sum`, each cut to twice white so that no highlight leaves jagged edges.
   *
   * @returns slot of the surface that the last sample met, -1 for the backdrop
   */
  #renderPixel(column: number, row: number): number {
    const { colour } = this.#shading;
    this.#sum.fill(0);
    this.#samples.startPixel(column, row);
    let slot = -1;
    for (let i = 0; i < this.#count; i++) {
      this.#samples.startSample(i);
      slot = this.#sampleAt(column + this.#samples.get(0), row + this.#samples.get(1));
      for (let k = 0; k < 3; k++) this.#sum[k] += Math.min(colour[k], 2) / this.#count;
    }
    return slot;
  }

  #sampleAt(u: number, v: number): number {
    const ray = this.#ray;
    this.#pinhole.aim(u, v, ray);
    if (!this.#scene.trace(ray)) {
      this.#shading.shadeBackdrop(ray[5] / Math.sqrt(ray[3] * ray[3] + ray[4] * ray[4] + ray[5] * ray[5]));
      return -1;
    }
    const { slot, face } = this.#scene;
    landAt(this.#point, ray, slot, face, this.#pinhole.fx);
    this.#shading.shade(this.#point);
    return slot;
  }
}

function pinholeFor(simulation: Simulation, { camera, width, height, fovy }: StillOptions): Pinhole {
  if (typeof camera !== "string") {
    const pinhole = Pinhole.withFieldOfView(width, height, fovy ?? Math.PI / 6);
    pinhole.lookAt(camera);
    return pinhole;
  }
  const index = simulation.model.index("camera", camera);
  const pinhole =
    fovy === undefined
      ? Pinhole.ofModelCamera(simulation.model, index, width, height)
      : Pinhole.withFieldOfView(width, height, fovy);
  pinhole.follow(simulation, index);
  return pinhole;
}

/** Where the picture's subject is taken to stand: four metres along the optical axis. */
function groundBefore({ pos, mat }: Pinhole): [number, number, number] {
  return [pos[0] - 4 * mat[2], pos[1] - 4 * mat[5], pos[2] - 4 * mat[8]];
}
