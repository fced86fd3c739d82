import { fromYaw, rotate, rotateInverse, yawOf } from "../../common/index.ts";
import type { JointTargets } from "../control-state.ts";
import type { Plant } from "../plant/plant.ts";
import { TOPICS } from "./json-schemas.ts";
import type { Publish, TopicLog } from "./mcap-log.ts";
import { frameOf, isMoving, sceneEntities } from "./scene-entities.ts";

/** A foot carries weight from here on, N. */
const CONTACT_FORCE = 5;

/** Writes what people look at: frames, joints, velocities, feet, and notes on what happened. */
export class Telemetry {
  readonly #plant: Plant;
  readonly #publish: Readonly<Record<keyof typeof TOPICS, Publish>>;
  /** Bodies that can move, and their frames' names. */
  readonly #frames: readonly (readonly [body: number, name: string])[];
  readonly #hasFootSensors: boolean;
  readonly #feet = { pos: new Float64Array(6), vel: new Float64Array(6), force: new Float64Array(6) };

  private constructor(plant: Plant, publish: Readonly<Record<keyof typeof TOPICS, Publish>>) {
    const { model } = plant.simulation;
    this.#plant = plant;
    this.#publish = publish;
    this.#frames = Array.from(model.views.body_weldid.keys())
      .filter((body) => isMoving(plant.simulation, body))
      .map((body) => [body, frameOf(plant.simulation, body)]);
    this.#hasFootSensors = ["left_foot_contact", "right_foot_contact"].every(
      (name) => model.find("sensor", name) !== undefined,
    );
  }

  /** Declares the topics in a log that has no messages yet. */
  static async declare(log: TopicLog, plant: Plant): Promise<Telemetry> {
    const { scene, transforms, joints, targets, velocity, feet, log: notes } = TOPICS;
    return new Telemetry(plant, {
      scene: await log.declare(scene),
      transforms: await log.declare(transforms),
      joints: await log.declare(joints),
      targets: await log.declare(targets),
      velocity: await log.declare(velocity),
      feet: await log.declare(feet),
      log: await log.declare(notes),
    });
  }

  /** Writes what robot and world look like. */
  look(timeNs: bigint): void {
    const entities = sceneEntities(this.#plant.simulation, stamp(timeNs));
    this.#publish.scene(timeNs, { deletions: [], entities });
  }

  /** Writes one sample of everything that moves. */
  sample(timeNs: bigint): void {
    const timestamp = stamp(timeNs);
    this.#publish.transforms(timeNs, { transforms: this.#transforms(timestamp) });
    this.#publish.joints(timeNs, { timestamp, joints: this.#joints() });
    this.#publish.velocity(timeNs, { timestamp, ...this.#velocities() });
    if (this.#hasFootSensors) this.#publish.feet(timeNs, { timestamp, ...this.#footStates() });
  }

  /** Writes the targets that a step was asked to follow. */
  targets(timeNs: bigint, { q, tau }: JointTargets): void {
    const joints = this.#plant.robot.joints.map(({ name }, j) => ({
      name,
      position: tidy(q[j]),
      effort: tidy(tau[j]),
    }));
    this.#publish.targets(timeNs, { timestamp: stamp(timeNs), joints });
  }

  /** Writes a line for people. */
  note(timeNs: bigint, message: string): void {
    const { name } = this.#plant.robot;
    this.#publish.log(timeNs, { timestamp: stamp(timeNs), level: 2, message, name, file: "", line: 0 });
  }

  #transforms(timestamp: object): object[] {
    const { xpos, xquat } = this.#plant.simulation.views;
    return this.#frames.map(([body, name]) => ({
      timestamp,
      parent_frame_id: "world",
      child_frame_id: name,
      translation: xyz(xpos, 3 * body),
      rotation: { ...xyz(xquat, 4 * body + 1), w: tidy(xquat[4 * body]) },
    }));
  }

  #joints(): object[] {
    const { robot, truth } = this.#plant;
    return robot.joints.map(({ name }, j) => ({
      name,
      position: tidy(truth.q[j]),
      velocity: tidy(truth.dq[j]),
      effort: tidy(truth.tau[j]),
    }));
  }

  #velocities(): object {
    const { baseQuat, baseLinVel, baseAngVel, command } = this.#plant.truth;
    const world = rotate(baseQuat, baseLinVel, [0, 0, 0]);
    const [x, y] = rotateInverse(fromYaw(yawOf(baseQuat)), world, [0, 0, 0]);
    const [, , yawRate] = rotate(baseQuat, baseAngVel, [0, 0, 0]);
    return {
      commanded: { x: tidy(command[0]), y: tidy(command[1]), yaw_rate: tidy(command[2]) },
      measured: { x: tidy(x), y: tidy(y), yaw_rate: tidy(yawRate) },
    };
  }

  #footStates(): object {
    const { pos, vel, force } = this.#feet;
    this.#plant.readFeet(this.#feet);
    const [left, right] = [0, 3].map((at) => ({
      position: xyz(pos, at),
      velocity: xyz(vel, at),
      force: tidy(force[at + 2]),
      contact: force[at + 2] > CONTACT_FORCE,
    }));
    return { left, right };
  }
}

function stamp(timeNs: bigint): { sec: number; nsec: number } {
  return { sec: Number(timeNs / 1_000_000_000n), nsec: Number(timeNs % 1_000_000_000n) };
}

function xyz(values: Float64Array, at: number): { x: number; y: number; z: number } {
  return { x: tidy(values[at]), y: tidy(values[at + 1]), z: tidy(values[at + 2]) };
}

/** Five decimals: enough to look at, and half the size. JSON has no NaN; a value that is not finite becomes null there. */
function tidy(value: number): number {
  return Math.round(value * 1e5) / 1e5;
}
