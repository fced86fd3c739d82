/** Differences of colour up to this, as the square root of linear light, count as noise: ten steps of a screen's 255. */
const NOISE = 0.04;
/** Binomial weights of five taps. */
const TAPS = [1, 4, 6, 4, 1] as const;

/**
 * Takes the grain out of a sampled picture and leaves its edges: means over neighbours of nearly the same colour on the
 * same surface (bilateral filter with Tukey's weight, in two passes of growing step, Dammertz 2010).
 *
 * @param linear linear light, [height, width, 3]; overwritten
 * @param surface what each pixel shows, [height, width]; colours never mix between different values
 */
export function smoothNoise(width: number, height: number, linear: Float32Array, surface: Int32Array): void {
  const root = new Float32Array(linear.length);
  const source = new Float32Array(linear.length);
  const mean = new Float64Array(3);
  for (const step of [1, 2]) {
    source.set(linear);
    for (let i = 0; i < root.length; i++) root[i] = Math.sqrt(linear[i]);
    for (let row = 0; row < height; row++) {
      for (let column = 0; column < width; column++) {
        meanAround(width, height, column, row, step, source, root, surface, mean);
        linear.set(mean, 3 * (row * width + column));
      }
    }
  }
}

function meanAround(
  width: number,
  height: number,
  column: number,
  row: number,
  step: number,
  source: Float32Array,
  root: Float32Array,
  surface: Int32Array,
  mean: Float64Array,
): void {
  const pixel = row * width + column;
  const r = root[3 * pixel];
  const g = root[3 * pixel + 1];
  const b = root[3 * pixel + 2];
  let total = 0;
  mean.fill(0);
  for (let i = 0; i < 5; i++) {
    const y = row + (i - 2) * step;
    if (y < 0 || y >= height) continue;
    for (let j = 0; j < 5; j++) {
      const x = column + (j - 2) * step;
      const other = y * width + x;
      if (x < 0 || x >= width || surface[other] !== surface[pixel]) continue;
      const dr = root[3 * other] - r;
      const dg = root[3 * other + 1] - g;
      const db = root[3 * other + 2] - b;
      const near = 1 - (dr * dr + dg * dg + db * db) / (NOISE * NOISE);
      if (near <= 0) continue;
      const weight = TAPS[i] * TAPS[j] * near * near;
      total += weight;
      for (let k = 0; k < 3; k++) mean[k] += weight * source[3 * other + k];
    }
  }
  for (let k = 0; k < 3; k++) mean[k] /= total;
}
