import { UsageError } from "../../common/index.ts";
import { FallLimits, hasFallen, type JointTargets, type SimulatedRobot } from "../../sim/index.ts";
import { OnnxPolicy } from "../onnx-policy.ts";
import type { Policy } from "../policy.ts";
import { WholeBodyPolicy } from "../whole-body.ts";
import { dampOnly } from "./damp-only.ts";

/** Trained range of one command. */
export interface TrainedRange {
  readonly name: string;
  readonly low: number;
  readonly high: number;
}

const COMMANDS = ["vx", "vy", "yawRate"] as const;
const FALL_LIMITS = FallLimits.parse({});

/** A simulated robot under a policy and a velocity command. Owns the policy. */
export class DrivenRobot implements Disposable {
  readonly robot: SimulatedRobot;
  /** The targets of the last step. */
  readonly targets: JointTargets;
  hasFallen = false;
  /** Velocity asked for: forward, left, m/s, and turn, rad/s. */
  readonly command = new Float64Array(3);
  #policy: Policy;

  /** Throws `UsageError` where the policy acts at another rate than the robot is controlled at. */
  constructor(robot: SimulatedRobot, policy: Policy, targets: JointTargets) {
    requireRate(policy, robot);
    this.robot = robot;
    this.targets = targets;
    this.#policy = policy;
  }

  get policy(): Policy {
    return this.#policy;
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
      this.command[k] = range === undefined ? 0 : Math.min(range.high, Math.max(range.low, velocity[k]));
    });
  }

  /** Puts another policy in charge, between two steps. The old one's networks are freed. */
  switchPolicy(policy: Policy): void {
    requireRate(policy, this.robot);
    policy.reset();
    for (const network of networksOf(this.#policy)) network[Symbol.dispose]();
    this.#policy = policy;
    this.ask([...this.command]);
  }

  /** Forgets the episode. */
  reset(): void {
    this.#policy.reset();
    this.command.fill(0);
    this.hasFallen = false;
  }

  /** Writes the next targets; where the motors only damp, the policy acts all the same and goes on from there. */
  async act(isDamping: boolean, reference?: ArrayLike<number>): Promise<void> {
    this.robot.ask(this.command, reference);
    await this.#policy.act(this.robot.measured, this.targets);
    if (isDamping) dampOnly(this.robot, this.targets);
  }

  /** Looks whether it has fallen, above ground of a height, m. */
  look(heightAt: (x: number, y: number) => number): void {
    const { basePos } = this.robot.truth;
    this.hasFallen = hasFallen(this.robot.truth, FALL_LIMITS, heightAt(basePos[0], basePos[1]));
  }

  [Symbol.dispose](): void {
    for (const network of networksOf(this.#policy)) network[Symbol.dispose]();
  }
}

/** The networks of a policy and of its parts. */
export function networksOf(policy: Policy): OnnxPolicy[] {
  if (policy instanceof WholeBodyPolicy) return policy.parts.flatMap(networksOf);
  return policy instanceof OnnxPolicy ? [policy] : [];
}

function requireRate(policy: Policy, robot: SimulatedRobot): void {
  if (Math.abs(policy.controlTimestep - robot.controlTimestep) < 1e-9) return;
  throw new UsageError(
    `"${policy.name}" acts every ${policy.controlTimestep} s, the robot every ${robot.controlTimestep} s.`,
    "Start with that control step: see --plant.timestep and --plant.decimation.",
  );
}
