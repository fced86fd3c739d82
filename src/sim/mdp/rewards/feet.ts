import { portableMath } from "../../../common/index.ts";
import { isStanding, leftPhase, rightPhase } from "../gait-phase.ts";
import type { MdpState, RewardKernel } from "../mdp-state.ts";
import { isStopping } from "./stopping.ts";

/**
 * How many feet touch the ground exactly when the gait clock says so: [F_z > 1 N] == [phase < stance]. A swing begins
 * later and ends earlier by `overlap`, in which both feet bear the robot, and within `margin` of its ends a foot may do
 * either. All are shares of a stride; ALMI has neither overlap nor margin. While a robot stops (`isStopping`, faster than
 * `settled` m/s) its feet are free: it may have to step to stay up.
 */
export const contactPhase: RewardKernel = (mdp, params) => {
  const { feet, gait, state } = mdp;
  if (isStopping(mdp, params)) return 2;
  return (
    Number(isInPhase(feet.force[2] > 1, leftPhase(gait, state), params)) +
    Number(isInPhase(feet.force[5] > 1, rightPhase(gait, state), params))
  );
};

function isInPhase(
  touches: boolean,
  phase: number,
  { stance = 0.55, overlap = 0, margin = 0 }: Readonly<Record<string, number>>,
): boolean {
  const liftOff = liftOffPhase(stance, overlap);
  const touchDown = 1 - overlap;
  if (phase < liftOff || phase >= touchDown) return touches;
  return !touches || phase < liftOff + margin || phase >= touchDown - margin;
}

/** A phase that equals it must swing in every stride, however it was rounded. */
const liftOffPhase = (stance: number, overlap: number): number => stance + overlap - 1e-9;

/**
 * How many feet touch the ground while they must swing, by the rules of `contactPhase`. Swings are so short a part of a
 * stride that legs which never lift a foot lose little of that term. Where more than `slow` m/s are asked for, it counts
 * `walking` times: nothing gets there without steps, and a clock that is held to strictly rocks the robot. Not part of ALMI.
 */
export const missedSwing: RewardKernel = ({ feet, gait, state }, params) => {
  const { slow = Number.POSITIVE_INFINITY, walking = 1 } = params;
  const missed =
    Number(feet.force[2] > 1 && mustSwing(leftPhase(gait, state), params)) +
    Number(feet.force[5] > 1 && mustSwing(rightPhase(gait, state), params));
  const speed = Math.sqrt(state.command[0] ** 2 + state.command[1] ** 2);
  return speed > slow ? walking * missed : missed;
};

function mustSwing(
  phase: number,
  { stance = 0.55, overlap = 0, margin = 0 }: Readonly<Record<string, number>>,
): boolean {
  return phase >= liftOffPhase(stance, overlap) + margin && phase < 1 - overlap - margin;
}

/**
 * How close each leg is to a walking pose on the gait clock, mean of both: exp(-2 d) - 0.2 min(0.5, d), with d the
 * Euclidean distance, rad, of its joints to the default pose, drawn up by `lift` while it swings (hip and ankle once,
 * knee twice), which begins and ends as in `contactPhase`. Each leg counts for itself, or the exploration noise of twelve joints would flatten the kernel. A hint for
 * beginners, not part of ALMI.
 */
export const gaitPose: RewardKernel = (mdp, params) => {
  const { state, gait } = mdp;
  const left = legDistance(mdp, drawnUpAt(leftPhase(gait, state), params), true);
  const right = legDistance(mdp, drawnUpAt(rightPhase(gait, state), params), false);
  return (closeness(left) + closeness(right)) / 2;
};

function legDistance(mdp: MdpState, drawnUp: number, ofLeft: boolean): number {
  const { joints, robot, state } = mdp;
  const { factor, isLeft } = liftsOf(mdp);
  let sum = 0;
  for (let k = 0; k < joints.length; k++) {
    if (isLeft[k] !== ofLeft) continue;
    sum += (state.q[joints[k]] - robot.joints[joints[k]].default - factor[k] * drawnUp) ** 2;
  }
  return Math.sqrt(sum);
}

const closeness = (distance: number): number =>
  portableMath.exp(-2 * distance) - 0.2 * Math.min(0.5, distance);

/** 0 in stance, and half a sine as high as `lift` over the swing. */
function drawnUpAt(
  phase: number,
  { lift = 0.3, stance = 0.55, overlap = 0 }: Readonly<Record<string, number>>,
): number {
  const [liftOff, touchDown] = [stance + overlap, 1 - overlap];
  if (phase < liftOff || phase >= touchDown) return 0;
  return lift * portableMath.sin((Math.PI * (phase - liftOff)) / (touchDown - liftOff));
}

/** How each judged joint takes part in drawing up its leg. */
interface Lifts {
  readonly factor: readonly number[];
  readonly isLeft: readonly boolean[];
}

const lifts = new WeakMap<Int32Array, Lifts>();

/** Names are read once for each list of judged joints. */
function liftsOf({ joints, robot }: MdpState): Lifts {
  let known = lifts.get(joints);
  if (known === undefined) {
    const names = Array.from(joints, (joint) => robot.joints[joint].name);
    known = { factor: names.map(liftFactor), isLeft: names.map((name) => name.startsWith("left_")) };
    lifts.set(joints, known);
  }
  return known;
}

/** How a joint takes part in drawing up its leg: rad per rad of `lift`; 0 for joints that don't. */
export function liftFactor(joint: string): number {
  if (joint.endsWith("_knee_joint")) return 2;
  return /_(hip_pitch|ankle_pitch|ankle)_joint$/.test(joint) ? -1 : 0;
}

/** 1 while the ankles are between `low` and `high` apart (horizontally), falling off fast outside. */
export const feetDistance: RewardKernel = ({ feet }, { low = 0.3, high = 0.6 }) =>
  plateau(horizontalDistance(feet.pos), low, high);

/** The same of the knees. ALMI gives it `low` = `high` = 0.3, a plateau of no width. */
export const kneeDistance: RewardKernel = ({ knees }, { low = 0.3, high = 0.3 }) =>
  plateau(horizontalDistance(knees), low, high);

/** Σ of squared velocities of feet in contact: slipping and stamping, (m/s)². */
export const contactVelocity: RewardKernel = ({ feet }) => {
  let sum = 0;
  for (let foot = 0; foot < 6; foot += 3) {
    if (norm3(feet.force, foot) > 1)
      sum += feet.vel[foot] ** 2 + feet.vel[foot + 1] ** 2 + feet.vel[foot + 2] ** 2;
  }
  return sum;
};

/**
 * Σ of the feet's speeds while asked to stand, m/s: what each step is long, there and up and down, whatever the pelvis does meanwhile.
 * Nothing while the robot stops (`isStopping`, faster than `settled` m/s). Not part of ALMI.
 */
export const standingSteps: RewardKernel = (mdp, params) => {
  if (!isStanding(mdp.gait, mdp.state) || isStopping(mdp, params)) return 0;
  return norm3(mdp.feet.vel, 0) + norm3(mdp.feet.vel, 3);
};

/** Σ of squared deviations of swinging ankles from `target` height above ground, m²; with `oneSided` 1 only from below. */
export const swingHeight: RewardKernel = (mdp, { target = 0.08, oneSided = 0 }) => {
  let sum = 0;
  for (let foot = 0; foot < 6; foot += 3) {
    if (norm3(mdp.feet.force, foot) > 1) continue;
    const deviation = mdp.feet.pos[foot + 2] - mdp.groundHeight - target;
    if (oneSided === 0 || deviation < 0) sum += deviation ** 2;
  }
  return sum;
};

/** Σ of contact force beyond `limit`, N. */
export const contactForces: RewardKernel = ({ feet }, { limit = 700 }) =>
  Math.max(0, norm3(feet.force, 0) - limit) + Math.max(0, norm3(feet.force, 3) - limit);

function plateau(distance: number, low: number, high: number): number {
  const short = Math.min(0.5, Math.max(0, low - distance));
  const long = Math.min(0.5, Math.max(0, distance - high));
  return (portableMath.exp(-100 * short) + portableMath.exp(-100 * long)) / 2;
}

function horizontalDistance(pair: Float64Array): number {
  const dx = pair[0] - pair[3];
  const dy = pair[1] - pair[4];
  return Math.sqrt(dx * dx + dy * dy);
}

function norm3(values: Float64Array, at: number): number {
  return Math.sqrt(values[at] ** 2 + values[at + 1] ** 2 + values[at + 2] ** 2);
}
