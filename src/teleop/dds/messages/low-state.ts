import { CLayout } from "../idl/c-layout.ts";
import { isMessageIntact, sealMessage } from "./crc.ts";
import type { MessageFamily } from "./family.ts";

/** What the robot says of itself at 500 Hz, in motor slots. Kept and overwritten by `LowStateCodec.read`. */
export interface LowState {
  /** ms since power-on; 0 means that nothing has been said yet. */
  tick: number;
  /** hg: which machine this is, which commands must repeat; 6 on an H1-2. */
  modeMachine: number;
  modePr: number;
  readonly mode: Uint8Array;
  /** rad, rad/s, rad/s², N·m */
  readonly q: Float32Array;
  readonly dq: Float32Array;
  readonly ddq: Float32Array;
  readonly tauEst: Float32Array;
  /** The hotter of what each motor measures, °C. */
  readonly temperature: Float32Array;
  /** Not 0 where a motor reports an error (hg); packets lost on the way to it (go) are no error. */
  readonly fault: Uint32Array;
  readonly imu: LowStateImu;
  /** 40 bytes of the remote control; see `wireless-remote.ts`. */
  readonly wirelessRemote: Uint8Array;
  /** go: 0 to 100, %; NaN in the hg family, whose battery has a topic of its own. */
  charge: number;
  /** go: V, A; NaN in the hg family. */
  voltage: number;
  current: number;
}

/** Torso-mounted on both H1 and H1-2. */
export interface LowStateImu {
  /** World from IMU, [w, x, y, z]. */
  readonly quat: Float32Array;
  /** rad/s */
  readonly gyro: Float32Array;
  /** m/s², +9.81 upwards at rest */
  readonly acc: Float32Array;
  /** Roll, pitch, yaw, rad. */
  readonly rpy: Float32Array;
  /** °C */
  temperature: number;
}

export function createLowState({ slots }: MessageFamily): LowState {
  const floats = (length: number = slots) => new Float32Array(length);
  return {
    tick: 0,
    modeMachine: 0,
    modePr: 0,
    mode: new Uint8Array(slots),
    q: floats(),
    dq: floats(),
    ddq: floats(),
    tauEst: floats(),
    temperature: floats(),
    fault: new Uint32Array(slots),
    imu: {
      quat: Float32Array.of(1, 0, 0, 0),
      gyro: floats(3),
      acc: floats(3),
      rpy: floats(3),
      temperature: 0,
    },
    wirelessRemote: new Uint8Array(40),
    charge: Number.NaN,
    voltage: Number.NaN,
    current: Number.NaN,
  };
}

/** Turns states into C structs and back; allocates nothing. */
export class LowStateCodec {
  readonly #family: MessageFamily;
  readonly #tick: number;
  readonly #imu: number;
  readonly #motors: number;
  readonly #stride: number;
  readonly #remote: number;
  /** go: offsets of the battery's charge (%), current (mA) and of voltage and current of the supply (V, A). */
  readonly #battery: { readonly soc: number; readonly current: number; readonly power: number } | undefined;

  constructor(family: MessageFamily) {
    const layout = new CLayout(family.lowState);
    this.#family = family;
    this.#tick = layout.offset("tick");
    this.#imu = layout.offset("imu_state");
    this.#motors = layout.offset("motor_state");
    this.#stride = layout.stride("motor_state");
    this.#remote = layout.offset("wireless_remote");
    this.#battery = layout.has("bms_state")
      ? {
          soc: layout.offset("bms_state.soc"),
          current: layout.offset("bms_state.current"),
          power: layout.offset("power_v"),
        }
      : undefined;
  }

  /** Writes state and checksum. Everything else in `message` must be zero. */
  write(state: LowState, message: DataView): void {
    message.setUint32(this.#tick, state.tick, true);
    writeImu(state.imu, message, this.#imu, this.#family.name);
    const isGo = this.#family.name === "unitree_go";
    if (!isGo) {
      message.setUint8(HG_MODES, state.modePr);
      message.setUint8(HG_MODES + 1, state.modeMachine);
    }
    for (let slot = 0; slot < this.#family.slots; slot++) {
      const at = this.#motors + slot * this.#stride;
      message.setUint8(at, state.mode[slot]);
      message.setFloat32(at + 4, state.q[slot], true);
      message.setFloat32(at + 8, state.dq[slot], true);
      message.setFloat32(at + 12, state.ddq[slot], true);
      message.setFloat32(at + 16, state.tauEst[slot], true);
      if (isGo) {
        message.setFloat32(at + 20, state.q[slot], true);
        message.setFloat32(at + 24, state.dq[slot], true);
        message.setFloat32(at + 28, state.ddq[slot], true);
        message.setUint8(at + 32, state.temperature[slot]);
      } else {
        message.setInt16(at + 20, state.temperature[slot], true);
        message.setInt16(at + 22, state.temperature[slot], true);
        message.setUint32(at + 36, state.fault[slot], true);
      }
    }
    for (let i = 0; i < 40; i++) message.setUint8(this.#remote + i, state.wirelessRemote[i]);
    if (this.#battery !== undefined) {
      message.setUint8(this.#battery.soc, state.charge);
      message.setInt32(this.#battery.current, 1000 * state.current, true);
      message.setFloat32(this.#battery.power, state.voltage, true);
      message.setFloat32(this.#battery.power + 4, state.current, true);
    }
    sealMessage(message);
  }

  /** Reads everything, whatever the checksum; returns whether it is right. */
  read(message: DataView, state: LowState): boolean {
    state.tick = message.getUint32(this.#tick, true);
    readImu(message, this.#imu, state.imu, this.#family.name);
    const isGo = this.#family.name === "unitree_go";
    if (!isGo) {
      state.modePr = message.getUint8(HG_MODES);
      state.modeMachine = message.getUint8(HG_MODES + 1);
    }
    for (let slot = 0; slot < this.#family.slots; slot++) {
      const at = this.#motors + slot * this.#stride;
      state.mode[slot] = message.getUint8(at);
      state.q[slot] = message.getFloat32(at + 4, true);
      state.dq[slot] = message.getFloat32(at + 8, true);
      state.ddq[slot] = message.getFloat32(at + 12, true);
      state.tauEst[slot] = message.getFloat32(at + 16, true);
      state.temperature[slot] = isGo
        ? message.getUint8(at + 32)
        : Math.max(message.getInt16(at + 20, true), message.getInt16(at + 22, true));
      state.fault[slot] = isGo ? 0 : message.getUint32(at + 36, true);
    }
    for (let i = 0; i < 40; i++) state.wirelessRemote[i] = message.getUint8(this.#remote + i);
    if (this.#battery !== undefined) {
      state.charge = message.getUint8(this.#battery.soc);
      state.voltage = message.getFloat32(this.#battery.power, true);
      state.current = message.getInt32(this.#battery.current, true) / 1000;
    }
    return isMessageIntact(message);
  }
}

const HG_MODES = 8;

/** Writes an IMU struct at an offset; the two families differ in its temperature's width. */
export function writeImu(
  imu: LowStateImu,
  message: DataView,
  at: number,
  family: MessageFamily["name"],
): void {
  for (let k = 0; k < 4; k++) message.setFloat32(at + 4 * k, imu.quat[k], true);
  for (let axis = 0; axis < 3; axis++) {
    message.setFloat32(at + 16 + 4 * axis, imu.gyro[axis], true);
    message.setFloat32(at + 28 + 4 * axis, imu.acc[axis], true);
    message.setFloat32(at + 40 + 4 * axis, imu.rpy[axis], true);
  }
  if (family === "unitree_go") message.setUint8(at + 52, imu.temperature);
  else message.setInt16(at + 52, imu.temperature, true);
}

function readImu(message: DataView, at: number, imu: LowStateImu, family: MessageFamily["name"]): void {
  for (let k = 0; k < 4; k++) imu.quat[k] = message.getFloat32(at + 4 * k, true);
  for (let axis = 0; axis < 3; axis++) {
    imu.gyro[axis] = message.getFloat32(at + 16 + 4 * axis, true);
    imu.acc[axis] = message.getFloat32(at + 28 + 4 * axis, true);
    imu.rpy[axis] = message.getFloat32(at + 40 + 4 * axis, true);
  }
  imu.temperature = family === "unitree_go" ? message.getUint8(at + 52) : message.getInt16(at + 52, true);
}
