import type { Simulation } from "../engine/index.ts";
import { Lights } from "./lights.ts";
import type { Pinhole } from "./pinhole.ts";
import type { RayScene } from "./ray-scene.ts";
import { SurfaceLooks } from "./surface-looks.ts";
import { Sky } from "./textures.ts";

/** Shadow rays start this far above their surface, m, so that rounding does not make it shade itself. */
const LIFT = 1e-5;

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

  /**
   * Colours a surface point.
   *
   * @param slot,face what the ray met
   * @param x,y,z where, world, m
   * @param vx,vy,vz unit direction from the point to the eye
   * @param pixel width of a pixel at this distance, m
   */
  shade(
    slot: number,
    face: number,
    x: number,
    y: number,
    z: number,
    vx: number,
    vy: number,
    vz: number,
    pixel: number,
  ): void {
    const { colour } = this;
    const normal = this.#normal;
    const albedo = this.#albedo;
    const looks = this.#looks;
    const { ambient } = this.#lights;
    this.#scene.table.normal(slot, face, x, y, z, normal);
    const slant = Math.max(0.02, normal[0] * vx + normal[1] * vy + normal[2] * vz);
    looks.colour(slot, x, y, z, pixel / slant, albedo);
    const glow = looks.emission[slot];
    for (let k = 0; k < 3; k++) colour[k] = albedo[k] * (ambient[k] + glow);
    for (let light = 0; light < this.#lights.count; light++) this.#addLight(light, slot, x, y, z, vx, vy, vz);
  }

  #addLight(
    light: number,
    slot: number,
    x: number,
    y: number,
    z: number,
    vx: number,
    vy: number,
    vz: number,
  ): void {
    const lights = this.#lights;
    const normal = this.#normal;
    const { toward, diffuse, specular } = lights;
    const at = 3 * light;
    if (diffuse[at] + diffuse[at + 1] + diffuse[at + 2] === 0) return;
    const reach = lights.reach(light, x, y, z);
    if (reach <= 0) return;
    const cosine = normal[0] * toward[0] + normal[1] * toward[1] + normal[2] * toward[2];
    if (cosine <= 0) return;
    if (this.#hasShadows && lights.castsShadow[light] !== 0 && this.#isShaded(x, y, z)) return;
    let shine = 0;
    const gloss = this.#looks.specular[slot];
    if (gloss > 0) {
      const hx = vx + toward[0];
      const hy = vy + toward[1];
      const hz = vz + toward[2];
      shine = Math.max(
        0,
        (normal[0] * hx + normal[1] * hy + normal[2] * hz) / Math.sqrt(hx * hx + hy * hy + hz * hz),
      );
      for (let i = this.#looks.gloss[slot]; i > 0; i--) shine *= shine;
      shine *= gloss * cosine;
    }
    for (let k = 0; k < 3; k++) {
      this.colour[k] +=
        reach * (this.#albedo[k] * diffuse[at + k] * cosine + HIGHLIGHT * specular[at + k] * shine);
    }
  }

  #isShaded(x: number, y: number, z: number): boolean {
    const normal = this.#normal;
    const { toward, distance } = this.#lights;
    return this.#scene.isBlocked(
      x + LIFT * normal[0],
      y + LIFT * normal[1],
      z + LIFT * normal[2],
      toward[0],
      toward[1],
      toward[2],
      distance,
    );
  }
}

/** In linear light a highlight as strong as OpenGL's would look twice as strong. */
const HIGHLIGHT = 0.5;
