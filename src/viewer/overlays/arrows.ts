import {
  type Color,
  ConeGeometry,
  CylinderGeometry,
  Group,
  InstancedMesh,
  Matrix4,
  MeshBasicMaterial,
  Quaternion,
  Vector3,
} from "three";
import { standOnZ } from "../scene/axes.ts";

const UP = new Vector3(0, 0, 1);
/** Share of an arrow's radius: head over shaft. */
const HEAD = 2.4;

/** Many arrows in two draw calls. Fill them anew for each picture: `begin`, `add`..., `end`. */
export class Arrows {
  readonly group = new Group();
  readonly #shafts: InstancedMesh;
  readonly #heads: InstancedMesh;
  readonly #most: number;
  #count = 0;
  readonly #matrix = new Matrix4();
  readonly #turn = new Quaternion();
  readonly #along = new Vector3();
  readonly #scale = new Vector3();
  readonly #at = new Vector3();

  /** @param isOnTop whether arrows are seen through what is before them */
  constructor(most: number, isOnTop = true) {
    const material = new MeshBasicMaterial({
      depthTest: !isOnTop,
      transparent: true,
      opacity: 0.92,
      toneMapped: false,
      fog: false,
    });
    const shaft = new CylinderGeometry(1, 1, 1, 12).applyMatrix4(standOnZ).translate(0, 0, 0.5);
    const head = new ConeGeometry(HEAD, 1, 16).applyMatrix4(standOnZ).translate(0, 0, 0.5);
    this.#most = most;
    this.#shafts = new InstancedMesh(shaft, material, most);
    this.#heads = new InstancedMesh(head, material, most);
    for (const mesh of [this.#shafts, this.#heads]) {
      mesh.frustumCulled = false;
      mesh.renderOrder = 10;
      this.group.add(mesh);
    }
  }

  begin(): void {
    this.#count = 0;
  }

  /** An arrow from a point along a vector, m; shorter than a millimetre it is left out. */
  add(from: Vector3, along: Vector3, radius: number, colour: Color): void {
    const length = along.length();
    if (length < 1e-3 || this.#count >= this.#most) return;
    const head = Math.min(4 * HEAD * radius * 0.75, 0.45 * length);
    this.#turn.setFromUnitVectors(UP, this.#along.copy(along).divideScalar(length));
    this.#matrix.compose(from, this.#turn, this.#scale.set(radius, radius, length - head));
    this.#shafts.setMatrixAt(this.#count, this.#matrix);
    this.#at.copy(from).addScaledVector(this.#along, length - head);
    this.#matrix.compose(this.#at, this.#turn, this.#scale.set(radius, radius, head));
    this.#heads.setMatrixAt(this.#count, this.#matrix);
    this.#shafts.setColorAt(this.#count, colour);
    this.#heads.setColorAt(this.#count, colour);
    this.#count++;
  }

  end(): void {
    for (const mesh of [this.#shafts, this.#heads]) {
      mesh.count = this.#count;
      mesh.instanceMatrix.needsUpdate = true;
      if (mesh.instanceColor !== null) mesh.instanceColor.needsUpdate = true;
    }
  }

  dispose(): void {
    this.#shafts.geometry.dispose();
    this.#heads.geometry.dispose();
    this.group.removeFromParent();
  }
}
