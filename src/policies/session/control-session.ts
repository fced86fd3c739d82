import { Rng, UnknownNameError, UsageError } from "../../common/index.ts";
import {
  type CompiledWorld,
  createJointTargets,
  type InitialState,
  type JointTargets,
  type MotionLibrary,
  MotionPlayer,
  type Plant,
  startOn,
} from "../../sim/index.ts";
import { LowerJudge } from "../almi/lower-judge.ts";
import type { Policy } from "../policy.ts";
import { DrivenRobot, type TrainedRange } from "./driven-robot.ts";
import { HeldForce, type Pull } from "./held-force.ts";

/** A motion that the upper body follows. */
export interface PlayedMotion {
  readonly name: string;
  readonly amplitude: number;
}

/**
 * A robot in its world under a policy, with everything that somebody who watches can do to it: command, push, pull,
 * stop, reset, switch. Companions have policies and commands of their own; what is said of the robot here is not about
 * them. Knows no clock: whoever holds it decides when to step. Owns plant, model and policies.
 */
export class ControlSession implements Disposable {
  readonly plant: Plant;
  readonly compiled: CompiledWorld;
  readonly force: HeldForce;
  readonly companions: readonly DrivenRobot[];
  seed: number;
  /** All motors only damp. */
  isStopped = false;
  /** How long the last step's policy and physics took, ms. */
  policyMs = 0;
  physicsMs = 0;
  /** What the legs' reward terms would pay; undefined where the robot has no legs that they know. */
  readonly judge: LowerJudge | undefined;
  readonly #motions: MotionLibrary | undefined;
  readonly #player: MotionPlayer | undefined;
  readonly #reference: Float64Array;
  readonly #nowMs: () => number;
  readonly #driven: DrivenRobot;
  #motion: (PlayedMotion & { readonly since: number }) | undefined;

  /**
   * @param companions policies of the world's companions, in their order
   * @param motions of the robot; undefined where it has none
   * @param nowMs measures how long things take, nothing else
   */
  constructor(
    compiled: CompiledWorld,
    plant: Plant,
    policy: Policy,
    options: {
      readonly companions?: readonly Policy[];
      readonly motions: MotionLibrary | undefined;
      readonly seed: number;
      readonly nowMs: () => number;
    },
  ) {
    this.compiled = compiled;
    this.plant = plant;
    this.seed = options.seed;
    this.force = new HeldForce(plant);
    this.#driven = new DrivenRobot(plant, policy, createJointTargets(plant.robot));
    this.companions = (options.companions ?? []).map(
      (each, i) => new DrivenRobot(plant.companions[i], each, plant.companions[i].targets),
    );
    this.#motions = options.motions;
    this.#player = options.motions && new MotionPlayer(plant.robot, options.motions.joints);
    this.#nowMs = options.nowMs;
    this.#reference = plant.truth.reference.slice();
    this.judge = LowerJudge.of(plant, compiled.terrain);
    this.reset();
  }

  get policy(): Policy {
    return this.#driven.policy;
  }

  /** The targets of the last step. */
  get targets(): JointTargets {
    return this.#driven.targets;
  }

  get hasFallen(): boolean {
    return this.#driven.hasFallen;
  }

  get motion(): PlayedMotion | undefined {
    return this.#motion;
  }

  /** The robot's motions, in the order of the library. */
  get motions(): MotionLibrary | undefined {
    return this.#motions;
  }

  /** The robot's keyframes; companions' ones have the companion's name before theirs. */
  get keyframes(): string[] {
    return this.plant.simulation.model.names("key").filter((name) => name !== "" && !name.includes("/"));
  }

  /** What the policy's parts were trained for; empty where nobody follows velocity commands. */
  get ranges(): TrainedRange[] {
    return this.#driven.ranges;
  }

  /**
   * Asks for a velocity, clipped to what the policy was trained for; zero where it ignores commands. All other robots
   * are asked to stand.
   *
   * @param name of a companion; default: the robot
   */
  ask(velocity: ArrayLike<number>, name?: string): void {
    const asked = this.#named(name);
    for (const each of this.#all()) each.ask(each === asked ? velocity : [0, 0, 0]);
  }

  /** Shoves a robot: changes its pelvis velocity, world, m/s. @param name of a companion; default: the robot */
  push(velocity: readonly [number, number, number], name?: string): void {
    this.#named(name).robot.kick(velocity);
  }

  /** Ends what somebody commanded: nobody is there any more. */
  letGo(): void {
    for (const { command } of this.#all()) command.fill(0);
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

  /** Puts another policy in charge of the robot, between two steps. The old one's networks are freed. */
  switchPolicy(policy: Policy): void {
    this.#driven.switchPolicy(policy);
  }

  /** Puts all robots where they start, in the default pose, or the robot in that of a keyframe. Throws `UnknownNameError`. */
  reset(options: { readonly seed?: number | undefined; readonly keyframe?: string | undefined } = {}): void {
    const { plant } = this;
    this.seed = options.seed ?? this.seed;
    const { terrain, world } = this.compiled;
    const start = startOn(plant.robot, terrain, this.seed, world.companions);
    const pose = options.keyframe === undefined ? {} : this.#poseOf(options.keyframe, start);
    this.force.release();
    plant.reset(new Rng(this.seed), { ...start, ...pose });
    for (const each of this.#all()) each.reset();
    this.judge?.begin();
    if (this.#motion !== undefined) this.#motion = { ...this.#motion, since: 0 };
  }

  /** One control step. Throws `DivergedError` where the physics breaks; a reset mends it. */
  async step(): Promise<void> {
    const { plant, targets } = this;
    this.#writeReference();
    const began = this.#nowMs();
    await this.#driven.act(this.isStopped, this.#reference);
    for (const companion of this.companions) await companion.act(this.isStopped);
    const acted = this.#nowMs();
    this.force.apply();
    this.judge?.before();
    plant.step(targets);
    this.policyMs = acted - began;
    this.physicsMs = this.#nowMs() - acted;
    this.judge?.after(targets);
    for (const each of this.#all()) each.look((x, y) => this.compiled.terrain?.heightAt(x, y) ?? 0);
  }

  [Symbol.dispose](): void {
    for (const each of this.#all()) each[Symbol.dispose]();
    this.plant[Symbol.dispose]();
    this.compiled.model[Symbol.dispose]();
  }

  #all(): readonly DrivenRobot[] {
    return [this.#driven, ...this.companions];
  }

  /** Throws `UnknownNameError` where no companion has that name. */
  #named(name: string | undefined): DrivenRobot {
    if (name === undefined) return this.#driven;
    const { companions } = this.plant;
    const found = companions.findIndex((companion) => companion.name === name);
    if (found >= 0) return this.companions[found];
    throw new UnknownNameError(
      "companion",
      name,
      companions.map((companion) => companion.name),
    );
  }

  #writeReference(): void {
    const { robot, truth } = this.plant;
    for (let j = 0; j < robot.joints.length; j++) this.#reference[j] = robot.joints[j].default;
    if (this.#motion === undefined || this.#motions === undefined || this.#player === undefined) return;
    const { name, amplitude, since } = this.#motion;
    const motion = this.#motions.get(name);
    this.#player.repeat(motion, truth.time - since, amplitude, this.#reference);
  }

  /** Joint angles and height of a keyframe, on the ground where the robot starts. */
  #poseOf(keyframe: string, { basePos: start }: InitialState): InitialState {
    const { plant } = this;
    const { model } = plant.simulation;
    const at = model.index("key", keyframe) * model.sizes.nq;
    const { key_qpos } = model.views;
    const ground = start === undefined ? 0 : start[2] - plant.robot.standingHeight;
    const height = ground + key_qpos[at + plant.index.baseQpos + 2];
    return {
      basePos: [start?.[0] ?? 0, start?.[1] ?? 0, height],
      q: Array.from(plant.index.qpos, (place) => key_qpos[at + place]),
    };
  }
}
