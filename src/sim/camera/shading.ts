import type { Simulation } from "../engine/index.ts";
import { Lights } from "./lights.ts";
import type { Pinhole } from "./pinhole.ts";
import { newRay, REACH, type SurfacePoint } from "./ray.ts";
import type { RayScene } from "./ray-scene.ts";
import { SurfaceLooks } from "./surface-looks.ts";
import { Sky } from "./textures.ts";

/** Shadow rays start this far above their surface, m, so that rounding does not make it shade itself. */
const LIFT = 1e-5;
/** In linear light a highlight as strong as OpenGL's would look twice as strong. */
const HIGHLIGHT = 0.5;

/** Colours for a policy's eyes: Lambert and Blinn-Phong under the model's own lights, one hard shadow ray per light. */
export class Shading {
  /** Linear colour of the last call, [3]. */
  readonly colour = new Float64Array(3);
  readonly #scene: RayScene;
  readonly #looks: SurfaceLooks;
  readonly #lights: Lights;
  readonly #sky: Sky;
  readonly #hasShadows: boolean;
  readonly #normal = new Float64Array(3);
  readonly #albedo = new Float64Array(3);
  readonly #shadow = newRay();

  constructor(simulation: Simulation, scene: RayScene, hasShadows: boolean) {
    this.#scene = scene;
    this.#looks = new SurfaceLooks(scene.table);
    this.#lights = new Lights(simulation);
    this.#sky = new Sky(simulation.model);
    this.#hasShadows = hasShadows;
  }

  /** Takes lights and colours from the simulation; call once a picture. */
  update(pinhole: Pinhole): void {
    this.#looks.update();
    this.#lights.update(pinhole);
  }

  /** Colours a direction that meets nothing. @param height the direction's z, unit length */
  shadeSky(height: number): void {
    this.#sky.colour(height, this.colour);
  }

  /** Colours a surface point; sets its footprint. */
  shade(point: SurfacePoint): void {
    const { colour } = this;
    const { slot, position, toEye } = point;
    const normal = this.#normal;
    const albedo = this.#albedo;
    const { ambient } = this.#lights;
    this.#scene.table.normal(slot, point.face, position, normal);
    const slant = normal[0] * toEye[0] + normal[1] * toEye[1] + normal[2] * toEye[2];
    point.footprint = point.pixel / Math.max(0.02, slant);
    this.#looks.colour(point, albedo);
    const glow = this.#looks.emission[slot];
    for (let k = 0; k < 3; k++) colour[k] = albedo[k] * (ambient[k] + glow);
    for (let light = 0; light < this.#lights.count; light++) this.#addLight(light, point);
  }

  #addLight(light: number, point: SurfacePoint): void {
    const lights = this.#lights;
    const normal = this.#normal;
    const albedo = this.#albedo;
    const { colour } = this;
    const { toward, diffuse, specular } = lights;
    const at = 3 * light;
    if (diffuse[at] + diffuse[at + 1] + diffuse[at + 2] === 0) return;
    if (!lights.reach(light, point.position)) return;
    const cosine = normal[0] * toward[0] + normal[1] * toward[1] + normal[2] * toward[2];
    if (cosine <= 0) return;
    if (this.#hasShadows && lights.castsShadow[light] !== 0 && this.#isShaded(point)) return;
    const matt = lights.strength * cosine;
    const shine = matt * HIGHLIGHT * this.#highlight(point);
    colour[0] += matt * albedo[0] * diffuse[at] + shine * specular[at];
    colour[1] += matt * albedo[1] * diffuse[at + 1] + shine * specular[at + 1];
    colour[2] += matt * albedo[2] * diffuse[at + 2] + shine * specular[at + 2];
  }

  /** Blinn's highlight for the light asked for last. */
  #highlight(point: SurfacePoint): number {
    const { toEye, slot } = point;
    const { toward } = this.#lights;
    const normal = this.#normal;
    const strength = this.#looks.specular[slot];
    if (strength === 0) return 0;
    const hx = toEye[0] + toward[0];
    const hy = toEye[1] + toward[1];
    const hz = toEye[2] + toward[2];
    const along = normal[0] * hx + normal[1] * hy + normal[2] * hz;
    let shine = Math.max(0, along / Math.sqrt(hx * hx + hy * hy + hz * hz));
    for (let i = this.#looks.gloss[slot]; i > 0; i--) shine *= shine;
    return strength * shine;
  }

  #isShaded({ position }: SurfacePoint): boolean {
    const ray = this.#shadow;
    const { toward } = this.#lights;
    for (let k = 0; k < 3; k++) {
      ray[k] = position[k] + LIFT * this.#normal[k];
      ray[3 + k] = toward[k];
    }
    ray[REACH] = this.#lights.distance;
    return this.#scene.isBlocked(ray);
  }
}
