import { fromYaw, UsageError } from "../../common/index.ts";
import type { Plant } from "../plant/plant.ts";
import type { Side } from "./arm-solver.ts";

export type Vec3 = readonly [number, number, number];

/** Top of the bench, m. */
export const BENCH_HEIGHT = 0.96;

/** Where a thing goes: its body's frame in the world, m and rad. */
export interface Placement {
  readonly body: string;
  readonly pos: Vec3;
  readonly yaw: number;
}

/** The robot at the bench by names: where hands and things are, and how things are put there. */
export class Workbench {
  readonly plant: Plant;

  constructor(plant: Plant) {
    this.plant = plant;
  }

  /** Place between the fingertips, world, m. */
  hand(side: Side): Vec3 {
    const { views, model } = this.plant.simulation;
    return triple(views.site_xpos, model.index("site", `${side}_hand`));
  }

  /** How far a gripper is open, 0 closed to 1 open. */
  opening(side: Side): number {
    const { truth, robot } = this.plant;
    let sum = 0;
    let travel = 0;
    for (const [j, joint] of robot.joints.entries()) {
      if (!joint.name.startsWith(`${side}_gripper_`)) continue;
      sum += truth.q[j];
      travel += joint.range[1];
    }
    return sum / travel;
  }

  /** A body's origin, world, m. */
  pos(body: string): Vec3 {
    const { views, model } = this.plant.simulation;
    return triple(views.xpos, model.index("body", body));
  }

  /** A body's orientation, world from body, [w, x, y, z]. */
  quat(body: string): readonly [number, number, number, number] {
    const { views, model } = this.plant.simulation;
    const at = 4 * model.index("body", body);
    return [views.xquat[at], views.xquat[at + 1], views.xquat[at + 2], views.xquat[at + 3]];
  }

  /** Position of a scene's joint, m or rad. */
  joint(name: string): number {
    const { views, model } = this.plant.simulation;
    return views.qpos[model.views.jnt_qposadr[model.index("joint", name)]];
  }

  /** Moves a free or a mocap body. Poses follow with the next `forward` or step. */
  place({ body, pos, yaw }: Placement): void {
    const { views, model } = this.plant.simulation;
    const quat = fromYaw(yaw);
    const mocap = model.views.body_mocapid[model.index("body", body)];
    if (mocap >= 0) {
      views.mocap_pos.set(pos, 3 * mocap);
      views.mocap_quat.set(quat, 4 * mocap);
      return;
    }
    const joint = model.find("joint", body);
    if (joint === undefined)
      throw new UsageError(`The body "${body}" is fixed.`, "Place free or mocap bodies.");
    const at = model.views.jnt_qposadr[joint];
    views.qpos.set(pos, at);
    views.qpos.set(quat, at + 3);
  }

  /**
   * Colours a geom, sRGB 0 to 1. It stays so in the model until it is coloured again. A model compiled without the geoms
   * that only look good may lack it, and has nothing to colour.
   */
  colour(geom: string, rgb: Vec3): void {
    const { model } = this.plant.simulation;
    const index = model.find("geom", geom);
    if (index !== undefined) model.views.geom_rgba.set(rgb, 4 * index);
  }
}

function triple(view: Float64Array, index: number): Vec3 {
  return [view[3 * index], view[3 * index + 1], view[3 * index + 2]];
}
