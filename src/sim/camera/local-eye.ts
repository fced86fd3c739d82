import type { GeomTable } from "./geom-table.ts";
import type { Pinhole } from "./pinhole.ts";

/** A camera as one geom sees it: its position and axes in the geom's own frame. */
export class LocalEye {
  /** Position, m, and unit right, up and back, [12]: four vectors of three. */
  readonly frame = new Float64Array(12);

  place(table: GeomTable, slot: number, pinhole: Pinhole): void {
    const { pos, mat } = pinhole;
    const { frame } = this;
    const p = 3 * slot;
    const px = pos[0] - table.pos[p];
    const py = pos[1] - table.pos[p + 1];
    const pz = pos[2] - table.pos[p + 2];
    for (let k = 0; k < 3; k++) {
      const rx = table.mat[9 * slot + k];
      const ry = table.mat[9 * slot + 3 + k];
      const rz = table.mat[9 * slot + 6 + k];
      frame[k] = rx * px + ry * py + rz * pz;
      frame[3 + k] = rx * mat[0] + ry * mat[3] + rz * mat[6];
      frame[6 + k] = rx * mat[1] + ry * mat[4] + rz * mat[7];
      frame[9 + k] = rx * mat[2] + ry * mat[5] + rz * mat[8];
    }
  }

  /** The point of the geom's frame at `points[from]` as right, up and depth before the camera, m, written to `out[at]`. */
  see(points: Float64Array | Float32Array, from: number, out: Float64Array, at: number): void {
    const f = this.frame;
    const dx = points[from] - f[0];
    const dy = points[from + 1] - f[1];
    const dz = points[from + 2] - f[2];
    out[at] = dx * f[3] + dy * f[4] + dz * f[5];
    out[at + 1] = dx * f[6] + dy * f[7] + dz * f[8];
    out[at + 2] = -(dx * f[9] + dy * f[10] + dz * f[11]);
  }
}
