import type { RobotSpec } from "../sim/index.ts";
import type { MotorCommand } from "./motor-command.ts";
import type { RobotState } from "./robot-state.ts";
import type { Phase } from "./safety/phase.ts";

/** Which motors are ours: all of them, or waist and arms over the maker's own walking controller (`arm_sdk`). */
export type MotorAuthority = "body" | "arms";

/**
 * Bare motors and sensors, without any limit: a simulator, or a robot on DDS. Never leaves this room: only a `RobotLink`
 * does, which has the safety layer in front.
 *
 * A port lives in the thread of the motor loop. That thread sleeps in `Atomics.wait` between two ticks, so while the
 * loop runs no promise, timer or callback of the port is ever served: `poll` and `write` do all their work themselves,
 * synchronously, without waiting and without allocating (`dds_take` and `dds_write`, not a waitset or a listener).
 */
export interface MotorPort extends AsyncDisposable {
  readonly robot: RobotSpec;
  /** The newest state. Kept and overwritten by `poll`. */
  readonly state: RobotState;
  /** Pelvis or torso: the body that `state.imu` is fixed to. */
  readonly imuBody: "pelvis" | "torso";
  /**
   * Gets the motors: waits for the first state, and releases the maker's motion service (or takes up `arm_sdk`).
   * Called once, before the loop, while promises are still served. Throws a typed error where the robot is not there.
   */
  engage(authority: MotorAuthority): Promise<void>;
  /**
   * Takes over what has arrived since the last call and stamps it with `now`. Returns true if `state` is new.
   * Messages that are broken (wrong CRC, wrong length) count as not arrived.
   *
   * @param now s, the loop's monotonic clock
   */
  poll(now: number): boolean;
  /** Writes one command to the motors. Reads `command` before it returns and keeps nothing of it. */
  write(command: MotorCommand): void;
  /** Hears each new phase of the safety layer; for simulated ports, whose gantry lets go when the robot runs. */
  enter?(phase: Phase): void;
  /** Puts a simulated robot back where it started; absent where the robot is real. */
  restart?(): void;
}
