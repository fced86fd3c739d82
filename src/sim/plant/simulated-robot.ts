import { fromYaw, Rng, rotateInverse } from "../../common/index.ts";
import {
  type ControlState,
  createControlState,
  createJointTargets,
  type JointTargets,
} from "../control-state.ts";
import type { Model, Simulation } from "../engine/index.ts";
import type { FeetState } from "../mdp/mdp-state.ts";
import { type RobotSpec, withPrefix } from "../robots/robot.ts";
import { type Actuation, PositionActuation, TorqueActuation } from "./actuation.ts";
import { bodyKinematics } from "./body-kinematics.ts";
import { decodeFloats, encodeFloats } from "./exact-floats.ts";
import { pack, unpack } from "./float-packing.ts";
import { Imu, type ImuReading } from "./imu.ts";
import { controlTimestep, type PlantConfig } from "./plant-config.ts";
import type { RobotSnapshot } from "./plant-snapshot.ts";
import { Randomization } from "./randomization.ts";
import { indexRobot, type RobotIndex } from "./robot-index.ts";
import { SensorModel } from "./sensors.ts";
import { assertFiniteTargets } from "./target-check.ts";
import { TargetDelay } from "./target-delay.ts";

/** Where and how a robot starts. Fields left out mean the default pose, standing at the world's origin. */
export interface RobotStart {
  /** Pelvis position, m. */
  readonly basePos?: readonly [number, number, number];
  /** Heading, rad. */
  readonly yaw?: number;
  /** Pelvis velocity: linear (world), m/s, then angular (pelvis frame), rad/s. */
  readonly baseVel?: readonly [number, number, number, number, number, number];
  /** Joint angles in the robot's order, rad. */
  readonly q?: ArrayLike<number>;
}

/**
 * One robot in a simulation that somebody else steps: makes controls of joint targets and a control state of the
 * engine's. `begin`, `actuate`, `observe` and what resets and restores are for the owner of the simulation.
 */
export class SimulatedRobot {
  readonly robot: RobotSpec;
  readonly config: PlantConfig;
  readonly index: RobotIndex;
  readonly simulation: Simulation;
  /** What is so. Overwritten at each step. */
  readonly truth: ControlState;
  /** What the sensors say; `truth` itself where the sensors are exact. */
  readonly measured: ControlState;
  /** What the inertial unit says; undefined where the model has no IMU sensors. Overwritten at each step. */
  readonly imu: ImuReading | undefined;
  readonly randomization: Randomization;
  readonly #actuation: Actuation;
  readonly #sensors: SensorModel;
  readonly #imu: Imu | undefined;
  readonly #delay: TargetDelay;
  readonly #prefix: string;
  #footSensors: readonly [number, number] = [-1, -1];
  #rng = new Rng(0);

  /** @param prefix what the model puts before each name of the robot */
  constructor(simulation: Simulation, robot: RobotSpec, config: PlantConfig, prefix = "") {
    const { model } = simulation;
    const named = withPrefix(robot, prefix);
    this.robot = robot;
    this.config = config;
    this.simulation = simulation;
    this.#prefix = prefix;
    this.index = indexRobot(model, named);
    this.truth = createControlState(robot);
    this.randomization = new Randomization(model, named, this.index, config.randomization, config.timestep);
    this.#sensors = new SensorModel(config.sensors);
    this.#imu = Imu.of(model, config.sensors, prefix);
    this.imu = this.#imu?.reading;
    this.measured = this.#sensors.isExact ? this.truth : createControlState(robot);
    this.#actuation =
      config.actuation === "torque"
        ? new TorqueActuation(robot, this.index, model)
        : new PositionActuation(robot, this.index, model);
    this.#delay = new TargetDelay(
      robot,
      config.decimation,
      Math.ceil(config.randomization.actionDelay[1] / config.timestep) + 1,
    );
  }

  /** Seconds between two control steps. */
  get controlTimestep(): number {
    return controlTimestep(this.config);
  }

  /** Adds to the pelvis velocity (world), m/s: a shove of no duration. A fixed base does not feel it. */
  kick(velocity: readonly [number, number, number]): void {
    if (this.index.baseDof < 0) return;
    const { qvel } = this.simulation.views;
    for (let axis = 0; axis < 3; axis++) qvel[this.index.baseDof + axis] += velocity[axis];
    this.#observeBaseVelocity();
    this.measured.baseLinVel.set(this.truth.baseLinVel);
  }

  /** Sets what the robot is asked to do; readable at once in `truth` and `measured`. */
  ask(command: ArrayLike<number>, reference?: ArrayLike<number>): void {
    this.truth.command.set(command);
    this.measured.command.set(command);
    if (reference === undefined) return;
    this.truth.reference.set(reference);
    this.measured.reference.set(reference);
  }

  /** Whether `readFeet` can tell how hard the feet press. */
  get hasFootSensors(): boolean {
    const { model } = this.simulation;
    return FOOT_SENSORS.every((name) => model.find("sensor", `${this.#prefix}${name}`) !== undefined);
  }

  /**
   * Reads where the feet are, how they move, and how hard they press on the ground (the touch sensors' normal force,
   * in z), at the beginning of the last physics step: the engine computes these before it moves on. Throws
   * `UnknownNameError` where the model has no such sensors.
   */
  readFeet(out: FeetState): void {
    if (this.#footSensors[0] < 0) this.#footSensors = footSensors(this.simulation.model, this.#prefix);
    const { sensordata } = this.simulation.views;
    for (let side = 0; side < 2; side++) {
      bodyKinematics(this, this.index.feet[side], out.pos, out.vel, 3 * side);
      out.force[3 * side + 2] = sensordata[this.#footSensors[side]];
    }
  }

  /**
   * Draws this robot's parameters from `rng`, which it keeps, and puts it in place, holding its pose. `observe` follows,
   * once the engine has computed what comes of it.
   */
  place(rng: Rng, start: RobotStart, variety: number): void {
    const { simulation, truth, index, robot } = this;
    this.#rng = rng;
    this.randomization.draw(rng, variety);
    this.#sensors.reset(rng);
    this.#imu?.reset(rng);
    const { qpos, qvel } = simulation.views;
    if (index.baseQpos >= 0) {
      qpos.set(start.basePos ?? [0, 0, robot.standingHeight], index.baseQpos);
      qpos.set(fromYaw(start.yaw ?? 0), index.baseQpos + 3);
      qvel.set(start.baseVel ?? [0, 0, 0, 0, 0, 0], index.baseDof);
    }
    for (let j = 0; j < index.qpos.length; j++) qpos[index.qpos[j]] = start.q?.[j] ?? robot.joints[j].default;
    truth.command.fill(0);
    for (let j = 0; j < robot.joints.length; j++) truth.reference[j] = robot.joints[j].default;
    const hold = createJointTargets(robot);
    for (let j = 0; j < robot.joints.length; j++) hold.q[j] = qpos[index.qpos[j]];
    this.#delay.fill(hold);
    // The model still holds what the world that stepped last has written into it.
    this.randomization.patch.apply(simulation.model.views);
    this.#actuation.apply(simulation, hold, this.randomization.motors);
  }

  /** Takes the targets of a control step that begins. They must be finite. */
  begin(targets: JointTargets): void {
    const { patch } = this.randomization;
    this.#delay.push(targets);
    if (patch.size > 0) patch.apply(this.simulation.model.views);
  }

  /** Throws `InvalidTargetError` for targets that are no numbers. */
  check(targets: JointTargets): void {
    assertFiniteTargets(targets, this.robot);
  }

  /** Writes the controls of one physics step. */
  actuate(substep: number): void {
    const { motors, delaySteps } = this.randomization;
    this.#actuation.apply(this.simulation, this.#delay.at(substep, delaySteps), motors);
  }

  /** Takes back `begin`, as far as the next one needs. */
  rewind(): void {
    this.#delay.rewind();
  }

  /** Reads the truth and the sensors after so many control steps. */
  observe(step: number): void {
    this.truth.step = step;
    this.truth.time = step * this.controlTimestep;
    this.observeTruth();
    this.#imu?.read(this.simulation, this.#sensors.biases, this.#rng);
    if (this.measured !== this.truth) this.#sensors.measure(this.truth, this.measured, this.#rng);
  }

  /** Reads the truth alone: sensors notice at the next step. */
  observeTruth(): void {
    const { truth, index, simulation } = this;
    const { qpos, qvel, qfrc_actuator } = simulation.views;
    for (let j = 0; j < index.qpos.length; j++) {
      truth.q[j] = qpos[index.qpos[j]];
      truth.dq[j] = qvel[index.dof[j]];
      truth.tau[j] = qfrc_actuator[index.dof[j]]; // after the engine's limit, unlike actuator_force
    }
    if (index.baseQpos < 0) {
      this.#observeFixedBase();
      return;
    }
    for (let k = 0; k < 3; k++) {
      truth.basePos[k] = qpos[index.baseQpos + k];
      truth.baseAngVel[k] = qvel[index.baseDof + 3 + k];
    }
    for (let k = 0; k < 4; k++) truth.baseQuat[k] = qpos[index.baseQpos + 3 + k];
    this.#observeBaseVelocity();
  }

  /** Everything beside the physics that the robot's next steps depend on. */
  saveRobot(): RobotSnapshot {
    const { truth, measured, randomization } = this;
    return {
      rng: [...this.#rng.state],
      delaySteps: randomization.delaySteps,
      delayed: encodeFloats(this.#delay.save()),
      motors: encodeFloats(pack(Object.values(randomization.motors))),
      patch: encodeFloats(randomization.patch.values),
      sensorBiases: encodeFloats(pack(this.#biases())),
      truth: encodeFloats(pack(stateArrays(truth))),
      measured: encodeFloats(pack(measured === truth ? [] : stateArrays(measured))),
    };
  }

  /** Takes what `saveRobot` returned after so many control steps; draws noise from a source of its own from then on. */
  restoreRobot(snapshot: RobotSnapshot, step: number): void {
    const { simulation, randomization, truth, measured } = this;
    unpack(decodeFloats(snapshot.motors), Object.values(randomization.motors));
    unpack(decodeFloats(snapshot.sensorBiases), this.#biases());
    const patch = randomization.patch.values;
    unpack(decodeFloats(snapshot.patch), [patch]);
    randomization.patch.values = patch;
    randomization.patch.apply(simulation.model.views);
    randomization.delaySteps = snapshot.delaySteps;
    this.#delay.restore(decodeFloats(snapshot.delayed));
    this.#rng = new Rng(0);
    this.#rng.state = snapshot.rng;
    unpack(decodeFloats(snapshot.truth), stateArrays(truth));
    if (measured !== truth) unpack(decodeFloats(snapshot.measured), stateArrays(measured));
    for (const state of [truth, measured]) {
      state.step = step;
      state.time = step * this.controlTimestep;
    }
  }

  #biases(): readonly Float64Array[] {
    return this.#imu === undefined
      ? this.#sensors.biases
      : [...this.#sensors.biases, this.#imu.accelerometerBias];
  }

  #observeFixedBase(): void {
    const { truth, index } = this;
    const { xpos, xquat } = this.simulation.views;
    for (let k = 0; k < 3; k++) truth.basePos[k] = xpos[3 * index.base + k];
    for (let k = 0; k < 4; k++) truth.baseQuat[k] = xquat[4 * index.base + k];
  }

  #observeBaseVelocity(): void {
    const { truth, index } = this;
    const { qvel } = this.simulation.views;
    for (let k = 0; k < 3; k++) truth.baseLinVel[k] = qvel[index.baseDof + k];
    rotateInverse(truth.baseQuat, truth.baseLinVel, truth.baseLinVel);
  }
}

const FOOT_SENSORS = ["left_foot_contact", "right_foot_contact"];

function footSensors(model: Model, prefix: string): [number, number] {
  const { sensor_adr } = model.views;
  const [left, right] = FOOT_SENSORS.map((name) => sensor_adr[model.index("sensor", `${prefix}${name}`)]);
  return [left, right];
}

function stateArrays(state: ControlState): Float64Array[] {
  return Object.values(state).filter((value) => value instanceof Float64Array);
}
