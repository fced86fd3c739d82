import { portableMath } from "../../common/index.ts";
import { readLookFlags, type Simulation } from "../engine/index.ts";
import type { Pinhole } from "./pinhole.ts";

const LIGHT_TYPE = { spot: 0, directional: 1, point: 2, image: 3 } as const;

/** The lights of one simulation, with the head light that sits on the camera as the first. Their colours count as linear light. */
export class Lights {
  readonly count: number;
  /** Light of all lights that comes from everywhere, [3]. */
  readonly ambient = new Float64Array(3);
  readonly diffuse: Float64Array;
  readonly specular: Float64Array;
  readonly castsShadow: Uint8Array;
  /** Where the last light asked for stands, seen from the point: unit direction, world, [3], and distance, m. */
  readonly toward = new Float64Array(3);
  distance = 0.5;
  /** How much of it arrives, 0 to 1. */
  strength = 0.5;
  readonly #simulation: Simulation;
  readonly #isActive: Uint8Array;
  readonly #headAmbient = new Float64Array(3);
  readonly #type: Int32Array;
  readonly #pos: Float64Array;
  readonly #back: Float64Array;
  readonly #cosCutoff: Float64Array;
  readonly #exponent: Float64Array;
  readonly #fade: Float64Array;

  constructor(simulation: Simulation) {
    this.#simulation = simulation;
    this.count = 1 + simulation.model.sizes.nlight;
    this.diffuse = new Float64Array(3 * this.count);
    this.specular = new Float64Array(3 * this.count);
    const flags = readLookFlags(simulation);
    this.castsShadow = Uint8Array.of(0, ...flags.lightCastsShadow);
    this.#isActive = flags.lightIsActive;
    this.#type = new Int32Array(this.count).fill(LIGHT_TYPE.directional);
    this.#pos = new Float64Array(3 * this.count);
    this.#back = new Float64Array(3 * this.count);
    this.#cosCutoff = new Float64Array(this.count);
    this.#exponent = new Float64Array(this.count);
    this.#fade = new Float64Array(3 * this.count);
    this.#readHeadlight();
  }

  /** Takes poses and colours of all lights from the simulation, and the head light's from the camera. */
  update(pinhole: Pinhole): void {
    const { model } = this.#simulation;
    for (let k = 0; k < 3; k++) {
      this.ambient[k] = this.#headAmbient[k];
      this.#back[k] = pinhole.mat[3 * k + 2];
    }
    for (let light = 0; light < model.sizes.nlight; light++) this.#updateLight(light);
  }

  /**
   * Whether a light reaches a world point [3] when nothing is in between. Sets `toward`, `distance` (Infinity for
   * directional lights) and `strength`.
   */
  reach(at: number, position: Float64Array): boolean {
    const { toward } = this;
    const back = this.#back;
    if (this.#type[at] === LIGHT_TYPE.directional) {
      for (let k = 0; k < 3; k++) toward[k] = back[3 * at + k];
      this.distance = Number.POSITIVE_INFINITY;
      this.strength = 1;
      return true;
    }
    const dx = this.#pos[3 * at] - position[0];
    const dy = this.#pos[3 * at + 1] - position[1];
    const dz = this.#pos[3 * at + 2] - position[2];
    const distance = Math.sqrt(dx * dx + dy * dy + dz * dz);
    toward[0] = dx / distance;
    toward[1] = dy / distance;
    toward[2] = dz / distance;
    this.distance = distance;
    this.strength =
      1 / (this.#fade[3 * at] + distance * (this.#fade[3 * at + 1] + distance * this.#fade[3 * at + 2]));
    if (this.#type[at] === LIGHT_TYPE.point) return true;
    const cosine = toward[0] * back[3 * at] + toward[1] * back[3 * at + 1] + toward[2] * back[3 * at + 2];
    this.strength *= wholePower(cosine, this.#exponent[at]);
    return cosine > this.#cosCutoff[at];
  }

  /** The head light's colours, taken once: nothing in the engine changes them. */
  #readHeadlight(): void {
    const { headlight } = this.#simulation.model.handle.vis;
    if (headlight.active === 0) return;
    const ambient = headlight.ambient as Float32Array;
    const diffuse = headlight.diffuse as Float32Array;
    const specular = headlight.specular as Float32Array;
    for (let k = 0; k < 3; k++) {
      this.#headAmbient[k] = ambient[k];
      this.diffuse[k] = diffuse[k];
      this.specular[k] = specular[k];
    }
  }

  #updateLight(light: number): void {
    const { views, model } = this.#simulation;
    const m = model.views;
    const at = light + 1;
    // An image light is a surrounding; only lamps are drawn here.
    const isActive = this.#isActive[light] !== 0 && m.light_type[light] !== LIGHT_TYPE.image;
    this.#type[at] = m.light_type[light];
    this.#cosCutoff[at] = portableMath.cos((m.light_cutoff[light] * Math.PI) / 180);
    this.#exponent[at] = Math.round(m.light_exponent[light]);
    for (let k = 0; k < 3; k++) {
      this.#pos[3 * at + k] = views.light_xpos[3 * light + k];
      this.#back[3 * at + k] = -views.light_xdir[3 * light + k];
      this.#fade[3 * at + k] = m.light_attenuation[3 * light + k];
      this.ambient[k] += isActive ? m.light_ambient[3 * light + k] : 0;
      this.diffuse[3 * at + k] = isActive ? m.light_diffuse[3 * light + k] : 0;
      this.specular[3 * at + k] = isActive ? m.light_specular[3 * light + k] : 0;
    }
  }
}

/** A number to a whole power of 0 or more, by squaring. */
function wholePower(base: number, exponent: number): number {
  let result = 1;
  let square = base;
  for (let left = exponent; left > 0; left >>= 1) {
    if (left & 1) result *= square;
    square *= square;
  }
  return result;
}
