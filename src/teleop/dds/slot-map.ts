import type { RobotSpec } from "../../sim/index.ts";
import type { MotorCommand } from "../motor-command.ts";
import type { MessageFamily } from "./messages/family.ts";
import type { LowCmd } from "./messages/low-cmd.ts";

/** Motors of an H1-2 that a robot with locked wrists does not know are damped, N·m·s/rad. */
const UNKNOWN_MOTOR_KD = 1;
/** Motors of the hardware; slots beyond drive nothing. */
const MOTORS = { unitree_go: 20, unitree_hg: 27 } as const;

/** Puts commands in joint order into motor slots. */
export class SlotMap {
  readonly #robot: RobotSpec;
  readonly #family: MessageFamily;
  readonly #slots: Int32Array;
  /** Slots with a motor that is none of the robot's joints. */
  readonly #others: Int32Array;

  constructor(robot: RobotSpec, family: MessageFamily) {
    this.#robot = robot;
    this.#family = family;
    this.#slots = Int32Array.from(robot.joints, (joint) => joint.motorSlot);
    const others = Array.from({ length: MOTORS[family.name] }, (_, slot) => slot);
    this.#others = Int32Array.from(others.filter((slot) => !this.#slots.includes(slot)));
  }

  /** Every motor. Those that the robot does not know are damped, so that a locked wrist does not dangle. */
  wholeBody(command: MotorCommand, cmd: LowCmd): void {
    for (let j = 0; j < this.#slots.length; j++) this.#put(command, j, cmd);
    const isHg = this.#family.name === "unitree_hg";
    for (let i = 0; i < this.#others.length; i++) {
      const slot = this.#others[i];
      cmd.mode[slot] = command.isEnabled ? this.#family.enabledMode(slot) : 0;
      cmd.kd[slot] = command.isEnabled && isHg ? UNKNOWN_MOTOR_KD : 0;
    }
  }

  /** Waist and arms, and in the weight slot how much they count; the legs' slots stay zero. */
  arms(command: MotorCommand, cmd: LowCmd): void {
    for (let j = 0; j < this.#slots.length; j++)
      if (this.#robot.joints[j].group !== "lower") this.#put(command, j, cmd);
    cmd.q[this.#family.weightSlot] = command.isEnabled ? Math.min(1, Math.max(0, command.weight)) : 0;
  }

  #put(command: MotorCommand, j: number, cmd: LowCmd): void {
    const slot = this.#slots[j];
    cmd.mode[slot] = command.isEnabled ? this.#family.enabledMode(slot) : 0;
    cmd.q[slot] = command.q[j];
    cmd.dq[slot] = command.dq[j];
    cmd.tau[slot] = command.tau[j];
    cmd.kp[slot] = command.kp[j];
    cmd.kd[slot] = command.kd[j];
  }
}
