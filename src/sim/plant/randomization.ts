import type { Rng } from "../../common/index.ts";
import type { Model } from "../engine/index.ts";
import type { RobotSpec } from "../robots/robot.ts";
import type { MotorDeviations } from "./actuation.ts";
import { ModelPatch } from "./model-patch.ts";
import type { RandomizationConfig } from "./plant-config.ts";
import type { RobotIndex } from "./robot-index.ts";

/** One world's physical parameters: drawn from a config at each reset, applied to the shared model before each step. */
export class Randomization {
  readonly motors: MotorDeviations;
  readonly patch = new ModelPatch();
  /** Age of targets when they act, physics steps. */
  delaySteps = 0;
  readonly #config: RandomizationConfig;
  readonly #timestep: number;
  readonly #masses: {
    mass: number;
    inertia: readonly [number, number, number];
    isBase: boolean;
    isHand: boolean;
  }[] = [];
  readonly #com: number[] = [];
  readonly #friction: number[] = [];

  constructor(
    model: Model,
    robot: RobotSpec,
    index: RobotIndex,
    config: RandomizationConfig,
    timestep: number,
  ) {
    const joints = robot.joints.length;
    this.#config = config;
    this.#timestep = timestep;
    this.motors = {
      kpScale: new Float64Array(joints).fill(1),
      kdScale: new Float64Array(joints).fill(1),
      torqueScale: new Float64Array(joints).fill(1),
      friction: new Float64Array(joints),
    };
    if (varies(config.linkMassScale, 1) || varies(config.baseMassAdded, 0) || varies(config.handPayload, 0))
      this.#registerMasses(model, robot, index);
    if (config.comOffset.some((limit) => limit > 0)) {
      const { imuSite } = robot;
      const torso =
        imuSite === undefined ? index.base : model.views.site_bodyid[model.index("site", imuSite)];
      for (let axis = 0; axis < 3; axis++)
        this.#com.push(this.patch.add(model, "body_ipos", 3 * torso + axis));
    }
    if (config.footFriction !== undefined) this.#registerFriction(model, index);
  }

  /** Draws every parameter anew. The order of draws is fixed, so a seed means one robot. */
  draw(rng: Rng): void {
    const { patch, motors } = this;
    const config = this.#config;
    const added = rng.uniform(...config.baseMassAdded);
    const payload = rng.uniform(...config.handPayload);
    for (const link of this.#masses) {
      const scale = rng.uniform(...config.linkMassScale);
      const published = patch.published(link.mass);
      const mass = Math.max(
        0.1 * published,
        scale * published + (link.isBase ? added : 0) + (link.isHand ? payload : 0),
      );
      patch.set(link.mass, mass);
      for (const slot of link.inertia) patch.set(slot, patch.published(slot) * (mass / published));
    }
    for (const [axis, slot] of this.#com.entries()) {
      patch.set(slot, patch.published(slot) + rng.uniform(-config.comOffset[axis], config.comOffset[axis]));
    }
    const friction = config.footFriction === undefined ? 0 : rng.uniform(...config.footFriction);
    for (const slot of this.#friction) patch.set(slot, friction);
    fill(motors.kpScale, rng, config.kpScale);
    fill(motors.kdScale, rng, config.kdScale);
    fill(motors.torqueScale, rng, config.torqueScale);
    fill(motors.friction, rng, config.jointFriction);
    this.delaySteps = Math.floor(rng.uniform(...config.actionDelay) / this.#timestep + 0.5);
  }

  #registerMasses(model: Model, robot: RobotSpec, index: RobotIndex): void {
    const last = robot.joints
      .filter((joint) => joint.group !== "lower")
      .map((joint) => model.views.jnt_bodyid[model.index("joint", joint.name)]);
    const parents = new Set(last.map((body) => model.views.body_parentid[body]));
    for (const body of index.bodies) {
      if (model.views.body_mass[body] === 0) continue;
      const add = (axis: number) => this.patch.add(model, "body_inertia", 3 * body + axis);
      this.#masses.push({
        mass: this.patch.add(model, "body_mass", body),
        inertia: [add(0), add(1), add(2)],
        isBase: body === index.base,
        isHand: last.includes(body) && !parents.has(body),
      });
    }
  }

  /** Gives the feet's geoms the say over friction, which MuJoCo otherwise takes as the larger of foot and ground. */
  #registerFriction(model: Model, index: RobotIndex): void {
    const { geom_bodyid, geom_contype, geom_conaffinity, geom_priority } = model.views;
    for (let geom = 0; geom < model.sizes.ngeom; geom++) {
      if (!index.feet.includes(geom_bodyid[geom]) || (geom_contype[geom] | geom_conaffinity[geom]) === 0)
        continue;
      geom_priority[geom] = 1;
      this.#friction.push(this.patch.add(model, "geom_friction", 3 * geom));
    }
  }
}

function varies([low, high]: readonly [number, number], neutral: number): boolean {
  return low !== neutral || high !== neutral;
}

function fill(out: Float64Array, rng: Rng, [low, high]: readonly [number, number]): void {
  for (let j = 0; j < out.length; j++) out[j] = rng.uniform(low, high);
}
