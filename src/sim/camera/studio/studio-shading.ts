import { newRay, newSurfacePoint, type Ray, REACH, type SurfacePoint } from "../ray.ts";
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

/** How a surface takes light at the point in question. */
interface Finish {
  /** Reflection seen straight on, and at the present angle; 0 to 1. */
  base: number;
  fresnel: number;
  /** GGX's width. */
  alpha: number;
  /** Cosine between the normal and the direction to the eye. */
  facing: number;
  /** Whether lamps leave highlights on it. */
  isGlossy: boolean;
}

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
  readonly #samples: PixelSamples;
  readonly #finish: Finish = { base: 0.5, fresnel: 0.5, alpha: 0.5, facing: 0.5, isGlossy: true };
  readonly #normal = new Float64Array(3);
  readonly #albedo = new Float64Array(3);
  readonly #light = new Float64Array(3);
  /** What the dome's or the mirror's ray met. */
  readonly #other = newSurfacePoint();
  readonly #otherNormal = new Float64Array(3);
  readonly #otherAlbedo = new Float64Array(3);
  readonly #direction = new Float64Array(3);
  readonly #mirror = new Float64Array(3);
  readonly #ray = newRay();

  /** @param subject where the ground is at its clearest, world, m */
  constructor(
    scene: RayScene,
    looks: SurfaceLooks,
    rig: LightRig,
    subject: readonly [number, number, number],
    samples: PixelSamples,
  ) {
    this.#scene = scene;
    this.#looks = looks;
    this.#rig = rig;
    this.#subject = subject;
    this.#samples = samples;
  }

  /** The backdrop in a direction. @param height the direction's z, unit length */
  shadeBackdrop(height: number): void {
    const { backdropLow, backdropHigh } = this.#rig;
    const part = Math.max(0, Math.min(1, height * 2.6));
    const bend = part * (2 - part);
    for (let k = 0; k < 3; k++) this.colour[k] = backdropLow[k] + bend * (backdropHigh[k] - backdropLow[k]);
  }

  /** Colours a surface point by the present sample; sets its footprint. */
  shade(point: SurfacePoint): void {
    const n = this.#normal;
    const { colour } = this;
    const { slot, position, toEye } = point;
    this.#scene.table.normal(slot, point.face, position, n);
    const facing = Math.max(0.02, n[0] * toEye[0] + n[1] * toEye[1] + n[2] * toEye[2]);
    point.footprint = point.pixel / facing;
    this.#colourAt(point, this.#albedo);
    this.#takeFinish(slot, facing);
    this.#gatherDome(position);
    const { fresnel } = this.#finish;
    const glow = this.#looks.emission[slot];
    for (let k = 0; k < 3; k++) colour[k] = this.#albedo[k] * ((1 - fresnel) * this.#light[k] + glow);
    for (let i = 0; i < this.#rig.lamps.length; i++) this.#addLamp(this.#rig.lamps[i], i, point);
    if (fresnel > 0.01) this.#addReflection(point);
    if (this.#scene.table.isPlane(slot)) this.#fade(point);
  }

  #colourAt(point: SurfacePoint, out: Float64Array): void {
    this.#looks.colour(point, out);
    if (!this.#scene.table.isPlane(point.slot)) return;
    for (let k = 0; k < 3; k++) out[k] *= this.#rig.groundTint[k];
  }

  #takeFinish(slot: number, facing: number): void {
    const finish = this.#finish;
    const shine = this.#looks.specular[slot];
    // The width that matches Blinn and Phong's exponent (Walter 2007).
    finish.alpha = Math.sqrt(2 / (2 ** this.#looks.gloss[slot] + 2));
    finish.base = 2 * F0 * shine + this.#looks.reflectance[slot];
    const grazing = Math.max(finish.base, 1 - Math.sqrt(finish.alpha));
    finish.fresnel = finish.base + (grazing - finish.base) * (1 - facing) ** 5;
    finish.facing = facing;
    finish.isGlossy = shine > 0 && !this.#scene.table.isPlane(slot);
  }

  #addLamp(lamp: Lamp, index: number, { position, toEye }: SurfacePoint): void {
    const n = this.#normal;
    const l = this.#direction;
    const { fresnel, isGlossy } = this.#finish;
    const dimension = DIMENSION.lamps + 2 * index;
    sampleCone(lamp.toward, lamp.spread, this.#samples.get(dimension), this.#samples.get(dimension + 1), l);
    const cosine = n[0] * l[0] + n[1] * l[1] + n[2] * l[2];
    if (cosine <= 0 || this.#scene.isBlocked(this.#rayFrom(position, n, l))) return;
    const highlight = isGlossy ? lampHighlight(lamp, n, toEye, cosine, this.#finish) : 0;
    for (let k = 0; k < 3; k++) {
      this.colour[k] += lamp.colour[k] * cosine * ((1 - fresnel) * this.#albedo[k] + highlight);
    }
  }

  /** One ray to the dome into `#light`; where it meets a surface, the light that this one sends back. */
  #gatherDome(position: Float64Array): void {
    const d = this.#direction;
    sampleCosine(this.#normal, this.#samples.get(DIMENSION.dome), this.#samples.get(DIMENSION.dome + 1), d);
    this.#gather(position, d);
  }

  /** Light that comes from a direction, into `#light`: the dome's, or what a surface in the way sends. */
  #gather(position: Float64Array, direction: Float64Array): void {
    const ray = this.#rayFrom(position, this.#normal, direction);
    if (!this.#scene.trace(ray)) {
      this.#dome(ray[5]);
      return;
    }
    const other = this.#other;
    other.slot = this.#scene.slot;
    other.face = this.#scene.face;
    other.footprint = 0.05;
    for (let k = 0; k < 3; k++) other.position[k] = ray[k] + ray[REACH] * ray[3 + k];
    this.#bounce(other);
  }

  #dome(height: number): void {
    const { zenith, horizon } = this.#rig;
    const part = Math.max(0, height);
    for (let k = 0; k < 3; k++) this.#light[k] = horizon[k] + part * (zenith[k] - horizon[k]);
  }

  /** What another surface sends back of dome and key lamp, into `#light`. */
  #bounce(other: SurfacePoint): void {
    const { lamps, horizon } = this.#rig;
    this.#scene.table.normal(other.slot, other.face, other.position, this.#otherNormal);
    this.#colourAt(other, this.#otherAlbedo);
    const key = lamps[0];
    const direct = key === undefined ? 0 : this.#keyLight(key, other);
    const open = 0.7 * (0.5 + 0.5 * Math.max(0, this.#otherNormal[2]));
    const glow = this.#looks.emission[other.slot];
    for (let k = 0; k < 3; k++) {
      const sent = (key === undefined ? 0 : direct * key.colour[k]) + open * horizon[k] + glow;
      this.#light[k] = this.#otherAlbedo[k] * sent;
    }
  }

  /** How much of the key lamp reaches the other surface. */
  #keyLight(key: Lamp, other: SurfacePoint): number {
    const n = this.#otherNormal;
    const l = this.#direction;
    sampleCone(key.toward, key.spread, this.#samples.get(DIMENSION.bounceLamp), 0.5, l);
    const cosine = n[0] * l[0] + n[1] * l[1] + n[2] * l[2];
    return cosine <= 0 || this.#scene.isBlocked(this.#rayFrom(other.position, n, l)) ? 0 : cosine;
  }

  #addReflection({ position, toEye }: SurfacePoint): void {
    const n = this.#normal;
    const d = this.#direction;
    const { facing, alpha, fresnel } = this.#finish;
    for (let k = 0; k < 3; k++) this.#mirror[k] = 2 * facing * n[k] - toEye[k];
    const { gloss } = DIMENSION;
    sampleCone(this.#mirror, 0.5 * alpha, this.#samples.get(gloss), this.#samples.get(gloss + 1), d);
    if (n[0] * d[0] + n[1] * d[1] + n[2] * d[2] <= 0) return;
    this.#gather(position, d);
    for (let k = 0; k < 3; k++) this.colour[k] += fresnel * this.#light[k];
  }

  /** Lets the ground turn into the backdrop with distance from the subject. */
  #fade({ position, toEye }: SurfacePoint): void {
    const [near, far] = this.#rig.fade;
    const dx = position[0] - this.#subject[0];
    const dy = position[1] - this.#subject[1];
    const part = Math.max(0, Math.min(1, (Math.sqrt(dx * dx + dy * dy) - near) / (far - near)));
    const veil = part * part * (3 - 2 * part);
    const [r, g, b] = this.colour;
    this.shadeBackdrop(-toEye[2]);
    this.colour[0] = r + veil * (this.colour[0] - r);
    this.colour[1] = g + veil * (this.colour[1] - g);
    this.colour[2] = b + veil * (this.colour[2] - b);
  }

  /** The ray from just above a surface in a direction, without end. */
  #rayFrom(position: Float64Array, normal: Float64Array, direction: Float64Array): Ray {
    const ray = this.#ray;
    for (let k = 0; k < 3; k++) {
      ray[k] = position[k] + LIFT * normal[k];
      ray[3 + k] = direction[k];
    }
    ray[REACH] = FAR;
    return ray;
  }
}

/** The highlight of a whole lamp at once, as if the surface were rougher (Karis 2013): far less grain than by samples. */
function lampHighlight(
  lamp: Lamp,
  n: Float64Array,
  v: Float64Array,
  cosine: number,
  { alpha, base }: Finish,
): number {
  const wide = alpha + Math.sqrt(2 * lamp.spread) / 3;
  return (alpha / wide) ** 2 * ggx(n, lamp.toward, v, cosine, base, wide);
}

/** Cook and Torrance's reflection with the GGX distribution (Walter 2007) and Schlick's Fresnel term, per unit of light. */
function ggx(
  n: Float64Array,
  l: readonly [number, number, number],
  v: Float64Array,
  cosine: number,
  base: number,
  alpha: number,
): number {
  const hx = v[0] + l[0];
  const hy = v[1] + l[1];
  const hz = v[2] + l[2];
  const scale = 1 / Math.sqrt(hx * hx + hy * hy + hz * hz);
  const nh = Math.max(0, scale * (n[0] * hx + n[1] * hy + n[2] * hz));
  const nv = Math.max(0.05, n[0] * v[0] + n[1] * v[1] + n[2] * v[2]);
  const vh = Math.max(0, scale * (v[0] * hx + v[1] * hy + v[2] * hz));
  const a2 = alpha * alpha;
  const spread = nh * nh * (a2 - 1) + 1;
  const k = (Math.sqrt(alpha) + 1) ** 2 / 8;
  const geometry = 1 / ((nv * (1 - k) + k) * (cosine * (1 - k) + k));
  const fresnel = base + (1 - base) * (1 - vh) ** 5;
  // Light on a facing surface counts as 1, so pi has already been divided out of the matt part.
  return (a2 * fresnel * geometry) / (4 * spread * spread);
}
