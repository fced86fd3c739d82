import { Vector3 } from "three";
import type { SceneDescription } from "../../sim/index.ts";
import type { Frame, RobotFacts } from "../host/messages.ts";
import { FIRST_HIDDEN_GROUP, GeomBatches } from "./geom-batches.ts";
import { LightRig } from "./light-rig.ts";
import { PoseBlend } from "./pose-blend.ts";
import type { Stage } from "./stage.ts";

/** One world on the stage: what is drawn of it, and where its parts are right now. */
export class WorldView {
  readonly scene: SceneDescription;
  readonly robot: RobotFacts;
  readonly visuals: GeomBatches;
  readonly lights: LightRig;
  /** Poses drawn last, [7 nbody]; kept and overwritten. */
  poses: Float32Array = new Float32Array();
  /** The frame that came last. */
  frame: Frame | undefined;
  readonly #blend = new PoseBlend();
  readonly #focus = new Vector3();

  constructor(stage: Stage, scene: SceneDescription, robot: RobotFacts) {
    this.scene = scene;
    this.robot = robot;
    this.visuals = new GeomBatches(scene, ({ group }) => group < FIRST_HIDDEN_GROUP);
    this.lights = new LightRig(scene);
    stage.scene.add(this.visuals.group, this.lights.group);
    stage.toSun = this.lights.toSun;
  }

  /** Takes a frame that came at `now`, s. */
  push(frame: Frame, now: number): void {
    this.frame = frame;
    this.#blend.push(frame.poses, now, frame.isJump);
  }

  /** Moves everything to where it is at `now`, s. */
  update(now: number): void {
    if (this.frame === undefined) return;
    this.poses = this.#blend.at(now);
    this.visuals.pose(this.poses);
    const at = 7 * this.robot.base;
    this.#focus.set(this.poses[at], this.poses[at + 1], this.poses[at + 2] - 0.4);
    this.lights.update((body) => this.visuals.bodyMatrix(body), this.#focus);
  }

  dispose(): void {
    this.visuals.dispose();
    this.lights.dispose();
  }
}
