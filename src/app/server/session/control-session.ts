import { Rng, UsageError } from "../../../common/index.ts";
import { LowerJudge, OnnxPolicy, type Policy, WholeBodyPolicy } from "../../../policies/index.ts";
import {
  type CompiledWorld,
  createJointTargets,
  FallLimits,
  hasFallen,
  type InitialState,
  type JointTargets,
  type MotionLibrary,
  MotionPlayer,
  type Plant,
  startOn,
} from "../../../sim/index.ts";
import { HeldForce, type Pull } from "./held-force.ts";

/** A motion that the upper body follows. */
export interface PlayedMotion {
  readonly name: string;
  readonly amplitude: number;
}

/** Trained range of one command. */
export interface TrainedRange {
  readonly name: string;
  readonly low: number;
  readonly high: number;
}

const COMMANDS = ["vx", "vy", "yawRate"] as const;

/**
 * A robot in its world under a policy, with everything that somebody who watches can do to it: command, push, pull,
 * stop, reset, switch. Knows no clock: whoever holds it decides when to step. Owns plant, model and policy.
 */
export class ControlSession implements Disposable {
  readonly plant: Plant;
  readonly compiled: CompiledWorld;
  readonly force: HeldForce;
  /** The targets of the last step. */
  readonly targets: JointTargets;
  seed: number;
  hasFallen = false;
  /** The motors only damp. */
  isStopped = false;
  /** How long the last step's policy and physics took, ms. */
  policyMs = 0;
  physicsMs = 0;
  /** What the legs' reward terms would pay; undefined where the robot has no legs that they know. */
  readonly judge: LowerJudge | undefined;
  readonly #motions: MotionLibrary | undefined;
  readonly #player: MotionPlayer | undefined;
  readonly #reference: Float64Array;
  readonly #command = new Float64Array(3);
  readonly #nowMs: () => number;
  #policy: Policy;
  #motion: (PlayedMotion & { readonly since: number }) | undefined;

  /**
   * @param motions of the robot; undefined where it has none
   * @param nowMs measures how long things take, nothing else
   */
  constructor(
    compiled: CompiledWorld,
    plant: Plant,
    policy: Policy,
    options: {
      readonly motions: MotionLibrary | undefined;
      readonly seed: number;
      readonly nowMs: () => number;
    },
  ) {
    this.compiled = compiled;
    this.plant = plant;
    this.seed = options.seed;
    this.force = new HeldForce(plant);
    this.targets = createJointTargets(plant.robot);
    this.#policy = policy;
    this.#motions = options.motions;
    this.#player = options.motions && new MotionPlayer(plant.robot, options.motions.joints);
    this.#nowMs = options.nowMs;
    this.#reference = plant.truth.reference.slice();
    this.judge = LowerJudge.of(plant, compiled.terrain);
    this.reset();
  }

  get policy(): Policy {
    return this.#policy;
  }

  get motion(): PlayedMotion | undefined {
    return this.#motion;
  }

  /** The robot's motions, in the order of the library. */
  get motions(): MotionLibrary | undefined {
    return this.#motions;
  }

  get keyframes(): string[] {
    return this.plant.simulation.model.names("key").filter((name) => name !== "");
  }

  /** What the policy's parts were trained for; empty where nobody follows velocity commands. */
  get ranges(): TrainedRange[] {
    const ranges = networksOf(this.#policy).flatMap(({ spec }) => spec.commands);
    return COMMANDS.flatMap((name) => ranges.find((range) => range.name === name) ?? []);
  }

  /** Asks for a velocity, clipped to what the policy was trained for; zero where it ignores commands. */
  ask(velocity: ArrayLike<number>): void {
    const ranges = this.ranges;
    COMMANDS.forEach((name, k) => {
      const range = ranges.find((candidate) => candidate.name === name);
      this.#command[k] = range === undefined ? 0 : Math.min(range.high, Math.max(range.low, velocity[k]));
    });
  }

  /** Ends what somebody commanded: nobody is there any more. */
  letGo(): void {
    this.#command.fill(0);
    this.force.release();
  }

  pull(pull: Pull): void {
    this.force.pull(pull);
  }

  /** Follows a motion from its start on, again and again. Throws `UnknownNameError`, or `UsageError` where there are none. */
  play(name: string | null, amplitude: number): void {
    if (name === null) {
      this.#motion = undefined;
      return;
    }
    if (this.#motions === undefined)
      throw new UsageError(
        `There are no motions for ${this.plant.robot.name}.`,
        "Use a robot that has some.",
      );
    this.#motions.get(name); // throws where there is none
    this.#motion = { name, amplitude, since: this.plant.truth.time };
  }

  /** Puts another policy in charge, between two steps. The old one's networks are freed. */
  switchPolicy(policy: Policy): void {
    requireRate(policy, this.plant);
    policy.reset();
    for (const network of networksOf(this.#policy)) network[Symbol.dispose]();
    this.#policy = policy;
    this.ask([...this.#command]);
  }

  /** Puts the robot where it starts, in the default pose or in that of a keyframe. Throws `UnknownNameError`. */
  reset(options: { readonly seed?: number | undefined; readonly keyframe?: string | undefined } = {}): void {
    const { plant } = this;
    const pose = options.keyframe === undefined ? {} : this.#poseOf(options.keyframe);
    this.seed = options.seed ?? this.seed;
    this.force.release();
    plant.reset(new Rng(this.seed), { ...startOn(plant.robot, this.compiled.terrain, this.seed), ...pose });
    this.#policy.reset();
    this.#command.fill(0);
    this.judge?.begin();
    this.hasFallen = false;
    if (this.#motion !== undefined) this.#motion = { ...this.#motion, since: 0 };
  }

  /** One control step. Throws `DivergedError` where the physics breaks; a reset mends it. */
  async step(): Promise<void> {
    const { plant, targets } = this;
    this.#writeReference();
    plant.ask(this.#command, this.#reference);
    const began = this.#nowMs();
    await this.#policy.act(plant.measured, targets);
    if (this.isStopped) this.#damp();
    const acted = this.#nowMs();
    this.force.apply();
    this.judge?.before();
    plant.step(targets);
    this.policyMs = acted - began;
    this.physicsMs = this.#nowMs() - acted;
    this.judge?.after(targets);
    this.hasFallen = hasFallen(plant.truth, FALL_LIMITS, this.#groundBelow());
  }

  [Symbol.dispose](): void {
    for (const network of networksOf(this.#policy)) network[Symbol.dispose]();
    this.plant[Symbol.dispose]();
    this.compiled.model[Symbol.dispose]();
  }

  /** The motors resist movement and hold nothing. */
  #damp(): void {
    const { q, kp, kd, tau } = this.targets;
    const { robot, truth } = this.plant;
    for (let j = 0; j < robot.joints.length; j++) {
      q[j] = truth.q[j];
      kp[j] = 0;
      kd[j] = robot.joints[j].kd;
      tau[j] = 0;
    }
  }

  #writeReference(): void {
    const { robot, truth } = this.plant;
    for (let j = 0; j < robot.joints.length; j++) this.#reference[j] = robot.joints[j].default;
    if (this.#motion === undefined || this.#motions === undefined || this.#player === undefined) return;
    const { name, amplitude, since } = this.#motion;
    const motion = this.#motions.get(name);
    const time = truth.time - since;
    this.#player.write(
      motion,
      time - motion.seconds * Math.floor(time / motion.seconds),
      amplitude,
      this.#reference,
    );
  }

  /** Joint angles and place of a keyframe, on the ground that is there. */
  #poseOf(keyframe: string): InitialState {
    const { plant } = this;
    const { model } = plant.simulation;
    const at = model.index("key", keyframe) * model.sizes.nq;
    const { key_qpos } = model.views;
    const [x, y, z] = key_qpos.subarray(at + plant.index.baseQpos, at + plant.index.baseQpos + 3);
    const height = z + (this.compiled.terrain?.clearHeightAt(x, y) ?? 0);
    return { basePos: [x, y, height], q: Array.from(plant.index.qpos, (place) => key_qpos[at + place]) };
  }

  #groundBelow(): number {
    const { basePos } = this.plant.truth;
    return this.compiled.terrain?.heightAt(basePos[0], basePos[1]) ?? 0;
  }
}

const FALL_LIMITS = FallLimits.parse({});

/** The networks of a policy and of its parts. */
export function networksOf(policy: Policy): OnnxPolicy[] {
  if (policy instanceof WholeBodyPolicy) return policy.parts.flatMap(networksOf);
  return policy instanceof OnnxPolicy ? [policy] : [];
}

/** Throws `UsageError` where a policy acts at another rate than the robot is controlled at. */
function requireRate(policy: Policy, plant: Plant): void {
  if (Math.abs(policy.controlTimestep - plant.controlTimestep) < 1e-9) return;
  throw new UsageError(
    `"${policy.name}" acts every ${policy.controlTimestep} s, the robot every ${plant.controlTimestep} s.`,
    "Start with that control step: see --plant.timestep and --plant.decimation.",
  );
}
