import type { RobotSpec } from "../sim/index.ts";
import type { MotorCommand } from "./motor-command.ts";
import type { RobotState } from "./robot-state.ts";
import type { FaultCause, Phase, PhaseRequest } from "./safety/phase.ts";
import type { TargetChunk } from "./safety/target-chunk.ts";

/**
 * A robot behind its safety layer: joint targets in, state out. The simulated twin, a robot on DDS and a bridge at the
 * other end of a socket are the same to whoever holds one; the contract suite in test/teleop/contract holds them to it.
 */
export interface RobotLink extends AsyncDisposable {
  readonly robot: RobotSpec;
  /** The newest state. Kept and overwritten while `waitUntil` waits, at no other time. */
  readonly state: RobotState;
  /** What the motors were really told last, and why it may differ from what was asked. Overwritten as `state` is. */
  readonly sent: SentCommand;
  /** The body that `state.imu` is fixed to. */
  readonly imuBody: "pelvis" | "torso";
  /** The link's clock, s: monotonic, with an origin of its own; simulated time where the robot is simulated in step. */
  now(): number;
  /** Lets the robot's time pass until then; returns at once if it has. Throws `LinkClosedError` where the robot is gone. */
  waitUntil(time: number): Promise<void>;
  /**
   * Asks for these targets from now on; in `running` alone do they reach the motors, limited. Returns `sent`: what the
   * motors were really told last, whose `sequence` says which `send` that was.
   */
  send(targets: MotorCommand): SentCommand;
  /** Asks for a chunk of targets, each at its time on the link's clock; replaces what is left of earlier ones. */
  sendChunk(chunk: TargetChunk): SentCommand;
  /** Asks the state machine to go on; it says no by staying where it is, with the reason in `sent.refusal`. */
  request(request: PhaseRequest): void;
  /** Emergency stop: faults and damps at once, from any phase, whoever is in control. */
  stop(): void;
}

/** What the motors were really told, and the state of the safety layer that told them. */
export interface SentCommand {
  /** Zero gains and torque, and not even written, in a dry run. */
  readonly command: MotorCommand;
  /** Which `send` it answers, counted from 1; 0 where it answers none, as in damping. */
  sequence: number;
  phase: Phase;
  /** Why the robot is in `fault`; "none" elsewhere. */
  fault: FaultCause;
  /** Why the last request changed nothing; "none" where it did. */
  refusal: FaultCause;
  /** Bit mask of `LIMITS`: what the command was cut down by. */
  limits: number;
}
