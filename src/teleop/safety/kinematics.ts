import { portableMath } from "../../common/index.ts";
import { jointIndices, type RobotSpec } from "../../sim/index.ts";
import type { BodyGeometry } from "./body-geometry.ts";

const { sin, cos } = portableMath;

/** Where a robot's links are, in the pelvis' frame, from its joint angles alone. Allocates nothing after construction. */
export class Kinematics {
  readonly geometry: BodyGeometry;
  /** Position, m, of each link's origin [links, 3], and its rotation matrix, row-major [links, 9]; overwritten by `pose`. */
  readonly pos: Float64Array;
  readonly rot: Float64Array;
  readonly #parent: Int32Array;
  readonly #joint: Int32Array;
  readonly #axis: Float64Array;
  readonly #offset: Float64Array;
  readonly #rest: Float64Array;
  readonly #turn = new Float64Array(9);
  readonly #part = new Float64Array(9);

  constructor(robot: RobotSpec, geometry: BodyGeometry) {
    const { links } = geometry;
    this.geometry = geometry;
    this.pos = new Float64Array(3 * links.length);
    this.rot = new Float64Array(9 * links.length);
    this.#parent = Int32Array.from(links, ({ parent }) => parent);
    this.#joint = Int32Array.from(links, ({ joint }) =>
      joint === undefined ? -1 : jointIndices(robot, [joint])[0],
    );
    this.#axis = Float64Array.from(links.flatMap(({ axis }) => axis ?? [0, 0, 0]));
    this.#offset = Float64Array.from(links.flatMap(({ pos }) => pos));
    this.#rest = Float64Array.from(links.flatMap(({ quat }) => matrixOf(quat)));
    this.pose(new Float64Array(robot.joints.length));
  }

  /** Poses all links for these joint angles (robot order, rad). */
  pose(q: ArrayLike<number>): void {
    const { pos, rot } = this;
    for (let link = 0; link < this.#parent.length; link++) {
      const parent = this.#parent[link];
      const at = 9 * link;
      if (parent < 0) {
        rot.set(IDENTITY, at);
        continue;
      }
      const up = 9 * parent;
      for (let row = 0; row < 3; row++) {
        let sum = pos[3 * parent + row];
        for (let k = 0; k < 3; k++) sum += rot[up + 3 * row + k] * this.#offset[3 * link + k];
        pos[3 * link + row] = sum;
      }
      const joint = this.#joint[link];
      if (joint < 0) {
        multiplyInto(rot, up, this.#rest, at, rot, at);
        continue;
      }
      multiplyInto(rot, up, this.#rest, at, this.#part, 0);
      turnInto(this.#turn, this.#axis, 3 * link, q[joint]);
      multiplyInto(this.#part, 0, this.#turn, 0, rot, at);
    }
  }

  /** Writes where a point of a link (its frame, m) is in the pelvis' frame. `out` may be the point. */
  point(link: number, x: number, y: number, z: number, out: Float64Array, at = 0): void {
    const { pos, rot } = this;
    for (let row = 0; row < 3; row++) {
      const r = 9 * link + 3 * row;
      out[at + row] = pos[3 * link + row] + rot[r] * x + rot[r + 1] * y + rot[r + 2] * z;
    }
  }
}

const IDENTITY = [1, 0, 0, 0, 1, 0, 0, 0, 1] as const;

function matrixOf([w, x, y, z]: readonly [number, number, number, number]): number[] {
  return [
    1 - 2 * (y * y + z * z),
    2 * (x * y - w * z),
    2 * (x * z + w * y),
    2 * (x * y + w * z),
    1 - 2 * (x * x + z * z),
    2 * (y * z - w * x),
    2 * (x * z - w * y),
    2 * (y * z + w * x),
    1 - 2 * (x * x + y * y),
  ];
}

/** out = a b, all 3 x 3 and row-major, at offsets; out must be neither. */
function multiplyInto(
  a: Float64Array,
  atA: number,
  b: Float64Array,
  atB: number,
  out: Float64Array,
  atOut: number,
): void {
  for (let row = 0; row < 3; row++)
    for (let column = 0; column < 3; column++) {
      let sum = 0;
      for (let k = 0; k < 3; k++) sum += a[atA + 3 * row + k] * b[atB + 3 * k + column];
      out[atOut + 3 * row + column] = sum;
    }
}

/** Rotation about a unit axis by an angle, rad. */
function turnInto(out: Float64Array, axis: Float64Array, at: number, angle: number): void {
  const [x, y, z] = [axis[at], axis[at + 1], axis[at + 2]];
  const c = cos(angle);
  const s = sin(angle);
  const d = 1 - c;
  out[0] = c + x * x * d;
  out[1] = x * y * d - z * s;
  out[2] = x * z * d + y * s;
  out[3] = x * y * d + z * s;
  out[4] = c + y * y * d;
  out[5] = y * z * d - x * s;
  out[6] = x * z * d - y * s;
  out[7] = y * z * d + x * s;
  out[8] = c + z * z * d;
}
