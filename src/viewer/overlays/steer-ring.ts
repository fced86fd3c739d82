import { Mesh, MeshBasicMaterial, RingGeometry } from "three";
import type { WorldView } from "../scene/world-view.ts";

/** How far the ring lies below the lowest body's frame, m: the ankles' frames are this high over the soles, nearly. */
const BELOW_ANKLES = 0.04;

/** A ring on the ground around the robot that is driven, in worlds of several. */
export class SteerRing {
  readonly mesh = new Mesh(
    new RingGeometry(0.36, 0.4, 64),
    new MeshBasicMaterial({ color: 0x2f9bff, transparent: true, opacity: 0.75, depthWrite: false }),
  );

  constructor() {
    this.mesh.visible = false;
  }

  update({ poses, robot, scene }: WorldView, steered: string | undefined): void {
    const { companions } = robot;
    this.mesh.visible = companions.length > 0 && poses.length > 0;
    if (!this.mesh.visible) return;
    const root = companions.find(({ name }) => name === steered)?.base ?? robot.base;
    const at = 7 * root;
    const heights = scene.bodies.map((body, i) => (body.root === root ? poses[7 * i + 2] : Infinity));
    const lowest = Math.min(...heights);
    this.mesh.position.set(poses[at], poses[at + 1], lowest - BELOW_ANKLES);
  }
}
