import { CLayout } from "../idl/c-layout.ts";
import { isMessageIntact, sealMessage } from "./crc.ts";
import type { MessageFamily } from "./family.ts";

/** What each motor slot is told: tau = kp (q - q_measured) + kd (dq - dq_measured) + tau. As wide as the wire. */
export interface LowCmd {
  /** hg: 0 = ankles by pitch and roll, 1 = by their two motors. */
  modePr: number;
  /** hg: must repeat what LowState says. */
  modeMachine: number;
  readonly mode: Uint8Array;
  /** rad, rad/s, N·m */
  readonly q: Float32Array;
  readonly dq: Float32Array;
  readonly tau: Float32Array;
  /** N·m/rad, N·m·s/rad */
  readonly kp: Float32Array;
  readonly kd: Float32Array;
}

/** A command of zeros: every motor off. */
export function createLowCmd({ slots }: MessageFamily): LowCmd {
  const floats = () => new Float32Array(slots);
  return {
    modePr: 0,
    modeMachine: 0,
    mode: new Uint8Array(slots),
    q: floats(),
    dq: floats(),
    tau: floats(),
    kp: floats(),
    kd: floats(),
  };
}

/** Copies one command over another of the same family. Allocates nothing. */
export function copyLowCmd(from: LowCmd, to: LowCmd): void {
  to.modePr = from.modePr;
  to.modeMachine = from.modeMachine;
  to.mode.set(from.mode);
  to.q.set(from.q);
  to.dq.set(from.dq);
  to.tau.set(from.tau);
  to.kp.set(from.kp);
  to.kd.set(from.kd);
}

/** Turns commands into C structs and back; allocates nothing. */
export class LowCmdCodec {
  readonly #slots: number;
  readonly #motors: number;
  readonly #stride: number;
  /** Offset of the go family's header, or -1. */
  readonly #head: number;
  /** Offset of the hg family's `mode_pr`, which `mode_machine` follows, or -1. */
  readonly #modes: number;

  constructor(family: MessageFamily) {
    const layout = new CLayout(family.lowCmd);
    this.#slots = family.slots;
    this.#motors = layout.offset("motor_cmd");
    this.#stride = layout.stride("motor_cmd");
    this.#head = layout.has("head") ? layout.offset("head") : -1;
    this.#modes = layout.has("mode_pr") ? layout.offset("mode_pr") : -1;
  }

  /** Writes header, slots and checksum. Everything else in `message` must be zero. */
  write(cmd: LowCmd, message: DataView): void {
    if (this.#head >= 0) for (let i = 0; i < 3; i++) message.setUint8(this.#head + i, LOW_LEVEL_HEADER[i]);
    if (this.#modes >= 0) {
      message.setUint8(this.#modes, cmd.modePr);
      message.setUint8(this.#modes + 1, cmd.modeMachine);
    }
    for (let slot = 0; slot < this.#slots; slot++) {
      const at = this.#motors + slot * this.#stride;
      message.setUint8(at, cmd.mode[slot]);
      message.setFloat32(at + 4, cmd.q[slot], true);
      message.setFloat32(at + 8, cmd.dq[slot], true);
      message.setFloat32(at + 12, cmd.tau[slot], true);
      message.setFloat32(at + 16, cmd.kp[slot], true);
      message.setFloat32(at + 20, cmd.kd[slot], true);
    }
    sealMessage(message);
  }

  /** Reads the slots, whatever the checksum; returns whether it is right. */
  read(message: DataView, cmd: LowCmd): boolean {
    if (this.#modes >= 0) {
      cmd.modePr = message.getUint8(this.#modes);
      cmd.modeMachine = message.getUint8(this.#modes + 1);
    }
    for (let slot = 0; slot < this.#slots; slot++) {
      const at = this.#motors + slot * this.#stride;
      cmd.mode[slot] = message.getUint8(at);
      cmd.q[slot] = message.getFloat32(at + 4, true);
      cmd.dq[slot] = message.getFloat32(at + 8, true);
      cmd.tau[slot] = message.getFloat32(at + 12, true);
      cmd.kp[slot] = message.getFloat32(at + 16, true);
      cmd.kd[slot] = message.getFloat32(at + 20, true);
    }
    return isMessageIntact(message);
  }
}

/** head and level_flag of a low-level command in the go family. */
const LOW_LEVEL_HEADER = [0xfe, 0xef, 0xff] as const;
