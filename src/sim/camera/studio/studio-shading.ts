import type { RayScene } from "../ray-scene.ts";
import type { SurfaceLooks } from "../surface-looks.ts";
import type { Lamp, LightRig } from "./light-rig.ts";
import { type PixelSamples, sampleCone, sampleCosine } from "./sampling.ts";

const LIFT = 1e-5;
const FAR = Number.POSITIVE_INFINITY;
/** Reflection of a dielectric seen straight on. */
const F0 = 0.04;
/** Which of a sample's numbers serve what. */
const DIMENSION = { dome: 2, gloss: 4, bounceLamp: 6, lamps: 7 } as const;

/**
 * Light for stills: soft shadows of round lamps, a dome with one bounce of its light and the key lamp's (which darkens
 * corners and lets colours bleed), highlights (GGX) and a mirrored surrounding by Fresnel's law. One call is one sample
 * of all these; many make a picture.
 */
export class StudioShading {
  /** Linear colour of the last call, [3]. */
  readonly colour = new Float64Array(3);
  readonly #scene: RayScene;
  readonly #looks: SurfaceLooks;
  readonly #rig: LightRig;
  readonly #subject: readonly [number, number, number];
  readonly #normal = new Float64Array(3);
  readonly #albedo = new Float64Array(3);
  readonly #otherNormal = new Float64Array(3);
  readonly #otherAlbedo = new Float64Array(3);
  readonly #direction = new Float64Array(3);
  readonly #light = new Float64Array(3);

  /** @param subject where the ground is at its clearest, world, m */
  constructor(
    scene: RayScene,
    looks: SurfaceLooks,
    rig: LightRig,
    subject: readonly [number, number, number],
  ) {
    this.#scene = scene;
    this.#looks = looks;
    this.#rig = rig;
    this.#subject = subject;
  }

  /** The backdrop in a direction. @param height the direction's z, unit length */
  shadeBackdrop(height: number): void {
    const { backdropLow, backdropHigh } = this.#rig;
    const part = Math.max(0, Math.min(1, height * 2.6));
    const bend = part * (2 - part);
    for (let k = 0; k < 3; k++) this.colour[k] = backdropLow[k] + bend * (backdropHigh[k] - backdropLow[k]);
  }

  /**
   * Colours a surface point by one sample.
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
    samples: PixelSamples,
  ): void {
    const n = this.#normal;
    const { colour } = this;
    const albedo = this.#albedo;
    this.#scene.table.normal(slot, face, x, y, z, n);
    const facing = Math.max(0.02, n[0] * vx + n[1] * vy + n[2] * vz);
    this.#colourAt(slot, x, y, z, pixel / facing, albedo);
    const shine = this.#looks.specular[slot];
    const alpha = this.#alpha(slot);
    const base = F0 * 2 * shine + this.#looks.reflectance[slot];
    const fresnel = base + (Math.max(base, 1 - Math.sqrt(alpha)) - base) * (1 - facing) ** 5;
    const px = x + LIFT * n[0];
    const py = y + LIFT * n[1];
    const pz = z + LIFT * n[2];
    this.#gatherDome(px, py, pz, samples);
    for (let k = 0; k < 3; k++) {
      colour[k] = albedo[k] * ((1 - fresnel) * this.#light[k] + this.#looks.emission[slot]);
    }
    for (let i = 0; i < this.#rig.lamps.length; i++)
      this.#addLamp(this.#rig.lamps[i], i, slot, px, py, pz, vx, vy, vz, base, fresnel, alpha, samples);
    if (fresnel > 0.01) this.#addReflection(px, py, pz, vx, vy, vz, facing, fresnel, alpha, samples);
    if (this.#scene.table.isPlane(slot)) this.#fade(x, y, vz);
  }

  #colourAt(slot: number, x: number, y: number, z: number, footprint: number, out: Float64Array): void {
    this.#looks.colour(slot, x, y, z, footprint, out);
    if (!this.#scene.table.isPlane(slot)) return;
    for (let k = 0; k < 3; k++) out[k] *= this.#rig.groundTint[k];
  }

  /** GGX's alpha of a slot: the width that matches Blinn and Phong's exponent (Walter 2007). */
  #alpha(slot: number): number {
    return Math.sqrt(2 / (2 ** this.#looks.gloss[slot] + 2));
  }

  #addLamp(
    lamp: Lamp,
    index: number,
    slot: number,
    x: number,
    y: number,
    z: number,
    vx: number,
    vy: number,
    vz: number,
    base: number,
    fresnel: number,
    alpha: number,
    samples: PixelSamples,
  ): void {
    const n = this.#normal;
    const l = this.#direction;
    const dimension = DIMENSION.lamps + 2 * index;
    sampleCone(lamp.toward, lamp.spread, samples.get(dimension), samples.get(dimension + 1), l);
    const cosine = n[0] * l[0] + n[1] * l[1] + n[2] * l[2];
    const shine = this.#scene.table.isPlane(slot) ? 0 : this.#looks.specular[slot];
    if (cosine <= 0 || this.#scene.isBlocked(x, y, z, l[0], l[1], l[2], FAR)) return;
    // The highlight of the whole lamp at once, as if the surface were rougher (Karis 2013): far less noise.
    const wide = alpha + Math.sqrt(2 * lamp.spread) / 3;
    const highlight =
      shine > 0 ? (alpha / wide) ** 2 * ggx(n, lamp.toward, vx, vy, vz, cosine, base, wide) : 0;
    for (let k = 0; k < 3; k++) {
      this.colour[k] += lamp.colour[k] * cosine * ((1 - fresnel) * this.#albedo[k] + highlight);
    }
  }

  /** One ray to the dome into `#light`; where it meets a surface, the light that this one sends back. */
  #gatherDome(x: number, y: number, z: number, samples: PixelSamples): void {
    const d = this.#direction;
    sampleCosine(this.#normal, samples.get(DIMENSION.dome), samples.get(DIMENSION.dome + 1), d);
    const t = this.#scene.trace(x, y, z, d[0], d[1], d[2], FAR);
    if (t === FAR) this.#dome(d[2]);
    else this.#bounce(x + t * d[0], y + t * d[1], z + t * d[2], samples);
  }

  #dome(height: number): void {
    const { zenith, horizon } = this.#rig;
    const part = Math.max(0, height);
    for (let k = 0; k < 3; k++) this.#light[k] = horizon[k] + part * (zenith[k] - horizon[k]);
  }

  /** What the surface just traced sends back of dome and key lamp, into `#light`. */
  #bounce(x: number, y: number, z: number, samples: PixelSamples): void {
    const scene = this.#scene;
    const { slot } = scene;
    const n = this.#otherNormal;
    const { lamps, horizon } = this.#rig;
    scene.table.normal(slot, scene.face, x, y, z, n);
    this.#colourAt(slot, x, y, z, 0.05, this.#otherAlbedo);
    const key = lamps[0];
    const direct = key === undefined ? 0 : this.#keyLight(key, x, y, z, samples);
    const open = 0.5 + 0.5 * Math.max(0, n[2]);
    for (let k = 0; k < 3; k++) {
      const sent =
        (key === undefined ? 0 : direct * key.colour[k]) +
        open * 0.7 * horizon[k] +
        this.#looks.emission[slot];
      this.#light[k] = this.#otherAlbedo[k] * sent;
    }
  }

  /** How much of the key lamp reaches the traced surface, whose normal is in `#otherNormal`. */
  #keyLight(key: Lamp, x: number, y: number, z: number, samples: PixelSamples): number {
    const n = this.#otherNormal;
    const l = this.#direction;
    sampleCone(key.toward, key.spread, samples.get(DIMENSION.bounceLamp), 0.5, l);
    const cosine = n[0] * l[0] + n[1] * l[1] + n[2] * l[2];
    if (cosine <= 0) return 0;
    const [px, py, pz] = [x + LIFT * n[0], y + LIFT * n[1], z + LIFT * n[2]];
    return this.#scene.isBlocked(px, py, pz, l[0], l[1], l[2], FAR) ? 0 : cosine;
  }

  #addReflection(
    x: number,
    y: number,
    z: number,
    vx: number,
    vy: number,
    vz: number,
    facing: number,
    fresnel: number,
    alpha: number,
    samples: PixelSamples,
  ): void {
    const n = this.#normal;
    const d = this.#direction;
    const mirror = this.#otherNormal;
    mirror[0] = 2 * facing * n[0] - vx;
    mirror[1] = 2 * facing * n[1] - vy;
    mirror[2] = 2 * facing * n[2] - vz;
    sampleCone(mirror, 0.5 * alpha, samples.get(DIMENSION.gloss), samples.get(DIMENSION.gloss + 1), d);
    if (n[0] * d[0] + n[1] * d[1] + n[2] * d[2] <= 0) return;
    const t = this.#scene.trace(x, y, z, d[0], d[1], d[2], FAR);
    if (t === FAR) this.#dome(d[2]);
    else this.#bounce(x + t * d[0], y + t * d[1], z + t * d[2], samples);
    for (let k = 0; k < 3; k++) this.colour[k] += fresnel * this.#light[k];
  }

  /** Lets the ground turn into the backdrop with distance from the subject. */
  #fade(x: number, y: number, vz: number): void {
    const [near, far] = this.#rig.fade;
    const dx = x - this.#subject[0];
    const dy = y - this.#subject[1];
    const part = Math.max(0, Math.min(1, (Math.sqrt(dx * dx + dy * dy) - near) / (far - near)));
    const veil = part * part * (3 - 2 * part);
    const [r, g, b] = this.colour;
    this.shadeBackdrop(-vz);
    this.colour[0] = r + veil * (this.colour[0] - r);
    this.colour[1] = g + veil * (this.colour[1] - g);
    this.colour[2] = b + veil * (this.colour[2] - b);
  }
}

/** Cook and Torrance's reflection with the GGX distribution (Walter 2007) and Schlick's Fresnel term, per unit of light. */
function ggx(
  n: Float64Array,
  l: ArrayLike<number>,
  vx: number,
  vy: number,
  vz: number,
  cosine: number,
  base: number,
  alpha: number,
): number {
  let hx = vx + l[0];
  let hy = vy + l[1];
  let hz = vz + l[2];
  const scale = 1 / Math.sqrt(hx * hx + hy * hy + hz * hz);
  hx *= scale;
  hy *= scale;
  hz *= scale;
  const nh = Math.max(0, n[0] * hx + n[1] * hy + n[2] * hz);
  const nv = Math.max(0.05, n[0] * vx + n[1] * vy + n[2] * vz);
  const vh = Math.max(0, vx * hx + vy * hy + vz * hz);
  const a2 = alpha * alpha;
  const spread = nh * nh * (a2 - 1) + 1;
  const k = (Math.sqrt(alpha) + 1) ** 2 / 8;
  const geometry = 1 / ((nv * (1 - k) + k) * (cosine * (1 - k) + k));
  const fresnel = base + (1 - base) * (1 - vh) ** 5;
  // Light on a facing surface counts as 1, so pi has already been divided out of the matt part.
  return (a2 * fresnel * geometry) / (4 * spread * spread);
}
