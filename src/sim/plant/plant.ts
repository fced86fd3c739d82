import { fromYaw, Rng, rotateInverse } from "../../common/index.ts";
import {
  type ControlState,
  createControlState,
  createJointTargets,
  type JointTargets,
} from "../control-state.ts";
import {
  DivergedError,
  type Engine,
  type Model,
  type ModelSource,
  type Simulation,
} from "../engine/index.ts";
import type { FeetState } from "../mdp/mdp-state.ts";
import type { RobotSpec } from "../robots/robot.ts";
import { type Actuation, PositionActuation, TorqueActuation } from "./actuation.ts";
import { bodyKinematics } from "./body-kinematics.ts";
import { applyCollisions } from "./collisions.ts";
import { decodeFloats, encodeFloats } from "./exact-floats.ts";
import { pack, unpack } from "./float-packing.ts";
import { Imu, type ImuReading } from "./imu.ts";
import { publishedDigest } from "./model-digest.ts";
import { controlTimestep, type PlantConfig } from "./plant-config.ts";
import type { PlantDump, PlantSnapshot } from "./plant-snapshot.ts";
import { Randomization } from "./randomization.ts";
import { indexRobot, type RobotIndex } from "./robot-index.ts";
import { SensorModel } from "./sensors.ts";
import { assertFiniteTargets } from "./target-check.ts";
import { TargetDelay } from "./target-delay.ts";

/** Where and how a robot starts. Fields left out mean the default pose, standing at the world's origin. */
export interface InitialState {
  /** Pelvis position, m. */
  readonly basePos?: readonly [number, number, number];
  /** Heading, rad. */
  readonly yaw?: number;
  /** Pelvis velocity: linear (world), m/s, then angular (pelvis frame), rad/s. */
  readonly baseVel?: readonly [number, number, number, number, number, number];
  /** Joint angles in the robot's order, rad. */
  readonly q?: ArrayLike<number>;
}

/** What sees everything that a plant is given, as a recorder must. All arguments are kept and overwritten. */
export interface PlantTap {
  /** A control step begins: the physics state [stateSize] that it starts from and the targets. */
  stepping(state: Float64Array, targets: JointTargets): void;
  /** The control step is done. Not called where the physics broke. */
  stepped(): void;
  /** The plant was reset or restored. */
  restarted(): void;
}

/** Compiles one robot in one scene, set up as the config asks. Worlds of one model may share it. */
export function compilePlantModel(
  engine: Engine,
  robot: RobotSpec,
  source: { robot: ModelSource; scene: ModelSource },
  config: PlantConfig,
): Model {
  const model = engine.compose({
    world: source.scene,
    hasVisuals: config.visuals,
    attachments: [{ source: source.robot, body: robot.baseBody, ...robot.fixedBase }],
    physics: {
      timestep: config.timestep,
      integrator: config.integrator ?? (config.actuation === "position" ? "implicitfast" : "euler"),
      ...(config.solverIterations === undefined ? {} : { iterations: config.solverIterations }),
    },
  });
  applyCollisions(model, robot, config.collisions);
  if (!config.frictionLoss) model.views.dof_frictionloss.fill(0);
  return model;
}

/**
 * One robot in one world: joint targets in, state out, one control step at a time. The same interface as a real
 * robot's, so what drives this drives that. Owns its simulation, not the model.
 */
export class Plant implements Disposable {
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
  /** Digest of the model before this or any other plant wrote into it. */
  readonly modelHash: string;
  /** Whoever listens to all that this plant is given; one at most. */
  tap: PlantTap | undefined;
  readonly #actuation: Actuation;
  readonly #sensors: SensorModel;
  readonly #imu: Imu | undefined;
  readonly #delay: TargetDelay;
  readonly #lastGood: Float64Array;
  #footSensors: readonly [number, number] = [-1, -1];
  #rng = new Rng(0);

  constructor(simulation: Simulation, robot: RobotSpec, config: PlantConfig) {
    const { model } = simulation;
    this.modelHash = publishedDigest(model);
    this.robot = robot;
    this.config = config;
    this.simulation = simulation;
    this.index = indexRobot(model, robot);
    this.truth = createControlState(robot);
    this.randomization = new Randomization(model, robot, this.index, config.randomization, config.timestep);
    this.#sensors = new SensorModel(config.sensors);
    this.#imu = Imu.of(model, config.sensors);
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
    this.#lastGood = new Float64Array(simulation.stateSize);
    this.reset(this.#rng);
  }

  /** Seconds between two control steps. */
  get controlTimestep(): number {
    return controlTimestep(this.config);
  }

  /**
   * Starts an episode: draws this world's parameters from `rng`, which the plant keeps, and puts the robot in place.
   *
   * @param variety how far the parameters may be from the published ones, as a share of the config's ranges, 0 to 1
   */
  reset(rng: Rng, initial: InitialState = {}, variety = 1): void {
    const { simulation, truth, index, robot } = this;
    this.#rng = rng;
    this.randomization.draw(rng, variety);
    this.#sensors.reset(rng);
    this.#imu?.reset(rng);
    simulation.reset();
    const { qpos, qvel } = simulation.views;
    if (index.baseQpos >= 0) {
      qpos.set(initial.basePos ?? [0, 0, robot.standingHeight], index.baseQpos);
      qpos.set(fromYaw(initial.yaw ?? 0), index.baseQpos + 3);
      qvel.set(initial.baseVel ?? [0, 0, 0, 0, 0, 0], index.baseDof);
    }
    for (let j = 0; j < index.qpos.length; j++)
      qpos[index.qpos[j]] = initial.q?.[j] ?? robot.joints[j].default;
    truth.time = 0;
    truth.step = 0;
    truth.command.fill(0);
    for (let j = 0; j < robot.joints.length; j++) truth.reference[j] = robot.joints[j].default;
    const hold = createJointTargets(robot);
    for (let j = 0; j < robot.joints.length; j++) hold.q[j] = qpos[index.qpos[j]];
    this.#delay.fill(hold);
    // The model still holds what the world that stepped last has written into it.
    this.randomization.patch.apply(simulation.model.views);
    this.#actuation.apply(simulation, hold, this.randomization.motors);
    simulation.forward();
    this.#observe();
    this.tap?.restarted();
  }

  /**
   * Runs one control step under these targets. Throws `InvalidTargetError` for targets that are no numbers, and
   * `DivergedError` with a `PlantDump` where the physics breaks.
   */
  step(targets: JointTargets): void {
    const { simulation, config, randomization, truth } = this;
    assertFiniteTargets(targets, this.robot);
    simulation.saveInto(this.#lastGood);
    this.tap?.stepping(this.#lastGood, targets);
    this.#delay.push(targets);
    if (randomization.patch.size > 0) randomization.patch.apply(simulation.model.views);
    try {
      for (let substep = 0; substep < config.decimation; substep++) {
        const acting = this.#delay.at(substep, randomization.delaySteps);
        this.#actuation.apply(simulation, acting, randomization.motors);
        simulation.step();
      }
      simulation.assertFinite();
    } catch (error) {
      if (error instanceof DivergedError) error.dump = this.#dump(targets);
      throw error;
    }
    truth.step++;
    truth.time = truth.step * this.controlTimestep;
    this.#observe();
    this.tap?.stepped();
  }

  /** Adds to the pelvis velocity (world), m/s: a shove of no duration. A fixed base does not feel it. */
  kick(velocity: readonly [number, number, number]): void {
    if (this.index.baseDof < 0) return;
    const { qvel } = this.simulation.views;
    for (let axis = 0; axis < 3; axis++) qvel[this.index.baseDof + axis] += velocity[axis];
    this.#observeBaseVelocity();
    this.measured.baseLinVel.set(this.truth.baseLinVel);
  }

  /** Sets the external force (world), N, and torque, N·m, on a body (name or index); it acts until set again. */
  applyForce(body: string | number, force: ArrayLike<number>, torque: ArrayLike<number> = [0, 0, 0]): void {
    const { xfrc_applied } = this.simulation.views;
    const at = 6 * (typeof body === "number" ? body : this.simulation.model.index("body", body));
    xfrc_applied.set(force, at);
    xfrc_applied.set(torque, at + 3);
  }

  /** Sets what the robot is asked to do; readable at once in `truth` and `measured`. */
  ask(command: ArrayLike<number>, reference?: ArrayLike<number>): void {
    this.truth.command.set(command);
    this.measured.command.set(command);
    if (reference === undefined) return;
    this.truth.reference.set(reference);
    this.measured.reference.set(reference);
  }

  /**
   * Reads where the feet are, how they move, and how hard they press on the ground (the touch sensors' normal force,
   * in z), at the beginning of the last physics step: the engine computes these before it moves on. Throws
   * `UnknownNameError` where the model has no such sensors.
   */
  readFeet(out: FeetState): void {
    if (this.#footSensors[0] < 0) this.#footSensors = footSensors(this.simulation.model);
    const { sensordata } = this.simulation.views;
    for (let side = 0; side < 2; side++) {
      bodyKinematics(this, this.index.feet[side], out.pos, out.vel, 3 * side);
      out.force[3 * side + 2] = sensordata[this.#footSensors[side]];
    }
  }

  /** Everything that the next steps depend on. Continuing from it is bit-identical, in any engine of the same version. */
  snapshot(): PlantSnapshot {
    return this.#snapshotWith(this.simulation.save());
  }

  /**
   * Continues from a snapshot of a plant of the same robot, configuration and model; draws noise from a source of its
   * own from then on. Throws `UsageError` where the snapshot has another shape.
   */
  restore(snapshot: PlantSnapshot): void {
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
    const physics = decodeFloats(snapshot.physics);
    simulation.restore(physics);
    simulation.forward(); // poses and sensors for whoever reads them; this moves the solver's warm start,
    simulation.restore(physics); // so that goes back
    unpack(decodeFloats(snapshot.truth), stateArrays(truth));
    if (measured !== truth) unpack(decodeFloats(snapshot.measured), stateArrays(measured));
    for (const state of [truth, measured]) {
      state.step = snapshot.step;
      state.time = snapshot.step * this.controlTimestep;
    }
    this.tap?.restarted();
  }

  /** Puts the physics into a state that `simulation.save` returned. As after `kick`, sensors notice at the next step. */
  overwrite(state: Float64Array): void {
    this.simulation.restore(state);
    this.#observeTruth();
  }

  /** A digest of the exact bits of the physics state. */
  stateHash(): string {
    return this.simulation.hash();
  }

  [Symbol.dispose](): void {
    this.simulation[Symbol.dispose]();
  }

  #biases(): readonly Float64Array[] {
    return this.#imu === undefined
      ? this.#sensors.biases
      : [...this.#sensors.biases, this.#imu.accelerometerBias];
  }

  #observe(): void {
    this.#observeTruth();
    this.#imu?.read(this.simulation, this.#sensors.biases, this.#rng);
    if (this.measured !== this.truth) this.#sensors.measure(this.truth, this.measured, this.#rng);
  }

  #observeTruth(): void {
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

  #snapshotWith(physics: Float64Array): PlantSnapshot {
    const { truth, measured, randomization } = this;
    return {
      step: truth.step,
      rng: [...this.#rng.state],
      delaySteps: randomization.delaySteps,
      physics: encodeFloats(physics),
      delayed: encodeFloats(this.#delay.save()),
      motors: encodeFloats(pack(Object.values(randomization.motors))),
      patch: encodeFloats(randomization.patch.values),
      sensorBiases: encodeFloats(pack(this.#biases())),
      truth: encodeFloats(pack(stateArrays(truth))),
      measured: encodeFloats(pack(measured === truth ? [] : stateArrays(measured))),
    };
  }

  /** The plant as it was before the step that broke it. */
  #dump({ q, kp, kd, tau }: JointTargets): PlantDump {
    this.#delay.rewind();
    return {
      engine: this.simulation.model.mujoco.mj_versionString(),
      modelHash: this.modelHash,
      time: this.truth.time,
      snapshot: this.#snapshotWith(this.#lastGood),
      targets: encodeFloats(pack([q, kp, kd, tau])),
    };
  }
}

function footSensors(model: Model): [number, number] {
  const { sensor_adr } = model.views;
  return [
    sensor_adr[model.index("sensor", "left_foot_contact")],
    sensor_adr[model.index("sensor", "right_foot_contact")],
  ];
}

function stateArrays(state: ControlState): Float64Array[] {
  return Object.values(state).filter((value) => value instanceof Float64Array);
}
