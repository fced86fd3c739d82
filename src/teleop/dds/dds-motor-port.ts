import { setTimeout as sleep } from "node:timers/promises";
import type { RobotSpec } from "../../sim/index.ts";
import { RobotMissingError } from "../errors.ts";
import type { MotorCommand } from "../motor-command.ts";
import type { MotorAuthority, MotorPort } from "../motor-port.ts";
import { createRobotState, type RobotState } from "../robot-state.ts";
import type { DdsNetwork } from "./cyclone/domain-config.ts";
import { Participant } from "./cyclone/participant.ts";
import { Reader } from "./cyclone/reader.ts";
import { Writer } from "./cyclone/writer.ts";
import { CLayout } from "./idl/c-layout.ts";
import { MESSAGE_FAMILIES, type MessageFamily } from "./messages/family.ts";
import { createLowCmd, type LowCmd, LowCmdCodec } from "./messages/low-cmd.ts";
import { createLowState, LowStateCodec } from "./messages/low-state.ts";
import { hgBmsState } from "./messages/unitree-hg.ts";
import { readWirelessRemote } from "./messages/wireless-remote.ts";
import { MotionSwitcher } from "./rpc/motion-switcher.ts";
import { SlotMap } from "./slot-map.ts";

/** How long a robot may take to show up, ms; discovery alone takes half a second. */
const ARRIVAL_MS = 5000;
const GLANCE_MS = 10;

/**
 * The motors and sensors of a Unitree robot on DDS: an H1 in `unitree_go` messages, an H1-2 in `unitree_hg` ones. Whole
 * body on `rt/lowcmd` with the motion service released, or waist and arms on `rt/arm_sdk` over the running service.
 */
export class DdsMotorPort implements MotorPort {
  readonly robot: RobotSpec;
  readonly state: RobotState;
  readonly imuBody = "torso";
  /** Low-level states whose checksum was wrong; they count as not arrived. */
  brokenStates = 0;
  readonly #family: MessageFamily;
  readonly #participant: Participant;
  readonly #slots: SlotMap;
  readonly #lowStateReader: Reader;
  readonly #battery: Reader | undefined;
  readonly #stateCodec: LowStateCodec;
  readonly #cmdCodec: LowCmdCodec;
  readonly #lowState;
  readonly #lowCmd: LowCmd;
  readonly #remoteBytes: DataView;
  #authority: MotorAuthority = "body";
  #writer: Writer | undefined;
  #tick = 0;

  private constructor(robot: RobotSpec, family: MessageFamily, participant: Participant) {
    this.robot = robot;
    this.state = createRobotState(robot);
    this.#family = family;
    this.#participant = participant;
    this.#slots = new SlotMap(robot, family);
    this.#lowStateReader = new Reader(participant, { name: "rt/lowstate", type: family.lowState });
    this.#battery =
      family.name === "unitree_hg"
        ? new Reader(participant, { name: "rt/lf/bmsstate", type: hgBmsState })
        : undefined;
    this.#stateCodec = new LowStateCodec(family);
    this.#cmdCodec = new LowCmdCodec(family);
    this.#lowState = createLowState(family);
    this.#lowCmd = createLowCmd(family);
    this.#remoteBytes = new DataView(this.#lowState.wirelessRemote.buffer);
  }

  /**
   * Joins the robot's network and listens; the motors are not touched before `engage`. Throws `DdsUnavailableError` or
   * `DdsDomainError` where DDS or the interface is missing, `RobotMissingError` for a robot without Unitree hardware.
   */
  static async open(robot: RobotSpec, network: DdsNetwork): Promise<DdsMotorPort> {
    const { hardware } = robot;
    if (hardware === undefined) {
      throw new RobotMissingError(
        `The robot "${robot.name}" has no motors on DDS.`,
        "Use h1, h1_2 or h1_2_27dof.",
      );
    }
    const participant = await Participant.open(network);
    return new DdsMotorPort(robot, MESSAGE_FAMILIES[hardware.messages], participant);
  }

  async engage(authority: MotorAuthority): Promise<void> {
    await this.#firstState();
    const switcher = new MotionSwitcher(this.#participant);
    if (authority === "body") await switcher.release();
    else await switcher.expectActive();
    this.#authority = authority;
    const name = authority === "body" ? "rt/lowcmd" : "rt/arm_sdk";
    this.#writer = new Writer(this.#participant, { name, type: this.#family.lowCmd });
    await this.#until(
      () => (this.#writer?.readers ?? 0) > 0,
      `The robot does not listen on "${name}"`,
      "See that its message family is the one of this robot: H1 speaks unitree_go, H1-2 unitree_hg.",
    );
  }

  poll(now: number): boolean {
    if (!this.#lowStateReader.take()) return false;
    if (!this.#stateCodec.read(this.#lowStateReader.sample, this.#lowState)) {
      this.brokenStates++;
      return false;
    }
    if (this.#lowState.tick === this.#tick) return false; // said twice, or by a robot whose clock stands
    this.#tick = this.#lowState.tick;
    this.#observe(now);
    return true;
  }

  /** Does nothing before `engage`. */
  write(command: MotorCommand): void {
    if (this.#writer === undefined) return;
    const cmd = this.#lowCmd;
    cmd.modeMachine = this.#lowState.modeMachine;
    if (this.#authority === "body") this.#slots.wholeBody(command, cmd);
    else this.#slots.arms(command, cmd);
    this.#cmdCodec.write(cmd, this.#writer.sample);
    this.#writer.write();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#participant[Symbol.dispose]();
  }

  #observe(now: number): void {
    const { state } = this;
    const { q, dq, tauEst, temperature, fault, imu } = this.#lowState;
    state.time = now;
    state.sequence++;
    for (let j = 0; j < this.robot.joints.length; j++) {
      const slot = this.robot.joints[j].motorSlot;
      state.q[j] = q[slot];
      state.dq[j] = dq[slot];
      state.tau[j] = tauEst[slot];
      state.temperature[j] = temperature[slot];
      state.motorFault[j] = fault[slot];
    }
    state.imu.quat.set(imu.quat);
    state.imu.gyro.set(imu.gyro);
    state.imu.acc.set(imu.acc);
    readWirelessRemote(this.#remoteBytes, state.remote);
    if (this.#battery === undefined) {
      state.battery.charge = this.#lowState.charge / 100;
      state.battery.voltage = this.#lowState.voltage;
      state.battery.current = this.#lowState.current;
    } else if (this.#battery.take()) {
      state.battery.charge = this.#battery.sample.getUint8(STATE_OF_CHARGE) / 100;
    }
  }

  #firstState(): Promise<void> {
    const { domain, interface: name } = this.#participant.network;
    return this.#until(
      () => this.poll(this.state.time) && this.#tick !== 0,
      `No ${this.robot.title} sends its state on DDS domain ${domain}, interface "${name}"`,
      "Switch the robot on, and see that domain, interface and robot are the right ones.",
    );
  }

  async #until(isSo: () => boolean, problem: string, remedy: string): Promise<void> {
    for (let waited = 0; waited < ARRIVAL_MS; waited += GLANCE_MS) {
      if (isSo()) return;
      await sleep(GLANCE_MS);
    }
    throw new RobotMissingError(`${problem}.`, remedy);
  }
}

const STATE_OF_CHARGE = new CLayout(hgBmsState).offset("soc");
