import {
  CatmullRomCurve3,
  Color,
  CylinderGeometry,
  Group,
  InstancedMesh,
  Matrix4,
  MeshBasicMaterial,
  Quaternion,
  SphereGeometry,
  SRGBColorSpace,
  Vector3,
} from "three";
import type { CandidateFuture } from "../host/vla-messages.ts";
import { supportColour } from "./support-scale.ts";

/** A future to be drawn. */
export interface ShownFuture {
  readonly future: CandidateFuture;
  /** From rare, 0, to frequent, 1. */
  readonly share: number;
  readonly isChosen: boolean;
}

/** Pieces that a trail is drawn of. */
const PIECES = 20;
const [THIN, THICK] = [0.0022, 0.0065];
/** A hand that no candidate moves further is left out, m. */
const STILL = 0.03;
const MOST = 50 * PIECES * 2;
/** Colours of the ends of futures in which the trial ends. */
const ENDS = { succeeded: 0x12c48b, failed: 0x20262e, "timed out": 0x20262e } as const;
const UP = new Vector3(0, 1, 0);

/** Where each candidate would lead the hands, as lines in the colour of its support; the chosen one thick. */
export class FutureTrails {
  readonly group = new Group();
  readonly #others = tubes(0.7);
  readonly #chosen = tubes(1);
  readonly #ends = new InstancedMesh(
    new SphereGeometry(1, 16, 12),
    new MeshBasicMaterial({ transparent: true, opacity: 0.95, toneMapped: false, fog: false }),
    100,
  );
  readonly #matrix = new Matrix4();
  readonly #turn = new Quaternion();
  readonly #colour = new Color();

  constructor() {
    this.#ends.frustumCulled = false;
    this.#ends.count = 0;
    this.group.add(this.#others, this.#chosen, this.#ends);
  }

  show(futures: readonly ShownFuture[]): void {
    this.#others.count = this.#chosen.count = this.#ends.count = 0;
    const sides = movingHands(futures.map(({ future }) => future));
    for (const shown of futures) for (const side of sides) this.#draw(shown, side);
    for (const mesh of [this.#others, this.#chosen, this.#ends]) {
      mesh.instanceMatrix.needsUpdate = true;
      if (mesh.instanceColor !== null) mesh.instanceColor.needsUpdate = true;
    }
  }

  dispose(): void {
    for (const mesh of [this.#others, this.#chosen, this.#ends]) {
      mesh.geometry.dispose();
      mesh.material.dispose();
      mesh.dispose();
    }
    this.group.removeFromParent();
  }

  #draw({ future, share, isChosen }: ShownFuture, side: 0 | 1): void {
    const points = handPoints(future.hands, side);
    if (points.length < 2) return;
    const [r, g, b] = supportColour(share);
    this.#colour.setRGB(r / 255, g / 255, b / 255, SRGBColorSpace);
    const path = new CatmullRomCurve3(points).getPoints(PIECES);
    const mesh = isChosen ? this.#chosen : this.#others;
    for (let k = 1; k < path.length; k++) this.#piece(mesh, path[k - 1], path[k], isChosen ? THICK : THIN);
    if (future.outcome !== "running") this.#colour.set(ENDS[future.outcome]);
    const radius = isChosen ? 2.1 * THICK : 2.2 * THIN;
    this.#place(
      this.#ends,
      this.#matrix.makeScale(radius, radius, radius).setPosition(points[points.length - 1]),
    );
  }

  #piece(mesh: InstancedMesh, from: Vector3, to: Vector3, radius: number): void {
    const along = to.clone().sub(from);
    const length = along.length();
    if (length < 1e-6) return;
    this.#turn.setFromUnitVectors(UP, along.divideScalar(length));
    const middle = from.clone().add(to).multiplyScalar(0.5);
    this.#place(mesh, this.#matrix.compose(middle, this.#turn, new Vector3(radius, length, radius)));
  }

  #place(mesh: InstancedMesh, matrix: Matrix4): void {
    if (mesh.count >= mesh.instanceMatrix.count) return;
    mesh.setMatrixAt(mesh.count, matrix);
    mesh.setColorAt(mesh.count, this.#colour);
    mesh.count++;
  }
}

/** Left, 0, and right, 1: the hands that some future moves. */
export function movingHands(futures: readonly CandidateFuture[]): (0 | 1)[] {
  return ([0, 1] as const).filter((side) =>
    futures.some(({ hands }) => {
      const points = handPoints(hands, side);
      return points.some((point) => point.distanceTo(points[0]) > STILL);
    }),
  );
}

function handPoints(hands: Float32Array, side: 0 | 1): Vector3[] {
  return Array.from({ length: hands.length / 6 }, (_, k) => new Vector3().fromArray(hands, 6 * k + 3 * side));
}

function tubes(opacity: number) {
  const material = new MeshBasicMaterial({
    ...{ transparent: opacity < 1, opacity, toneMapped: false, fog: false },
  });
  const mesh = new InstancedMesh(new CylinderGeometry(1, 1, 1, 8, 1), material, MOST);
  mesh.frustumCulled = false;
  mesh.count = 0;
  return mesh;
}
