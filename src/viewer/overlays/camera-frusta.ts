import {
  BufferAttribute,
  BufferGeometry,
  Color,
  Group,
  LineBasicMaterial,
  LineSegments,
  type Matrix4,
} from "three";
import type { CameraDescription } from "../../sim/index.ts";
import type { SignalLog } from "../page/signal-log.ts";
import { localMatrix } from "../scene/axes.ts";
import type { WorldView } from "../scene/world-view.ts";
import type { Overlay } from "./overlay.ts";

const LENGTH = 0.28;
const ASPECT = 4 / 3;
const COLOUR = new Color(0xa855f7);

/** Where the robot's cameras stand and what they can see. */
export class CameraFrusta implements Overlay {
  readonly group = new Group();
  readonly #frusta: {
    readonly camera: CameraDescription;
    readonly lines: LineSegments;
    readonly local: Matrix4;
  }[];

  constructor({ scene }: WorldView) {
    const material = new LineBasicMaterial({
      color: COLOUR,
      depthTest: false,
      transparent: true,
      fog: false,
    });
    this.#frusta = scene.cameras
      .filter(({ body }) => body !== 0)
      .map((camera) => {
        const lines = new LineSegments(pyramid(camera.fovyDegrees), material);
        lines.matrixAutoUpdate = false;
        lines.frustumCulled = false;
        lines.renderOrder = 9;
        this.group.add(lines);
        return { camera, lines, local: localMatrix(camera.pos, camera.quat) };
      });
  }

  update({ visuals }: WorldView, _: SignalLog): void {
    for (const { camera, lines, local } of this.#frusta)
      lines.matrix.multiplyMatrices(visuals.bodyMatrix(camera.body), local);
  }

  dispose(): void {
    for (const { lines } of this.#frusta) lines.geometry.dispose();
    this.group.removeFromParent();
  }
}

/** Four edges from the eye and a rim. */
function pyramid(fovyDegrees: number): BufferGeometry {
  const y = LENGTH * Math.tan((fovyDegrees * Math.PI) / 360);
  const x = ASPECT * y;
  const corners = [
    [-x, -y],
    [x, -y],
    [x, y],
    [-x, y],
  ].map(([cx, cy]) => [cx, cy, -LENGTH]);
  const segments = corners.flatMap((corner, i) => [[0, 0, 0], corner, corner, corners[(i + 1) % 4]]);
  const geometry = new BufferGeometry();
  geometry.setAttribute("position", new BufferAttribute(Float32Array.from(segments.flat()), 3));
  return geometry;
}
