import type { Participant, Topic } from "../dds/cyclone/participant.ts";
import { Reader } from "../dds/cyclone/reader.ts";
import { Writer } from "../dds/cyclone/writer.ts";
import { CLayout } from "../dds/idl/c-layout.ts";
import { createLowCmd, LowCmdCodec } from "../dds/messages/low-cmd.ts";
import { LowStateCodec, writeImu } from "../dds/messages/low-state.ts";
import { goSportModeState, goWirelessController } from "../dds/messages/unitree-go.ts";
import { hgBmsState, hgImuState } from "../dds/messages/unitree-hg.ts";
import type { ServiceServer } from "../dds/rpc/service.ts";
import { serveMotionSwitcher } from "./motion-service.ts";
import type { TwinRobot } from "./twin-robot.ts";

/** Physics steps between two samples: 500 Hz for LowState, and these for the rest. */
const PERIOD = { odometry: 5, remote: 5, service: 5, slow: 25, battery: 50 } as const;

const sport = new CLayout(goSportModeState);
const bms = new CLayout(hgBmsState);
const remote = new CLayout(goWirelessController);

/** A twin on DDS: the topics and services that programs for the real robot use. */
export class TwinEndpoint {
  readonly #twin: TwinRobot;
  readonly #cmd;
  readonly #cmdCodec: LowCmdCodec;
  readonly #stateCodec: LowStateCodec;
  readonly #lowCmd: Reader;
  readonly #armSdk: Reader;
  readonly #lowState: Writer;
  readonly #slowLowState: Writer;
  readonly #odometry: readonly Writer[];
  readonly #slowOdometry: Writer;
  readonly #remote: Writer;
  readonly #hg: { readonly secondaryImu: Writer; readonly battery: Writer } | undefined;
  readonly #motionService: ServiceServer;
  #steps = 0;

  constructor(participant: Participant, twin: TwinRobot) {
    const { family } = twin;
    const topic = (name: string, type: Topic["type"]): Topic => ({ name, type });
    this.#twin = twin;
    this.#cmd = createLowCmd(family);
    this.#cmdCodec = new LowCmdCodec(family);
    this.#stateCodec = new LowStateCodec(family);
    this.#lowCmd = new Reader(participant, topic("rt/lowcmd", family.lowCmd));
    this.#armSdk = new Reader(participant, topic("rt/arm_sdk", family.lowCmd));
    this.#lowState = new Writer(participant, topic("rt/lowstate", family.lowState));
    this.#slowLowState = new Writer(participant, topic("rt/lf/lowstate", family.lowState));
    this.#odometry = ["rt/sportmodestate", "rt/odommodestate"].map(
      (name) => new Writer(participant, topic(name, goSportModeState)),
    );
    this.#slowOdometry = new Writer(participant, topic("rt/lf/sportmodestate", goSportModeState));
    this.#remote = new Writer(participant, topic("rt/wirelesscontroller", goWirelessController));
    if (family.name === "unitree_hg") {
      this.#hg = {
        secondaryImu: new Writer(participant, topic("rt/secondary_imu", hgImuState)),
        battery: new Writer(participant, topic("rt/lf/bmsstate", hgBmsState)),
      };
    }
    this.#motionService = serveMotionSwitcher(participant, twin);
  }

  /** Hands the twin what has arrived. */
  poll(): void {
    const cmd = this.#cmd;
    if (this.#lowCmd.take()) this.#twin.command(cmd, this.#cmdCodec.read(this.#lowCmd.sample, cmd));
    if (this.#armSdk.take()) {
      this.#cmdCodec.read(this.#armSdk.sample, cmd);
      this.#twin.commandArms(cmd);
    }
    if (this.#steps % PERIOD.service === 0) this.#motionService.serve();
  }

  /** Publishes the twin's state after a physics step, each topic at its rate. */
  publish(): void {
    const { state, family } = this.#twin;
    const step = this.#steps++;
    this.#stateCodec.write(state, this.#lowState.sample);
    this.#lowState.write();
    if (this.#hg !== undefined) {
      writeImu(state.imu, this.#hg.secondaryImu.sample, 0, family.name);
      this.#hg.secondaryImu.write();
      if (step % PERIOD.battery === 0) this.#publishBattery(this.#hg.battery);
    }
    if (step % PERIOD.odometry === 0) for (const writer of this.#odometry) this.#publishOdometry(writer);
    if (step % PERIOD.remote === 0) this.#publishRemote();
    if (step % PERIOD.slow !== 0) return;
    this.#stateCodec.write(state, this.#slowLowState.sample);
    this.#slowLowState.write();
    this.#publishOdometry(this.#slowOdometry);
  }

  /** The pelvis' true position and velocity, world; a simulator's stand-in for odometry. */
  #publishOdometry(writer: Writer): void {
    const { sample } = writer;
    const { time, state, plant } = this.#twin;
    const { truth, index } = plant;
    const { qvel } = plant.simulation.views;
    sample.setInt32(0, Math.floor(time), true);
    sample.setUint32(4, Math.round((time % 1) * 1e9), true);
    writeImu(state.imu, sample, SPORT.imu, "unitree_go");
    for (let axis = 0; axis < 3; axis++) {
      sample.setFloat32(SPORT.position + 4 * axis, truth.basePos[axis], true);
      sample.setFloat32(SPORT.velocity + 4 * axis, qvel[index.baseDof + axis], true);
    }
    sample.setFloat32(SPORT.bodyHeight, truth.basePos[2], true);
    sample.setFloat32(SPORT.yawSpeed, truth.baseAngVel[2], true);
    writer.write();
  }

  #publishRemote(): void {
    const { sample } = this.#remote;
    const { lx, ly, rx, ry, keys } = this.#twin.remote;
    for (const [at, value] of [lx, ly, rx, ry].entries()) sample.setFloat32(4 * at, value, true);
    sample.setUint16(remote.offset("keys"), keys, true);
    this.#remote.write();
  }

  /** A full battery: it does not drain. */
  #publishBattery(writer: Writer): void {
    writer.sample.setUint8(bms.offset("soc"), 100);
    writer.sample.setUint8(bms.offset("soh"), 100);
    writer.write();
  }
}

const SPORT = {
  imu: sport.offset("imu_state"),
  position: sport.offset("position"),
  velocity: sport.offset("velocity"),
  bodyHeight: sport.offset("body_height"),
  yawSpeed: sport.offset("yaw_speed"),
} as const;
