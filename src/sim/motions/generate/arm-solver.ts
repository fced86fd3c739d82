import { ARM_JOINTS, type ArmChain } from "./arm-chain.ts";

const ITERATIONS = 80;
/** How much an elbow out of place weighs against a hand out of place. */
const ELBOW_WEIGHT = 0.06;
/** How much a radian away from the anchor weighs against a hand that is an arm's length out of place. */
const ANCHOR_WEIGHT = 0.0015;
const ROWS = 6 + ARM_JOINTS;

/**
 * Joint angles that put a hand somewhere: damped least squares on the hand's position, on which side the elbow hangs,
 * and, to settle the rest, on staying near an anchor. Solutions keep within limits.
 */
export class ArmSolver {
  readonly chain: ArmChain;
  readonly #low: Float64Array;
  readonly #high: Float64Array;
  readonly #jacobian = new Float64Array(ROWS * ARM_JOINTS);
  readonly #residual = new Float64Array(ROWS);
  readonly #normal = new Float64Array(ARM_JOINTS * ARM_JOINTS);
  readonly #step = new Float64Array(ARM_JOINTS);
  readonly #trial = new Float64Array(ARM_JOINTS);
  readonly #elbowGoal = new Float64Array(3);
  #elbowWeight = ELBOW_WEIGHT;
  #cost = 0;

  constructor(chain: ArmChain, low: Float64Array, high: Float64Array) {
    this.chain = chain;
    this.#low = low;
    this.#high = high;
  }

  /** Like `solve`, from several starts; keeps the best. For poses that need not continue from the one before. */
  search(
    target: Float64Array,
    pole: ArrayLike<number>,
    anchor: ArrayLike<number>,
    q: Float64Array,
    starts: readonly Float64Array[],
  ): number {
    const best = Float64Array.from(q);
    let miss = this.solve(target, pole, anchor, best);
    let least = this.#cost;
    const trial = new Float64Array(ARM_JOINTS);
    for (const start of starts) {
      trial.set(start);
      const gap = this.solve(target, pole, anchor, trial);
      if (this.#cost >= least) continue;
      least = this.#cost;
      miss = gap;
      best.set(trial);
    }
    q.set(best);
    return miss;
  }

  /**
   * @param target where the hand should be, torso frame, m, [3]
   * @param pole where the elbow should point, torso frame, any length, [3]
   * @param anchor joint angles to stay near where hand and elbow leave a choice, [4]
   * @param q start, and result, [4]
   * @returns how far the hand is from the target, m
   */
  solve(target: Float64Array, pole: ArrayLike<number>, anchor: ArrayLike<number>, q: Float64Array): number {
    this.#placeElbow(target, pole);
    let damping = 1e-3;
    let cost = this.#evaluate(target, anchor, q, true);
    for (let iteration = 0; iteration < ITERATIONS && damping < 1e6; iteration++) {
      this.#solveStep(q, damping);
      for (let i = 0; i < ARM_JOINTS; i++)
        this.#trial[i] = Math.min(this.#high[i], Math.max(this.#low[i], q[i] + this.#step[i]));
      const next = this.#evaluate(target, anchor, this.#trial, false);
      if (next < cost) {
        const gain = cost - next;
        q.set(this.#trial);
        damping = Math.max(1e-7, damping / 4);
        cost = this.#evaluate(target, anchor, q, true);
        if (gain < 1e-17) break;
      } else damping *= 6;
    }
    this.#cost = cost;
    this.chain.solve(q);
    return gap(this.chain.hand, target);
  }

  /** Where the elbow would be for arms without offsets: on the circle around the line from shoulder to hand, at the pole. */
  #placeElbow(target: Float64Array, pole: ArrayLike<number>): void {
    const { shoulder, upperArm, forearm } = this.chain;
    const line = [0, 1, 2].map((k) => target[k] - shoulder[k]);
    const length = Math.max(1e-6, norm(line));
    const span = Math.min(length, 0.9999 * (upperArm + forearm));
    const along = (upperArm * upperArm - forearm * forearm + span * span) / (2 * span);
    const aside = Math.sqrt(Math.max(0, upperArm * upperArm - along * along));
    const n = line.map((value) => value / length);
    const dot = pole[0] * n[0] + pole[1] * n[1] + pole[2] * n[2];
    const side = n.map((value, k) => pole[k] - dot * value);
    const sideLength = norm(side);
    // Where the pole lies along the arm, it says nothing.
    this.#elbowWeight = (ELBOW_WEIGHT * sideLength) / norm([pole[0], pole[1], pole[2]]);
    for (let k = 0; k < 3; k++)
      this.#elbowGoal[k] = shoulder[k] + along * n[k] + (aside * side[k]) / Math.max(1e-9, sideLength);
  }

  #evaluate(target: Float64Array, anchor: ArrayLike<number>, q: Float64Array, withJacobian: boolean): number {
    const { chain } = this;
    chain.solve(q);
    const scale = 1 / chain.reach;
    let cost = 0;
    for (let row = 0; row < ROWS; row++) {
      const k = row % 3;
      const value =
        row < 3
          ? scale * (chain.hand[k] - target[k])
          : row < 6
            ? this.#elbowWeight * scale * (chain.elbow[k] - this.#elbowGoal[k])
            : ANCHOR_WEIGHT * (q[row - 6] - anchor[row - 6]);
      this.#residual[row] = value;
      cost += value * value;
    }
    if (withJacobian) this.#differentiate(scale);
    return cost;
  }

  #differentiate(scale: number): void {
    const { chain } = this;
    this.#jacobian.fill(0);
    for (let i = 0; i < ARM_JOINTS; i++) {
      this.#lever(i, chain.hand, 0, scale);
      this.#lever(i, chain.elbow, 3, scale * this.#elbowWeight);
      this.#jacobian[(6 + i) * ARM_JOINTS + i] = ANCHOR_WEIGHT;
    }
  }

  /** How a point moves with joint `i`: its axis crossed with the lever arm. */
  #lever(i: number, point: Float64Array, row: number, weight: number): void {
    const { axes, origins } = this.chain;
    const [ax, ay, az] = [axes[3 * i], axes[3 * i + 1], axes[3 * i + 2]];
    const x = point[0] - origins[3 * i];
    const y = point[1] - origins[3 * i + 1];
    const z = point[2] - origins[3 * i + 2];
    this.#jacobian[row * ARM_JOINTS + i] = weight * (ay * z - az * y);
    this.#jacobian[(row + 1) * ARM_JOINTS + i] = weight * (az * x - ax * z);
    this.#jacobian[(row + 2) * ARM_JOINTS + i] = weight * (ax * y - ay * x);
  }

  /** Solves (JᵀJ + damping) step = -Jᵀr, leaving joints alone that would go further beyond a limit. */
  #solveStep(q: Float64Array, damping: number): void {
    const n = ARM_JOINTS;
    this.#normal.fill(0);
    this.#step.fill(0);
    for (let row = 0; row < ROWS; row++)
      for (let i = 0; i < n; i++) {
        const ji = this.#jacobian[row * n + i];
        this.#step[i] -= ji * this.#residual[row];
        for (let j = 0; j < n; j++) this.#normal[i * n + j] += ji * this.#jacobian[row * n + j];
      }
    for (let i = 0; i < n; i++) {
      this.#normal[i * n + i] += damping;
      const isHeld =
        (q[i] <= this.#low[i] && this.#step[i] < 0) || (q[i] >= this.#high[i] && this.#step[i] > 0);
      if (!isHeld) continue;
      for (let j = 0; j < n; j++) this.#normal[i * n + j] = this.#normal[j * n + i] = 0;
      this.#normal[i * n + i] = 1;
      this.#step[i] = 0;
    }
    eliminate(this.#normal, this.#step, n);
  }
}

/** Gauss elimination for a positive definite matrix; the right side becomes the solution. */
function eliminate(matrix: Float64Array, right: Float64Array, n: number): void {
  for (let pivot = 0; pivot < n; pivot++)
    for (let row = pivot + 1; row < n; row++) {
      const factor = matrix[row * n + pivot] / matrix[pivot * n + pivot];
      for (let column = pivot; column < n; column++)
        matrix[row * n + column] -= factor * matrix[pivot * n + column];
      right[row] -= factor * right[pivot];
    }
  for (let row = n - 1; row >= 0; row--) {
    for (let column = row + 1; column < n; column++) right[row] -= matrix[row * n + column] * right[column];
    right[row] /= matrix[row * n + row];
  }
}

function norm(vector: ArrayLike<number>): number {
  return Math.sqrt(vector[0] * vector[0] + vector[1] * vector[1] + vector[2] * vector[2]);
}

function gap(a: Float64Array, b: Float64Array): number {
  return norm([a[0] - b[0], a[1] - b[1], a[2] - b[2]]);
}
