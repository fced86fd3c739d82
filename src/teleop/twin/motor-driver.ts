import type { JointTargets, RobotSpec } from "../../sim/index.ts";
import type { MessageFamily } from "../dds/messages/family.ts";
import type { LowCmd } from "../dds/messages/low-cmd.ts";

/** Why the robot's motor board did not take a command, as far as is known of the hardware. */
export type CommandVerdict = "accepted" | "crc" | "not finite" | "mode machine" | "ankle mode";

/**
 * The motor board: keeps the last command that it accepted and turns it into targets for the simulated motors, in the
 * robot's joint order. A slot whose mode byte is not the motor's own stays limp.
 */
export class MotorDriver {
  readonly #family: MessageFamily;
  readonly #slots: Int32Array;
  /** What LowState says and every hg command must repeat. */
  readonly #modeMachine: number;
  readonly #checksCrc: boolean;

  constructor(
    robot: RobotSpec,
    family: MessageFamily,
    { modeMachine, checksCrc }: { modeMachine: number; checksCrc: boolean },
  ) {
    this.#family = family;
    this.#slots = Int32Array.from(robot.joints, (joint) => joint.motorSlot);
    this.#modeMachine = modeMachine;
    this.#checksCrc = checksCrc;
  }

  /** Judges a command. Hardware drops what it does not accept without a word. */
  judge(cmd: LowCmd, isIntact: boolean): CommandVerdict {
    if (this.#checksCrc && !isIntact) return "crc";
    if (this.#family.name === "unitree_hg") {
      if (cmd.modeMachine !== this.#modeMachine) return "mode machine";
      if (cmd.modePr !== 0) return "ankle mode";
    }
    return this.#isFinite(cmd) ? "accepted" : "not finite";
  }

  /** Writes the targets of a command; a velocity target goes into the torque, which is the same law. */
  follow(cmd: LowCmd, targets: JointTargets): void {
    for (let j = 0; j < this.#slots.length; j++) {
      const slot = this.#slots[j];
      const isOn = cmd.mode[slot] === this.#family.enabledMode(slot);
      targets.q[j] = isOn && cmd.kp[slot] !== 0 ? cmd.q[slot] : 0;
      targets.kp[j] = isOn ? cmd.kp[slot] : 0;
      targets.kd[j] = isOn ? cmd.kd[slot] : 0;
      targets.tau[j] = isOn ? cmd.tau[slot] + cmd.kd[slot] * cmd.dq[slot] : 0;
    }
  }

  /**
   * Mixes a command of `rt/arm_sdk` into targets that a controller has written: waist and arms take the share that the
   * weight slot says. Neither checksum nor mode bytes matter there: Unitree's own examples set none.
   */
  blendArms(cmd: LowCmd, robot: RobotSpec, targets: JointTargets): void {
    const weight = Math.min(1, Math.max(0, cmd.q[this.#family.weightSlot]));
    if (!(weight > 0) || !this.#isFinite(cmd)) return;
    for (let j = 0; j < this.#slots.length; j++) {
      if (robot.joints[j].group === "lower") continue;
      const slot = this.#slots[j];
      targets.q[j] += weight * (cmd.q[slot] - targets.q[j]);
      targets.kp[j] += weight * (cmd.kp[slot] - targets.kp[j]);
      targets.kd[j] += weight * (cmd.kd[slot] - targets.kd[j]);
      targets.tau[j] += weight * (cmd.tau[slot] + cmd.kd[slot] * cmd.dq[slot] - targets.tau[j]);
    }
  }

  #isFinite(cmd: LowCmd): boolean {
    let sum = 0;
    for (const slot of this.#slots)
      sum += cmd.q[slot] + cmd.dq[slot] + cmd.tau[slot] + cmd.kp[slot] + cmd.kd[slot];
    return sum - sum === 0;
  }
}
