import { portableMath } from "../../../common/index.ts";

/** Steps of the additive sequence in 13 dimensions whose points spread evenly (Roberts 2018). */
const DIMENSIONS = 13;
const STEPS = additiveSteps(DIMENSIONS);

/**
 * Numbers in [0, 1) that fill their square evenly over a pixel's samples and differ from pixel to pixel: an additive
 * sequence per dimension, shifted by a hash of the pixel. No state, so any order of pixels gives the same picture.
 */
export class PixelSamples {
  readonly #shift = new Float64Array(DIMENSIONS);
  #sample = 0;

  startPixel(column: number, row: number): void {
    let word = (Math.imul(column + 1, 0x9e3779b1) ^ Math.imul(row + 1, 0x85ebca77)) >>> 0;
    for (let k = 0; k < DIMENSIONS; k++) {
      word = (Math.imul(word ^ (word >>> 15), 0x2c1b3c6d) + 0x6d2b79f5) >>> 0;
      this.#shift[k] = ((word ^ (word >>> 12)) >>> 0) * 2 ** -32;
    }
  }

  startSample(sample: number): void {
    this.#sample = sample;
  }

  /** The present sample's number in one dimension. */
  get(dimension: number): number {
    const value = this.#shift[dimension] + this.#sample * STEPS[dimension];
    return value - Math.floor(value);
  }
}

/** A direction about `axis` inside a cone, evenly by solid angle; written to `out` [3]. @param spread 1 minus the cone's cosine */
export function sampleCone(
  axis: ArrayLike<number>,
  spread: number,
  a: number,
  b: number,
  out: Float64Array,
): void {
  const cosine = 1 - spread * a;
  turn(axis, cosine, Math.sqrt(Math.max(0, 1 - cosine * cosine)), b, out);
}

/** A direction about a normal, as often as light from there counts on a matt surface; written to `out` [3]. */
export function sampleCosine(normal: ArrayLike<number>, a: number, b: number, out: Float64Array): void {
  turn(normal, Math.sqrt(1 - a), Math.sqrt(a), b, out);
}

/** cosine along the axis plus sine across it, at angle 2 pi b (frame of Duff et al. 2017). */
function turn(axis: ArrayLike<number>, cosine: number, sine: number, b: number, out: Float64Array): void {
  const [x, y, z] = [axis[0], axis[1], axis[2]];
  const sign = z >= 0 ? 1 : -1;
  const p = -1 / (sign + z);
  const q = x * y * p;
  const u = sine * portableMath.cos(2 * Math.PI * b);
  const v = sine * portableMath.sin(2 * Math.PI * b);
  out[0] = u * (1 + sign * x * x * p) + v * q + cosine * x;
  out[1] = u * sign * q + v * (sign + y * y * p) + cosine * y;
  out[2] = -u * sign * x - v * y + cosine * z;
}

/** Powers of 1 / g, where g solves g^(d + 1) = g + 1. */
function additiveSteps(dimensions: number): Float64Array {
  let g = 1.1;
  for (let i = 0; i < 60; i++) g = portableMath.exp(portableMath.log(1 + g) / (dimensions + 1));
  let power = 1;
  return Float64Array.from({ length: dimensions }, () => (power /= g));
}
