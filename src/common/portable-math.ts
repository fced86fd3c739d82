/**
 * Transcendental functions made only of operations that IEEE 754 fixes exactly (+ − × ÷ √, floor), so the same
 * input gives the same bits in Node, Chromium and any other engine. `Math.sin` and its kin differ by one unit in
 * the last place between engines, which is enough to make a replayed robot fall elsewhere.
 *
 * Accuracy, as tested: sine and cosine within 3e-16 absolute for |x| < 1e5; exponential, logarithm and arc functions
 * within 1e-15 of their value.
 */

const HALF_PI_HIGH = 1.5707963267341256; // the first 33 bits of pi/2, so that n * HIGH is exact for n < 2^20
const HALF_PI_LOW = 6.077100506506192e-11;
const LN2_HIGH = 0.6931471803691238;
const LN2_LOW = 1.9082149292705877e-10;

/** Sine of an angle in rad; NaN where it is not finite. */
export function sin(x: number): number {
  return sinAfterQuarterTurns(x, 0);
}

/** Cosine of an angle in rad; NaN where it is not finite. */
export function cos(x: number): number {
  return sinAfterQuarterTurns(x, 1);
}

/** e to the power of x; 0 below -745.13 and Infinity above 709.78, where a double ends. */
export function exp(x: number): number {
  if (x < -745.1332191019411) return 0;
  if (x > 709.782712893384) return Number.POSITIVE_INFINITY;
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

/** Angle of the point (x, y) in rad, in (-pi, pi]; 0 at the origin, whatever the signs of the zeros. */
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

/** sin(x + quarters pi/2): the angle is first reduced to [-pi/4, pi/4], where the series converge fast. */
function sinAfterQuarterTurns(x: number, quarters: number): number {
  const quadrant = Math.floor(x / (Math.PI / 2) + 0.5);
  const r = x - quadrant * HALF_PI_HIGH - quadrant * HALF_PI_LOW;
  const turn = quadrant + quarters - 4 * Math.floor((quadrant + quarters) / 4);
  if (turn === 0) return sinKernel(r);
  if (turn === 1) return cosKernel(r);
  return turn === 2 ? -sinKernel(r) : -cosKernel(r);
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

/** 2^n for n from -1022 to 1023, by doubling and halving, which are exact. */
const POWERS_OF_TWO = new Float64Array(2046);
POWERS_OF_TWO[1022] = 1;
for (let n = 1; n <= 1023; n++) POWERS_OF_TWO[1022 + n] = 2 * POWERS_OF_TWO[1021 + n];
for (let n = 1; n <= 1022; n++) POWERS_OF_TWO[1022 - n] = POWERS_OF_TWO[1023 - n] / 2;

/** x 2^n, rounded once: in two factors where 2^n itself is no normal number. */
function scaleByPowerOfTwo(x: number, n: number): number {
  if (n > 1023) return 2 * x * POWERS_OF_TWO[1022 + n - 1];
  if (n < -1022) return x * POWERS_OF_TWO[1022 + n + 1022] * POWERS_OF_TWO[0];
  return x * POWERS_OF_TWO[1022 + n];
}
