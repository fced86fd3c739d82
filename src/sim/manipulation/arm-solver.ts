import type { Simulation } from "../engine/index.ts";

/** Joints of one arm from the shoulder out. */
export const ARM_JOINTS = ["shoulder_pitch", "shoulder_roll", "shoulder_yaw", "elbow_pitch"] as const;
export type Side = "left" | "right";
export const SIDES: readonly Side[] = ["left", "right"];

const N = ARM_JOINTS.length;
const ROWS = 3 + N;
const ITERATIONS = 24;
/** Largest change of a joint in one iteration, rad. */
const LONGEST_STEP = 0.3;
const DAMPING = 2e-3;

/**
 * Inverse kinematics of one arm: damped least squares on the engine's Jacobian of the hand. Three numbers ask for a
 * place and the arm has four joints; the one that is left goes towards a posture.
 */
export class ArmSolver {
  readonly side: Side;
  readonly #scratch: Simulation;
  readonly #site: number;
  readonly #qpos: Int32Array;
  readonly #dof: Int32Array;
  readonly #range: Float64Array;
  readonly #siteJacobian: Float64Array;
  readonly #jacobian = new Float64Array(ROWS * N);
  readonly #residual = new Float64Array(ROWS);
  readonly #normal = new Float64Array(N * N);
  readonly #step = new Float64Array(N);

  /** @param scratch a simulation of the robot's model whose state may be overwritten */
  constructor(scratch: Simulation, side: Side) {
    const { model } = scratch;
    const joints = ARM_JOINTS.map((name) => model.index("joint", `${side}_${name}_joint`));
    const { jnt_qposadr, jnt_dofadr, jnt_range } = model.views;
    this.side = side;
    this.#scratch = scratch;
    this.#site = model.index("site", `${side}_hand`);
    this.#qpos = Int32Array.from(joints, (joint) => jnt_qposadr[joint]);
    this.#dof = Int32Array.from(joints, (joint) => jnt_dofadr[joint]);
    this.#range = Float64Array.from(
      joints.flatMap((joint) => [...jnt_range.slice(2 * joint, 2 * joint + 2)]),
    );
    this.#siteJacobian = new Float64Array(3 * model.sizes.nv);
  }

  /**
   * Finds joint angles that put the hand at a place, everything else being as `qpos` says.
   *
   * @param qpos the whole model's positions
   * @param target where the hand's site should be, world, m, [3]
   * @param posture angles to prefer, rad, [4]
   * @param pull how much a radian off the posture weighs against a metre off the target
   * @param q start and result, rad, [4]
   * @returns how far the hand is from the target, m
   */
  solve(
    qpos: Float64Array,
    target: ArrayLike<number>,
    posture: ArrayLike<number>,
    pull: number,
    q: Float64Array,
  ): number {
    const { views } = this.#scratch;
    views.qpos.set(qpos);
    let miss = 0;
    for (let iteration = 0; iteration < ITERATIONS; iteration++) {
      miss = this.#linearise(target, posture, pull, q);
      this.#solveStep(q);
      let longest = 0;
      for (let i = 0; i < N; i++) longest = Math.max(longest, Math.abs(this.#step[i]));
      const scale = longest > LONGEST_STEP ? LONGEST_STEP / longest : 1;
      for (let i = 0; i < N; i++) {
        const angle = q[i] + scale * this.#step[i];
        q[i] = Math.min(this.#range[2 * i + 1], Math.max(this.#range[2 * i], angle));
      }
      if (longest < 1e-4) break;
    }
    return miss;
  }

  /** Residual and Jacobian at `q`; returns the distance of the hand from the target, m. */
  #linearise(target: ArrayLike<number>, posture: ArrayLike<number>, pull: number, q: Float64Array): number {
    const scratch = this.#scratch;
    const { qpos, site_xpos } = scratch.views;
    for (let i = 0; i < N; i++) qpos[this.#qpos[i]] = q[i];
    scratch.kinematics();
    scratch.siteJacobian(this.#site, this.#siteJacobian);
    const nv = this.#siteJacobian.length / 3;
    this.#jacobian.fill(0);
    let squares = 0;
    for (let k = 0; k < 3; k++) {
      const gap = target[k] - site_xpos[3 * this.#site + k];
      this.#residual[k] = gap;
      squares += gap * gap;
      for (let i = 0; i < N; i++) this.#jacobian[k * N + i] = this.#siteJacobian[k * nv + this.#dof[i]];
    }
    for (let i = 0; i < N; i++) {
      this.#residual[3 + i] = pull * (posture[i] - q[i]);
      this.#jacobian[(3 + i) * N + i] = pull;
    }
    return Math.sqrt(squares);
  }

  /** Solves (JᵀJ + damping) step = Jᵀr, leaving joints alone that would go further beyond a limit. */
  #solveStep(q: Float64Array): void {
    const normal = this.#normal.fill(0);
    const step = this.#step.fill(0);
    for (let row = 0; row < ROWS; row++)
      for (let i = 0; i < N; i++) {
        const ji = this.#jacobian[row * N + i];
        step[i] += ji * this.#residual[row];
        for (let j = 0; j < N; j++) normal[i * N + j] += ji * this.#jacobian[row * N + j];
      }
    for (let i = 0; i < N; i++) {
      normal[i * N + i] += DAMPING * DAMPING;
      const isHeld =
        (q[i] <= this.#range[2 * i] && step[i] < 0) || (q[i] >= this.#range[2 * i + 1] && step[i] > 0);
      if (!isHeld) continue;
      for (let j = 0; j < N; j++) normal[i * N + j] = normal[j * N + i] = 0;
      normal[i * N + i] = 1;
      step[i] = 0;
    }
    eliminate(normal, step);
  }
}

/** Gauss elimination for a positive definite matrix; the right side becomes the solution. */
function eliminate(matrix: Float64Array, right: Float64Array): void {
  for (let pivot = 0; pivot < N; pivot++)
    for (let row = pivot + 1; row < N; row++) {
      const factor = matrix[row * N + pivot] / matrix[pivot * N + pivot];
      for (let column = pivot; column < N; column++)
        matrix[row * N + column] -= factor * matrix[pivot * N + column];
      right[row] -= factor * right[pivot];
    }
  for (let row = N - 1; row >= 0; row--) {
    for (let column = row + 1; column < N; column++) right[row] -= matrix[row * N + column] * right[column];
    right[row] /= matrix[row * N + row];
  }
}
