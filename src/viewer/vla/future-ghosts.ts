import {
  type BufferGeometry,
  Color,
  Group,
  InstancedMesh,
  Matrix4,
  type MeshStandardMaterial,
  SRGBColorSpace,
} from "three";
import type { SceneDescription } from "../../sim/index.ts";
import { seeThrough } from "../overlays/see-through.ts";
import { localMatrix, poseMatrix } from "../scene/axes.ts";
import { FIRST_HIDDEN_GROUP } from "../scene/geom-batches.ts";
import { shapeOf } from "../scene/shapes.ts";
import type { ShownFuture } from "./future-trails.ts";
import { supportColour } from "./support-scale.ts";

/** Of candidates that were passed over only hands are drawn; of the chosen one the arm too. */
const HAND = /_(gripper|hand|wrist)/;
const ARM = /_(gripper|hand|wrist|elbow|shoulder_yaw)/;
const MOST = 50;

interface Part {
  readonly mesh: InstancedMesh<BufferGeometry, MeshStandardMaterial>;
  readonly body: number;
  readonly local: Matrix4;
  readonly side: 0 | 1;
}

/** The robot's hands where each candidate would bring them, as ghosts in the colour of its support. */
export class FutureGhosts {
  readonly group = new Group();
  readonly #others: readonly Part[];
  readonly #chosen: readonly Part[];
  readonly #matrix = new Matrix4();
  readonly #colour = new Color();

  constructor(scene: SceneDescription) {
    this.#others = this.#parts(scene, HAND, 0.16, MOST);
    this.#chosen = this.#parts(scene, ARM, 0.5, 1);
  }

  /** @param sides hands that are drawn: left, 0, and right, 1 */
  show(futures: readonly ShownFuture[], sides: readonly (0 | 1)[]): void {
    for (const { mesh } of [...this.#others, ...this.#chosen]) mesh.count = 0;
    for (const { future, share, isChosen } of futures) {
      const [r, g, b] = supportColour(share);
      this.#colour.setRGB(r / 255, g / 255, b / 255, SRGBColorSpace);
      for (const { mesh, body, local, side } of isChosen ? this.#chosen : this.#others) {
        if (!sides.includes(side) || mesh.count >= mesh.instanceMatrix.count) continue;
        mesh.setMatrixAt(mesh.count, poseMatrix(future.poses, body, this.#matrix).multiply(local));
        mesh.setColorAt(mesh.count, this.#colour);
        mesh.count++;
      }
    }
    for (const { mesh } of [...this.#others, ...this.#chosen]) {
      mesh.instanceMatrix.needsUpdate = true;
      if (mesh.instanceColor !== null) mesh.instanceColor.needsUpdate = true;
    }
  }

  dispose(): void {
    for (const { mesh } of [...this.#others, ...this.#chosen]) {
      mesh.geometry.dispose();
      mesh.material.dispose();
      mesh.dispose();
    }
    this.group.removeFromParent();
  }

  #parts(scene: SceneDescription, pattern: RegExp, opacity: number, most: number): Part[] {
    return scene.geoms.flatMap((geom): Part[] => {
      const { name } = scene.bodies[geom.body];
      if (geom.group >= FIRST_HIDDEN_GROUP || geom.rgba[3] === 0 || !pattern.test(name)) return [];
      const { build, scale } = shapeOf(geom, scene);
      const mesh = new InstancedMesh(build(), seeThrough(new Color(0xffffff), opacity), most);
      mesh.material.depthWrite = most === 1; // many ghosts shine through each other
      mesh.frustumCulled = false;
      mesh.count = 0;
      this.group.add(mesh);
      const local = localMatrix(geom.pos, geom.quat, scale);
      return [{ mesh, body: geom.body, local, side: name.startsWith("left") ? 0 : 1 }];
    });
  }
}
