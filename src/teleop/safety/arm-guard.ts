import { segmentDistance } from "../../common/index.ts";
import type { RobotSpec } from "../../sim/index.ts";
import type { BodyGeometry } from "./body-geometry.ts";
import type { JointLimits } from "./envelope.ts";
import { Kinematics } from "./kinematics.ts";

/** Two capsules that must not touch, and whose arms could: bit 0 the left one, bit 1 the right one. */
interface Pair {
  readonly a: number;
  readonly b: number;
  readonly radii: number;
  readonly arms: number;
}

const LEFT = 1;
const RIGHT = 2;
/** Step of the difference quotient, rad. */
const PROBE = 1e-4;
/** What a sliding arm gains on the straight step each time, m: curvature must not bring it nearer. */
const LIFT = 1e-6;
const SWEEPS = 8;
/** Share of a step that is too short to be made: slopes hold for short ones only. */
const SHORTEST = 1 / 64;

/**
 * Keeps the arms off the trunk, the legs and each other: of an arm whose next target would come closer than the clearance,
 * and closer than the one before, only those joints move on that do it no harm, from the shoulder outwards. Where each alone
 * would do harm, the arm slides along what is in its way: of the step it was to make, what leads nearer is taken out. So a
 * hand behind a thigh finds its way around. Links are capsules, and legs are where they are measured. Allocates nothing
 * after construction.
 */
export class ArmGuard {
  readonly #kinematics: Kinematics;
  readonly #pairs: readonly Pair[];
  readonly #capsules: BodyGeometry["capsules"];
  readonly #clearance: number;
  /** Which joints the arms are made of, as in `Pair.arms`; the waist moves both, legs move none. */
  readonly #armOf: Uint8Array;
  readonly #ends: Float64Array;
  readonly #before: Float64Array;
  readonly #after: Float64Array;
  readonly #pose: Float64Array;
  readonly #wanted: Float64Array;
  readonly #limits: Pick<JointLimits, "low" | "high" | "speed">;
  /** Change of each gap by each joint, m/rad: joints x pairs. */
  readonly #slopes: Float64Array;
  readonly #step: Float64Array;

  /**
   * @param clearance m
   * @param limits where and how fast a joint may go that evades though it was not asked to move
   */
  constructor(
    robot: RobotSpec,
    geometry: BodyGeometry,
    clearance: number,
    limits: Pick<JointLimits, "low" | "high" | "speed">,
  ) {
    this.#kinematics = new Kinematics(robot, geometry);
    this.#capsules = geometry.capsules;
    this.#pairs = pairsOf(geometry);
    this.#clearance = clearance;
    this.#armOf = Uint8Array.from(robot.joints, ({ name, group }) =>
      group === "lower"
        ? 0
        : name.startsWith("left")
          ? LEFT
          : name.startsWith("right")
            ? RIGHT
            : LEFT | RIGHT,
    );
    this.#ends = new Float64Array(6 * geometry.capsules.length);
    this.#before = new Float64Array(this.#pairs.length);
    this.#after = new Float64Array(this.#pairs.length);
    this.#pose = new Float64Array(robot.joints.length);
    this.#wanted = new Float64Array(robot.joints.length);
    this.#limits = limits;
    this.#slopes = new Float64Array(robot.joints.length * this.#pairs.length);
    this.#step = new Float64Array(robot.joints.length);
  }

  /** Least gap between an arm and the rest of the robot, m; negative where they overlap. Infinity for a robot without arms. */
  clearanceOf(q: ArrayLike<number>): number {
    this.#gaps(q, this.#after);
    let least = Number.POSITIVE_INFINITY;
    for (let p = 0; p < this.#after.length; p++) least = Math.min(least, this.#after[p]);
    return least;
  }

  /**
   * Puts those arm targets back to `previous` that must not go on.
   *
   * @param measured joint angles as they are; only the legs' are read
   * @param previous targets before, all joints
   * @param next targets to come, all joints; changed in place
   * @param seconds from one to the other
   * @returns true if an arm was held
   */
  restrain(measured: Float64Array, previous: Float64Array, next: Float64Array, seconds: number): boolean {
    this.#gaps(this.#withLegs(measured, previous), this.#before);
    let held = this.#offenders(measured, next);
    if (held === 0) return false;
    this.#wanted.set(next);
    this.#hold(held, previous, next);
    // One arm at rest may now be in the other's way.
    if (this.#offenders(measured, next) !== 0) {
      held = LEFT | RIGHT;
      this.#hold(held, previous, next);
    }
    for (let j = 0; j < next.length; j++) {
      if ((this.#armOf[j] & held) === 0) continue;
      next[j] = this.#wanted[j];
      if (this.#offenders(measured, next) !== 0) next[j] = previous[j];
    }
    for (let arm = LEFT; arm <= RIGHT; arm++)
      if ((held & arm) !== 0 && this.#isStill(arm, previous, next))
        this.#slide(arm, measured, previous, next, seconds);
    return true;
  }

  /** Whether no joint of an arm moves that was to. */
  #isStill(arm: number, previous: Float64Array, next: Float64Array): boolean {
    for (let j = 0; j < next.length; j++) if (this.#armOf[j] === arm && next[j] !== previous[j]) return false;
    return true;
  }

  /** Takes from the step that an arm was to make what leads nearer to anything, and makes the rest of it where that is safe. */
  #slide(arm: number, measured: Float64Array, previous: Float64Array, next: Float64Array, seconds: number) {
    const step = this.#step;
    this.#findSlopes(arm, measured, previous);
    for (let j = 0; j < step.length; j++)
      step[j] = this.#armOf[j] === arm ? this.#wanted[j] - previous[j] : 0;
    for (let sweep = 0; sweep < SWEEPS; sweep++) this.#projectStep();
    const { low, high, speed } = this.#limits;
    for (let share = 1; share > SHORTEST; share /= 2) {
      for (let j = 0; j < step.length; j++) {
        if (this.#armOf[j] !== arm) continue;
        const reach = speed[j] * seconds;
        const change = Math.min(reach, Math.max(-reach, share * step[j]));
        next[j] = Math.min(high[j], Math.max(low[j], previous[j] + change));
      }
      if (this.#offenders(measured, next) === 0) return;
    }
    this.#hold(arm, previous, next, true);
  }

  /** How each gap changes with each joint of an arm, by differences. */
  #findSlopes(arm: number, measured: Float64Array, previous: Float64Array): void {
    const count = this.#pairs.length;
    this.#slopes.fill(0);
    const pose = this.#withLegs(measured, previous);
    for (let j = 0; j < pose.length; j++) {
      if (this.#armOf[j] !== arm) continue;
      const q = pose[j];
      pose[j] = q + PROBE;
      this.#gaps(pose, this.#after);
      pose[j] = q;
      for (let p = 0; p < count; p++)
        this.#slopes[j * count + p] = (this.#after[p] - this.#before[p]) / PROBE;
    }
  }

  /** For each gap in turn, the least change to the step that keeps it (successive projections onto half-spaces). */
  #projectStep(): void {
    const step = this.#step;
    const count = this.#pairs.length;
    for (let p = 0; p < count; p++) {
      let change = 0;
      let steepness = 0;
      for (let j = 0; j < step.length; j++) {
        const slope = this.#slopes[j * count + p];
        change += slope * step[j];
        steepness += slope * slope;
      }
      const least = Math.min(this.#clearance, this.#before[p]) + LIFT;
      const lack = least - this.#before[p] - change;
      if (lack <= 0 || steepness === 0) continue;
      for (let j = 0; j < step.length; j++) step[j] += (lack / steepness) * this.#slopes[j * count + p];
    }
  }

  #offenders(measured: Float64Array, next: Float64Array): number {
    this.#gaps(this.#withLegs(measured, next), this.#after);
    let arms = 0;
    for (let p = 0; p < this.#pairs.length; p++) {
      const gap = this.#after[p];
      if (gap < this.#clearance && gap < this.#before[p]) arms |= this.#pairs[p].arms;
    }
    return arms;
  }

  /** @param alone leaves the waist, which both arms share */
  #hold(arms: number, previous: Float64Array, next: Float64Array, alone = false): void {
    for (let j = 0; j < next.length; j++) {
      const isHeld = alone ? this.#armOf[j] === arms : (this.#armOf[j] & arms) !== 0;
      if (isHeld) next[j] = previous[j];
    }
  }

  #withLegs(measured: Float64Array, targets: Float64Array): Float64Array {
    for (let j = 0; j < targets.length; j++) this.#pose[j] = this.#armOf[j] === 0 ? measured[j] : targets[j];
    return this.#pose;
  }

  #gaps(q: ArrayLike<number>, out: Float64Array): void {
    this.#kinematics.pose(q);
    for (let c = 0; c < this.#capsules.length; c++) {
      const { link, from, to } = this.#capsules[c];
      this.#kinematics.point(link, from[0], from[1], from[2], this.#ends, 6 * c);
      this.#kinematics.point(link, to[0], to[1], to[2], this.#ends, 6 * c + 3);
    }
    for (let p = 0; p < this.#pairs.length; p++) {
      const { a, b, radii } = this.#pairs[p];
      out[p] = segmentDistance(this.#ends, 6 * a, this.#ends, 6 * b) - radii;
    }
  }
}

/** Every capsule of an arm with every one of other limbs, except where the arm joins the trunk. */
function pairsOf({ capsules }: BodyGeometry): Pair[] {
  const pairs: Pair[] = [];
  for (const [a, first] of capsules.entries()) {
    for (const [b, second] of capsules.entries()) {
      if (b <= a || first.limb === second.limb) continue;
      const arms = armBit(first.limb) | armBit(second.limb);
      if (arms === 0) continue;
      pairs.push({ a, b, radii: first.radius + second.radius, arms });
    }
  }
  return pairs;
}

function armBit(limb: string): number {
  return limb === "left arm" ? LEFT : limb === "right arm" ? RIGHT : 0;
}
