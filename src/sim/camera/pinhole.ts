import { portableMath, UsageError } from "../../common/index.ts";
import type { Model, Simulation } from "../engine/index.ts";
import { type Ray, REACH } from "./ray.ts";

/** A camera that no body carries. */
export interface FreeView {
  /** Where the camera is, and the point that it looks at, world, m. */
  readonly from: readonly [number, number, number];
  readonly at: readonly [number, number, number];
}

/**
 * An ideal camera without distortion. Its frame is MuJoCo's: x right, y up, looking along -z. Pixels count from the
 * image's top left corner, u right and v down; the centre of the first pixel is (0.5, 0.5).
 */
export class Pinhole {
  readonly width: number;
  readonly height: number;
  /** Focal lengths and principal point, pixels. */
  readonly fx: number;
  readonly fy: number;
  readonly cx: number;
  readonly cy: number;
  /** Position in the world, m, [3], and row-major rotation (world from camera), [9]. */
  readonly pos = new Float64Array(3);
  readonly mat = new Float64Array([1, 0, 0, 0, 1, 0, 0, 0, 1]);

  constructor(
    width: number,
    height: number,
    lens: { readonly fx: number; readonly fy: number; readonly cx: number; readonly cy: number },
  ) {
    if (!(Number.isInteger(width) && Number.isInteger(height) && width > 0 && height > 0)) {
      throw new UsageError(
        `A picture of ${width} x ${height} pixels cannot be taken.`,
        "Give whole numbers above 0.",
      );
    }
    this.width = width;
    this.height = height;
    this.fx = lens.fx;
    this.fy = lens.fy;
    this.cx = lens.cx;
    this.cy = lens.cy;
  }

  /** Square pixels, the optical axis through the middle. @param fovy vertical field of view, rad, in (0, pi) */
  static withFieldOfView(width: number, height: number, fovy: number): Pinhole {
    if (!(fovy > 0 && fovy < Math.PI)) {
      throw new UsageError(
        `A camera cannot have a field of view of ${fovy} rad.`,
        "Give radians between 0 and pi.",
      );
    }
    const f = (height / 2) * (portableMath.cos(fovy / 2) / portableMath.sin(fovy / 2));
    return new Pinhole(width, height, { fx: f, fy: f, cx: width / 2, cy: height / 2 });
  }

  /** The lens of a model's camera: its sensor and focal length where it states them, else its field of view. */
  static ofModelCamera(model: Model, camera: number, width: number, height: number): Pinhole {
    const { cam_sensorsize, cam_intrinsic, cam_fovy } = model.views;
    const [sensorWidth, sensorHeight] = cam_sensorsize.subarray(2 * camera);
    if (!(sensorHeight > 0))
      return Pinhole.withFieldOfView(width, height, (cam_fovy[camera] * Math.PI) / 180);
    const [fx, fy, shiftX, shiftY] = cam_intrinsic.subarray(4 * camera);
    return new Pinhole(width, height, {
      fx: (fx / sensorWidth) * width,
      fy: (fy / sensorHeight) * height,
      cx: (0.5 - shiftX / sensorWidth) * width,
      cy: (0.5 + shiftY / sensorHeight) * height,
    });
  }

  /** Takes the pose of a model's camera from a simulation. */
  follow(simulation: Simulation, camera: number): void {
    const { cam_xpos, cam_xmat } = simulation.views;
    for (let k = 0; k < 3; k++) this.pos[k] = cam_xpos[3 * camera + k];
    for (let k = 0; k < 9; k++) this.mat[k] = cam_xmat[9 * camera + k];
  }

  /** Stands at a point and looks at another, the world's z upwards in the picture (its y, when looking straight up or down). */
  lookAt(view: FreeView): void {
    const { pos, mat } = this;
    pos.set(view.from);
    const back = unit(view.from[0] - view.at[0], view.from[1] - view.at[1], view.from[2] - view.at[2]);
    const isVertical = back[0] * back[0] + back[1] * back[1] < 1e-12;
    const right = isVertical ? [1, 0, 0] : unit(-back[1], back[0], 0);
    const up = [
      back[1] * right[2] - back[2] * right[1],
      back[2] * right[0] - back[0] * right[2],
      back[0] * right[1] - back[1] * right[0],
    ];
    for (let k = 0; k < 3; k++) {
      mat[3 * k] = right[k];
      mat[3 * k + 1] = up[k];
      mat[3 * k + 2] = back[k];
    }
  }

  /**
   * Where a world point appears.
   *
   * @param out written and returned: u, v in pixels and the depth along the optical axis, m; where the depth is not
   * positive the point is behind the camera and u, v mean nothing
   */
  project(x: number, y: number, z: number, out: Float64Array): Float64Array {
    const { pos, mat } = this;
    const px = x - pos[0];
    const py = y - pos[1];
    const pz = z - pos[2];
    const right = mat[0] * px + mat[3] * py + mat[6] * pz;
    const up = mat[1] * px + mat[4] * py + mat[7] * pz;
    const depth = -(mat[2] * px + mat[5] * py + mat[8] * pz);
    out[0] = this.cx + (this.fx * right) / depth;
    out[1] = this.cy - (this.fy * up) / depth;
    out[2] = depth;
    return out;
  }

  /** Sets a ray to the one through image point (u, v), without end; its direction counts 1 along the optical axis. */
  aim(u: number, v: number, ray: Ray): void {
    const { mat, pos } = this;
    const right = (u - this.cx) / this.fx;
    const up = (this.cy - v) / this.fy;
    for (let k = 0; k < 3; k++) {
      ray[k] = pos[k];
      ray[3 + k] = mat[3 * k] * right + mat[3 * k + 1] * up - mat[3 * k + 2];
    }
    ray[REACH] = Number.POSITIVE_INFINITY;
  }

  /** World direction of the ray through image point (u, v), scaled to 1 m along the optical axis; written to `out` [3]. */
  direction(u: number, v: number, out: Float64Array): Float64Array {
    const { mat } = this;
    const right = (u - this.cx) / this.fx;
    const up = (this.cy - v) / this.fy;
    for (let k = 0; k < 3; k++) out[k] = mat[3 * k] * right + mat[3 * k + 1] * up - mat[3 * k + 2];
    return out;
  }
}

function unit(x: number, y: number, z: number): [number, number, number] {
  const length = Math.sqrt(x * x + y * y + z * z);
  if (!(length > 0))
    throw new UsageError("A camera cannot look at the point where it stands.", "Move one of the two.");
  return [x / length, y / length, z / length];
}
