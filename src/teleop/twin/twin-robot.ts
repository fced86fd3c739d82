import { Rng, toRollPitchYaw } from "../../common/index.ts";
import { BalancePolicy } from "../../policies/index.ts";
import { createJointTargets, DivergedError, type JointTargets, type Plant } from "../../sim/index.ts";
import type { MessageFamily } from "../dds/messages/family.ts";
import { copyLowCmd, createLowCmd, type LowCmd } from "../dds/messages/low-cmd.ts";
import { createLowState, type LowState } from "../dds/messages/low-state.ts";
import { writeWirelessRemote } from "../dds/messages/wireless-remote.ts";
import { REMOTE_KEYS, type RemoteControl } from "../robot-state.ts";
import { ElasticBand } from "./elastic-band.ts";
import { type CommandVerdict, MotorDriver } from "./motor-driver.ts";
import { TWIN_TIMESTEP, type TwinConfig } from "./twin-config.ts";

/** Who has the motors. */
export type MotorOwner = "nobody" | "motion service" | "commands" | "watchdog";

/**
 * A simulated Unitree robot, as its low-level interface shows it: commands in, 2 ms of physics, state out. Knows no
 * network and no clock: whoever calls `step` decides how fast time passes.
 */
export class TwinRobot {
  readonly plant: Plant;
  readonly family: MessageFamily;
  readonly band: ElasticBand;
  /** What LowState says; overwritten by each step. */
  readonly state: LowState;
  /** The remote control in somebody's hand; write to it. */
  readonly remote: RemoteControl = { lx: 0, ly: 0, rx: 0, ry: 0, keys: 0 };
  /** Commands by what became of them. */
  readonly verdicts = new Map<CommandVerdict, number>();
  /** Name of the built-in controller that has the motors; empty when released. */
  motionService: string;
  /** How often the physics broke, whereupon the robot was put back. */
  resets = 0;
  readonly #config: TwinConfig;
  readonly #driver: MotorDriver;
  readonly #balance: BalancePolicy;
  readonly #targets: JointTargets;
  readonly #cmd: LowCmd;
  readonly #armCmd: LowCmd;
  readonly #remoteBytes: DataView;
  #steps = 0;
  #commandStep = Number.NEGATIVE_INFINITY;
  #armStep = Number.NEGATIVE_INFINITY;
  #owner: MotorOwner = "nobody";

  /** The plant must step by 2 ms with torque actuation; the caller keeps it. */
  constructor(plant: Plant, family: MessageFamily, config: TwinConfig) {
    const { robot } = plant;
    this.plant = plant;
    this.family = family;
    this.#config = config;
    this.motionService = config.motionService;
    this.band = new ElasticBand(plant, { isAttached: config.band, lift: config.lift });
    this.#driver = new MotorDriver(robot, family, {
      modeMachine: config.modeMachine,
      checksCrc: config.checkCrc,
    });
    this.#balance = new BalancePolicy(robot, TWIN_TIMESTEP);
    this.#targets = createJointTargets(robot);
    this.#cmd = createLowCmd(family);
    this.#armCmd = createLowCmd(family);
    this.state = createLowState(family);
    this.#remoteBytes = new DataView(this.state.wirelessRemote.buffer);
    this.#preset();
    this.reset();
  }

  get owner(): MotorOwner {
    return this.#owner;
  }

  /** Simulated time, s. Goes on over resets. */
  get time(): number {
    return this.#steps * TWIN_TIMESTEP;
  }

  /** Puts the robot back where it started: hung or on its feet. */
  reset(): void {
    const { plant, band } = this;
    const lift = band.isAttached ? Math.max(0, band.lift) : 0;
    plant.reset(new Rng(0), { basePos: [0, 0, plant.robot.standingHeight + lift] });
    this.#observe();
  }

  /** A command from `rt/lowcmd`; copied if it is accepted. */
  command(cmd: LowCmd, isIntact: boolean): CommandVerdict {
    const verdict = this.#driver.judge(cmd, isIntact);
    this.verdicts.set(verdict, (this.verdicts.get(verdict) ?? 0) + 1);
    if (verdict !== "accepted") return verdict;
    copyLowCmd(cmd, this.#cmd);
    this.#commandStep = this.#steps;
    return verdict;
  }

  /** A command from `rt/arm_sdk`, which acts on waist and arms while the built-in controller has the motors. */
  commandArms(cmd: LowCmd): void {
    copyLowCmd(cmd, this.#armCmd);
    this.#armStep = this.#steps;
  }

  /** Lets 2 ms pass. */
  step(): void {
    this.#decide();
    this.band.apply();
    try {
      this.plant.step(this.#targets);
    } catch (error) {
      if (!(error instanceof DivergedError)) throw error;
      this.resets++;
      this.reset();
    }
    this.#steps++;
    this.#observe();
  }

  /** Writes this step's targets and says whose they are. */
  #decide(): void {
    const { plant } = this;
    const targets = this.#targets;
    if ((this.remote.keys & DEBUG_KEYS) === DEBUG_KEYS) this.motionService = "";
    this.#owner = this.#ownerNow();
    if (this.#owner === "motion service") {
      void this.#balance.act(plant.measured, targets); // writes before it returns
      if (this.#isFresh(this.#armStep)) this.#driver.blendArms(this.#armCmd, plant.robot, targets);
    } else if (this.#owner === "commands") {
      this.#driver.follow(this.#cmd, targets);
    } else {
      for (const field of [targets.q, targets.kp, targets.kd, targets.tau]) field.fill(0);
      if (this.#owner === "watchdog") targets.kd.fill(DAMPING_KD);
    }
  }

  #ownerNow(): MotorOwner {
    if (this.motionService !== "") return "motion service";
    if (this.#commandStep === Number.NEGATIVE_INFINITY) return "nobody";
    return this.#isFresh(this.#commandStep) ? "commands" : "watchdog";
  }

  #isFresh(step: number): boolean {
    const { commandTimeout } = this.#config;
    return commandTimeout === 0 || (this.#steps - step) * TWIN_TIMESTEP < commandTimeout;
  }

  /** What stays the same in every state. Temperatures and battery are plausible constants, not simulated. */
  #preset(): void {
    const { state, family, plant } = this;
    state.modeMachine = family.name === "unitree_hg" ? this.#config.modeMachine : 0;
    state.temperature.fill(MOTOR_TEMPERATURE);
    state.imu.temperature = IMU_TEMPERATURE;
    for (const { motorSlot } of plant.robot.joints) state.mode[motorSlot] = family.enabledMode(motorSlot);
    if (family.name === "unitree_hg") return;
    state.charge = BATTERY.charge;
    state.voltage = BATTERY.voltage;
    state.current = BATTERY.current;
  }

  #observe(): void {
    const { state, plant } = this;
    const { measured, imu, robot } = plant;
    for (let j = 0; j < robot.joints.length; j++) {
      const slot = robot.joints[j].motorSlot;
      state.ddq[slot] = (measured.dq[j] - state.dq[slot]) / TWIN_TIMESTEP;
      state.q[slot] = measured.q[j];
      state.dq[slot] = measured.dq[j];
      state.tauEst[slot] = measured.tau[j];
    }
    const quat = imu?.quat ?? measured.baseQuat;
    state.imu.quat.set(quat);
    state.imu.gyro.set(imu?.gyro ?? measured.baseAngVel);
    if (imu !== undefined) state.imu.acc.set(imu.acc);
    state.imu.rpy.set(toRollPitchYaw(quat));
    state.tick = Math.max(1, Math.round(this.time * 1000)) >>> 0;
    writeWirelessRemote(this.remote, this.#remoteBytes);
  }
}

/** Together they put the robot into debug mode, which releases the built-in controller. */
const DEBUG_KEYS = REMOTE_KEYS.L2 | REMOTE_KEYS.R2;
/** What Unitree's own programs damp every motor with, N·m·s/rad. */
const DAMPING_KD = 8;
const MOTOR_TEMPERATURE = 35;
const IMU_TEMPERATURE = 40;
const BATTERY = { charge: 100, voltage: 67.2, current: 1 } as const;
