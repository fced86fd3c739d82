import { eventLoopTurn, type Rng, UsageError } from "../common/index.ts";
import {
  createJointTargets,
  type FallLimits,
  hasFallen,
  type InitialState,
  type JointTargets,
  type Plant,
  type Terrain,
} from "../sim/index.ts";
import type { Policy } from "./policy.ts";

/** A shove at a moment of the episode: a change of the pelvis velocity, world, m/s. */
export interface ScheduledPush {
  readonly time: number;
  readonly velocity: readonly [number, number, number];
}

/** What the robot is asked to do, as functions of the episode's time, s. */
export interface Request {
  /** Velocity command [vx, vy, yaw rate], m/s and rad/s. */
  command(time: number): ArrayLike<number>;
  /** Writes reference joint angles (robot order, rad); absent: the default pose. */
  reference?(time: number, out: Float64Array): void;
}

/** One control step, as subscribers see it. Everything is kept and overwritten: copy what must last. */
export interface RolloutStep {
  readonly plant: Plant;
  readonly policy: Policy;
  /** The targets that led here. */
  readonly targets: JointTargets;
  /** Pelvis velocity change applied after the step, world, m/s; undefined where none was. */
  readonly push: readonly [number, number, number] | undefined;
  readonly hasFallen: boolean;
}

/** What watches: recorder, metrics, viewer stream. */
export interface Subscriber {
  /** After the reset, before the first step. */
  start?(plant: Plant, policy: Policy): void | Promise<void>;
  step?(step: RolloutStep): void;
  end?(result: RolloutResult): void | Promise<void>;
}

export interface RolloutOptions {
  readonly plant: Plant;
  readonly policy: Policy;
  /** One for each companion of the plant, which is asked to stand; where left out they hold their pose. */
  readonly companionPolicies?: readonly Policy[];
  readonly request: Request;
  /** Longest duration, s; the rollout ends sooner when the robot falls. */
  readonly seconds: number;
  /** Decides noise and randomised parameters. */
  readonly rng: Rng;
  /** Share of the plant's randomization that robots differ by, 0 to 1; default: all of it. */
  readonly variety?: number | undefined;
  readonly initial?: InitialState;
  readonly pushes?: readonly ScheduledPush[];
  readonly fall: FallLimits;
  readonly terrain?: Terrain;
  readonly subscribers?: readonly Subscriber[];
  /** Ends the rollout early, after a whole step. */
  readonly signal?: AbortSignal;
}

export interface RolloutResult {
  readonly seconds: number;
  readonly steps: number;
  readonly fell: boolean;
  readonly isInterrupted: boolean;
}

/** Control steps between two turns of the event loop; a turn takes about 1 ms. */
const STEPS_A_TURN = 256;

/** Runs a policy on a robot: ask, act, step, watch, until the time is over or the robot has fallen. */
export async function rollout(options: RolloutOptions): Promise<RolloutResult> {
  const { plant, policy, request, subscribers = [], pushes = [], companionPolicies = [] } = options;
  const policies = [policy, ...companionPolicies];
  for (const each of policies) checkTimestep(plant, each);
  plant.reset(options.rng, options.initial, options.variety);
  for (const each of policies) each.reset();
  const targets = createJointTargets(plant.robot);
  const reference = plant.truth.reference.slice();
  for (const subscriber of subscribers) await subscriber.start?.(plant, policy);
  const steps = Math.floor(options.seconds / plant.controlTimestep + 0.5);
  let fell = false;
  while (plant.truth.step < steps && !fell && options.signal?.aborted !== true) {
    const { time } = plant.truth;
    request.reference?.(time, reference);
    plant.ask(request.command(time), reference);
    await policy.act(plant.measured, targets);
    for (const [i, each] of companionPolicies.entries())
      await each.act(plant.companions[i].measured, plant.companions[i].targets);
    plant.step(targets);
    const push = pushBetween(pushes, time, plant.truth.time);
    if (push !== undefined) plant.kick(push);
    fell = hasFallen(plant.truth, options.fall, groundBelow(plant, options.terrain));
    const step: RolloutStep = { plant, policy, targets, push, hasFallen: fell };
    for (const subscriber of subscribers) subscriber.step?.(step);
    if (plant.truth.step % STEPS_A_TURN === 0) await eventLoopTurn(); // else no signal would ever arrive
  }
  const result = {
    seconds: plant.truth.time,
    steps: plant.truth.step,
    fell,
    isInterrupted: plant.truth.step < steps && !fell,
  };
  for (const subscriber of subscribers) await subscriber.end?.(result);
  return result;
}

function pushBetween(
  pushes: readonly ScheduledPush[],
  from: number,
  to: number,
): ScheduledPush["velocity"] | undefined {
  return pushes.find(({ time }) => time > from + 1e-9 && time <= to + 1e-9)?.velocity;
}

function groundBelow(plant: Plant, terrain: Terrain | undefined): number {
  return terrain?.heightAt(plant.truth.basePos[0], plant.truth.basePos[1]) ?? 0;
}

function checkTimestep(plant: Plant, policy: Policy): void {
  if (Math.abs(plant.controlTimestep - policy.controlTimestep) < 1e-9) return;
  throw new UsageError(
    `The policy "${policy.name}" acts every ${policy.controlTimestep} s, but the control step is ${plant.controlTimestep} s.`,
    "Choose timestep and decimation so that their product is the policy's.",
  );
}
