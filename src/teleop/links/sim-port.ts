import { Rng } from "../../common/index.ts";
import {
  compileWorld,
  createJointTargets,
  type Engine,
  type JointTargets,
  type Model,
  Plant,
  PlantConfig,
  type RobotSpec,
  type World,
} from "../../sim/index.ts";
import { MOTOR_PERIOD } from "../loop/motor-loop.ts";
import type { MotorCommand } from "../motor-command.ts";
import type { MotorPort } from "../motor-port.ts";
import { createRobotState, type RobotState } from "../robot-state.ts";
import type { Phase } from "../safety/phase.ts";
import { ElasticBand } from "../twin/elastic-band.ts";

/** More than so many physics steps behind, the simulated robot lets the time go. */
const MAX_CATCH_UP = 50;

/**
 * A simulated robot as a motor port: physics of 2 ms, as many steps as time has passed since the last poll. It hangs on
 * an elastic band until the robot runs. Temperature and battery are not simulated, and therefore unknown.
 */
export class SimPort implements MotorPort {
  readonly robot: RobotSpec;
  readonly state: RobotState;
  readonly imuBody: "pelvis" | "torso";
  readonly plant: Plant;
  readonly band: ElasticBand;
  readonly #model: Model;
  readonly #targets: JointTargets;
  #startTime = Number.NaN;
  #steps = 0;

  readonly #isTethered: boolean;

  private constructor(model: Model, plant: Plant, isTethered: boolean) {
    this.#model = model;
    this.plant = plant;
    this.robot = plant.robot;
    this.imuBody = plant.imu === undefined ? "pelvis" : "torso";
    this.state = createRobotState(plant.robot);
    this.#isTethered = isTethered;
    this.band = new ElasticBand(plant, { isAttached: true, lift: 0 });
    this.#targets = createJointTargets(plant.robot);
    this.#letGo();
  }

  /** @param isTethered never let the robot off the band, also while it runs */
  static open(engine: Engine, world: World, isTethered = false): SimPort {
    const config = PlantConfig.parse({ timestep: MOTOR_PERIOD, decimation: 1, visuals: false });
    const { model } = compileWorld(engine, world, config);
    return new SimPort(model, new Plant(engine.simulate(model), world.robot, config), isTethered);
  }

  async engage(): Promise<void> {
    this.#observe();
  }

  poll(now: number): boolean {
    if (Number.isNaN(this.#startTime)) this.#startTime = now - MOTOR_PERIOD;
    const due = Math.floor((now - this.#startTime) / MOTOR_PERIOD + 1e-3) - this.#steps;
    if (due > MAX_CATCH_UP) this.#startTime += (due - MAX_CATCH_UP) * MOTOR_PERIOD;
    for (let i = 0; i < Math.min(due, MAX_CATCH_UP); i++) {
      this.band.apply();
      this.plant.step(this.#targets);
      this.#steps++;
      this.state.sequence++;
    }
    if (due <= 0) return false;
    this.#observe();
    this.state.time = now;
    return true;
  }

  write({ q, dq, kp, kd, tau, isEnabled }: MotorCommand): void {
    const targets = this.#targets;
    for (let j = 0; j < q.length; j++) {
      targets.q[j] = q[j];
      targets.kp[j] = isEnabled ? kp[j] : 0;
      targets.kd[j] = isEnabled ? kd[j] : 0;
      // The plant knows no velocity targets; as torque they are the same law.
      targets.tau[j] = isEnabled ? tau[j] + kd[j] * dq[j] : 0;
    }
  }

  enter(phase: Phase): void {
    if (phase === "running" && !this.#isTethered) this.band.isAttached = false;
  }

  restart(): void {
    this.band.isAttached = true;
    this.#letGo();
    this.plant.reset(new Rng(0), { basePos: [0, 0, this.robot.standingHeight] });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.plant[Symbol.dispose]();
    this.#model[Symbol.dispose]();
  }

  #letGo(): void {
    const { kp, kd, tau } = this.#targets;
    for (const values of [kp, kd, tau]) values.fill(0);
  }

  #observe(): void {
    const { state, plant } = this;
    const { measured, truth, imu } = plant;
    state.q.set(measured.q);
    state.dq.set(measured.dq);
    state.tau.set(measured.tau);
    state.imu.quat.set(imu?.quat ?? measured.baseQuat);
    state.imu.gyro.set(imu?.gyro ?? measured.baseAngVel);
    if (imu !== undefined) state.imu.acc.set(imu.acc);
    state.basePos.set(truth.basePos);
    state.baseLinVel.set(truth.baseLinVel);
  }
}
