/**
 * Transcendental functions made only of operations that IEEE 754 fixes exactly (+ − × ÷ √, floor), so the same
 * input gives the same bits in Node, Chromium and any other engine. `Math.sin` and its kin differ by one unit in
 * the last place between engines, which is enough to make a replayed robot fall elsewhere.
 *
 * Accuracy: relative error under 1e-14 on the ranges that control needs (|x| < 1e5 for the angles).
 */

const HALF_PI_HIGH = 1.5707963267341256; // the first 33 bits of pi/2, so that n * HIGH is exact for n < 2^20
const HALF_PI_LOW = 6.077100506506192e-11;
const LN2_HIGH = 0.6931471803691238;
const LN2_LOW = 1.9082149292705877e-10;

/** Sine of an angle in rad. */
export function sin(x: number): number {
  const quadrant = Math.floor(x / (Math.PI / 2) + 0.5);
  const r = x - quadrant * HALF_PI_HIGH - quadrant * HALF_PI_LOW;
  const turn = quadrant - 4 * Math.floor(quadrant / 4);
  if (turn === 0) return sinKernel(r);
  if (turn === 1) return cosKernel(r);
  return turn === 2 ? -sinKernel(r) : -cosKernel(r);
}

/** Cosine of an angle in rad. */
export function cos(x: number): number {
  return sin(x + Math.PI / 2 - 2 * Math.PI * Math.floor(x / (2 * Math.PI)));
}

/** e to the power of x; 0 below -745 and Infinity above 709.8. */
export function exp(x: number): number {
  if (x < -745) return 0;
  if (x > 709.78) return Number.POSITIVE_INFINITY;
  const n = Math.floor(x / Math.LN2 + 0.5);
  const r = x - n * LN2_HIGH - n * LN2_LOW;
  let sum = 1;
  for (let k = 14; k >= 1; k--) sum = 1 + (r / k) * sum;
  return scaleByPowerOfTwo(sum, n);
}

/** Natural logarithm of a positive number; -Infinity at 0, NaN below. */
export function log(x: number): number {
  if (!(x > 0)) return x === 0 ? Number.NEGATIVE_INFINITY : Number.NaN;
  if (x === Number.POSITIVE_INFINITY) return x;
  let mantissa = x;
  let exponent = 0;
  while (mantissa >= Math.SQRT2) {
    mantissa /= 2;
    exponent++;
  }
  while (mantissa < Math.SQRT1_2) {
    mantissa *= 2;
    exponent--;
  }
  const s = (mantissa - 1) / (mantissa + 1);
  const s2 = s * s;
  let sum = 0;
  for (let k = 21; k >= 1; k -= 2) sum = 1 / k + s2 * sum;
  return 2 * s * sum + exponent * LN2_LOW + exponent * LN2_HIGH;
}

/** Angle of the point (x, y) in rad, in (-pi, pi]; 0 at the origin. */
export function atan2(y: number, x: number): number {
  if (x === 0 && y === 0) return 0;
  const ax = Math.abs(x);
  const ay = Math.abs(y);
  const angle = ay <= ax ? atanKernel(ay / ax) : Math.PI / 2 - atanKernel(ax / ay);
  const half = x < 0 ? Math.PI - angle : angle;
  return y < 0 ? -half : half;
}

/** Arc sine in rad; inputs outside [-1, 1] are clamped, since they come from rounding. */
export function asin(x: number): number {
  const c = Math.min(1, Math.max(-1, x));
  return atan2(c, Math.sqrt((1 - c) * (1 + c)));
}

function sinKernel(r: number): number {
  const r2 = r * r;
  let sum = 1;
  for (let k = 16; k >= 2; k -= 2) sum = 1 - (r2 / (k * (k + 1))) * sum;
  return r * sum;
}

function cosKernel(r: number): number {
  const r2 = r * r;
  let sum = 1;
  for (let k = 17; k >= 1; k -= 2) sum = 1 - (r2 / (k * (k + 1))) * sum;
  return sum;
}

/** atan on [0, 1], by two halvings of the angle and then the Taylor series. */
function atanKernel(t: number): number {
  const half = t / (1 + Math.sqrt(1 + t * t));
  const quarter = half / (1 + Math.sqrt(1 + half * half));
  const q2 = quarter * quarter;
  let sum = 0;
  for (let k = 23; k >= 1; k -= 2) sum = 1 / k - q2 * sum;
  return 4 * quarter * sum;
}

function scaleByPowerOfTwo(x: number, n: number): number {
  let result = x;
  let left = n;
  for (; left > 0; left--) result *= 2;
  for (; left < 0; left++) result /= 2;
  return result;
}
