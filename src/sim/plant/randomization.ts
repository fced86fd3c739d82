import type { Rng } from "../../common/index.ts";
import type { Model } from "../engine/index.ts";
import type { RobotSpec } from "../robots/robot.ts";
import type { MotorDeviations } from "./actuation.ts";
import { ModelPatch } from "./model-patch.ts";
import type { RandomizationConfig } from "./plant-config.ts";
import type { RobotIndex } from "./robot-index.ts";

/** A body whose mass is drawn: slots of the patch, and the place of its parent among the links, -1 for the world. */
interface Link {
  readonly mass: number;
  readonly inertia: readonly [number, number, number];
  readonly subtree: number;
  readonly parent: number;
  readonly isBase: boolean;
  readonly isHand: boolean;
  subtreeMass: number;
}

/** Draws a parameter from a range around its published value. */
type Draw = (published: number, range: readonly [number, number]) => number;

/** One world's physical parameters: drawn from a config at each reset, applied to the shared model before each step. */
export class Randomization {
  readonly motors: MotorDeviations;
  readonly patch = new ModelPatch();
  /** Age of targets when they act, physics steps. */
  delaySteps = 0;
  /**
   * What was drawn for the robot as a whole [7]: kg at the pelvis and in each hand, shift of the torso's centre of mass x, y, z in m,
   * friction of the feet, age of targets in s. Kept and overwritten at each draw.
   */
  readonly drawn = Float64Array.of(0, 0, 0, 0, 0, 1, 0);
  readonly #config: RandomizationConfig;
  readonly #timestep: number;
  readonly #links: readonly Link[];
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
    const { linkMassScale, baseMassAdded, handPayload } = config;
    const isMassRandom = varies(linkMassScale, 1) || varies(baseMassAdded, 0) || varies(handPayload, 0);
    this.#links = isMassRandom ? registerLinks(this.patch, model, robot, index) : [];
    if (config.comOffset.some((limit) => limit > 0)) {
      const { imuSite } = robot;
      const torso =
        imuSite === undefined ? index.base : model.views.site_bodyid[model.index("site", imuSite)];
      for (let axis = 0; axis < 3; axis++)
        this.#com.push(this.patch.add(model, "body_ipos", 3 * torso + axis));
    }
    if (config.footFriction !== undefined) this.#registerFriction(model, index);
  }

  /**
   * Draws every parameter anew. The order of draws is fixed, so a seed means one robot.
   *
   * @param variety share of each range, around the published value, that is drawn from, 0 to 1
   */
  draw(rng: Rng, variety = 1): void {
    const { patch, motors } = this;
    const config = this.#config;
    const near: Draw = (published, [low, high]) =>
      (1 - variety) * published + variety * rng.uniform(low, high);
    const { drawn } = this;
    this.#drawMasses(near);
    for (const [axis, slot] of this.#com.entries()) {
      const limit = config.comOffset[axis];
      drawn[2 + axis] = near(0, [-limit, limit]);
      patch.set(slot, patch.published(slot) + drawn[2 + axis]);
    }
    if (config.footFriction !== undefined) drawn[5] = near(1, config.footFriction);
    for (const slot of this.#friction) patch.set(slot, drawn[5]);
    fill(motors.kpScale, near, 1, config.kpScale);
    fill(motors.kdScale, near, 1, config.kdScale);
    fill(motors.torqueScale, near, 1, config.torqueScale);
    fill(motors.friction, near, 0, config.jointFriction);
    this.delaySteps = Math.floor(near(0, config.actionDelay) / this.#timestep + 0.5);
    drawn[6] = this.delaySteps * this.#timestep;
  }

  #drawMasses(near: Draw): void {
    const { patch } = this;
    const { drawn } = this;
    drawn[0] = near(0, this.#config.baseMassAdded);
    drawn[1] = near(0, this.#config.handPayload);
    for (const link of this.#links) {
      const published = patch.published(link.mass);
      link.subtreeMass = 0;
      if (published === 0) continue;
      const scaled = near(1, this.#config.linkMassScale) * published;
      const mass = Math.max(
        0.1 * published,
        scaled + (link.isBase ? drawn[0] : 0) + (link.isHand ? drawn[1] : 0),
      );
      link.subtreeMass = mass;
      patch.set(link.mass, mass);
      for (const slot of link.inertia) patch.set(slot, patch.published(slot) * (mass / published));
    }
    // Children come after their parents, so backwards each subtree is complete when it is added to the next.
    for (let i = this.#links.length - 1; i >= 0; i--) {
      const { subtree, subtreeMass, parent } = this.#links[i];
      patch.set(subtree, subtreeMass);
      if (parent >= 0) this.#links[parent].subtreeMass += subtreeMass;
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

function registerLinks(patch: ModelPatch, model: Model, robot: RobotSpec, index: RobotIndex): Link[] {
  const { body_parentid } = model.views;
  const hands = handBodies(model, robot);
  return Array.from(index.bodies, (body) => {
    const inertia = (axis: number) => patch.add(model, "body_inertia", 3 * body + axis);
    return {
      mass: patch.add(model, "body_mass", body),
      inertia: [inertia(0), inertia(1), inertia(2)],
      subtree: patch.add(model, "body_subtreemass", body),
      parent: index.bodies.indexOf(body_parentid[body]),
      isBase: body === index.base,
      isHand: hands.has(body),
      subtreeMass: 0,
    };
  });
}

/** The last moving bodies of the arms: those that carry a joint above the legs and no further one. */
function handBodies(model: Model, robot: RobotSpec): Set<number> {
  const { jnt_bodyid, body_parentid } = model.views;
  const moving = robot.joints
    .filter((joint) => joint.group !== "lower")
    .map((joint) => jnt_bodyid[model.index("joint", joint.name)]);
  const hands = new Set(moving);
  for (const body of moving)
    for (let above = body_parentid[body]; above > 0; above = body_parentid[above]) hands.delete(above);
  return hands;
}

function varies([low, high]: readonly [number, number], neutral: number): boolean {
  return low !== neutral || high !== neutral;
}

function fill(out: Float64Array, near: Draw, published: number, range: readonly [number, number]): void {
  for (let j = 0; j < out.length; j++) out[j] = near(published, range);
}
