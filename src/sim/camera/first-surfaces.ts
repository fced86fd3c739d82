import { GEOM_TYPE } from "./geom-type.ts";
import { LocalEye } from "./local-eye.ts";
import type { MeshTree } from "./mesh-tree.ts";
import type { Pinhole } from "./pinhole.ts";
import { PixelBounds } from "./pixel-bounds.ts";
import { REACH } from "./ray.ts";
import type { RayScene } from "./ray-scene.ts";

/** A mesh that covers more pixels than this for each of its triangles is tried triangle by triangle. */
const PIXELS_PER_TRIANGLE = 0.25;

/**
 * The first surface behind every pixel of a picture, found geom by geom instead of ray by ray: each geom's box is
 * projected, and only the pixels that it covers are tried, nearest geoms first. The same answer as tracing every ray,
 * in a third of the time.
 */
export class FirstSurfaces {
  /** Slot of the surface in the scene's table, [height, width]; -1 where there is none. */
  readonly slot: Int32Array;
  /** Its triangle or cell, for meshes and height fields. */
  readonly face: Int32Array;
  /** Distance along the optical axis, m; Infinity where there is none. */
  readonly depth: Float64Array;
  readonly #scene: RayScene;
  readonly #pinhole: Pinhole;
  readonly #near: number;
  /** By slot: the nearest depth, and the pixels covered as left, top, right, bottom. */
  readonly #nearest: Float64Array;
  readonly #covered: Int32Array;
  readonly #order: Int32Array;
  readonly #eye = new LocalEye();
  readonly #bounds = new PixelBounds();
  readonly #corners = new Float64Array(24);
  readonly #point = new Float64Array(3);
  /** Of a triangle: its normal, two more vectors, and the camera's height over its plane times twice its area. */
  readonly #determinants = new Float64Array(10);

  /** @param near surfaces closer than this along the optical axis are not seen, m */
  constructor(scene: RayScene, pinhole: Pinhole, near: number) {
    const pixels = pinhole.width * pinhole.height;
    const slots = scene.table.geoms.length;
    this.#scene = scene;
    this.#pinhole = pinhole;
    this.#near = near;
    this.slot = new Int32Array(pixels);
    this.face = new Int32Array(pixels);
    this.depth = new Float64Array(pixels);
    this.#nearest = new Float64Array(slots);
    this.#covered = new Int32Array(4 * slots);
    this.#order = new Int32Array(scene.bounded.length);
  }

  /** Finds them for the scene's and the camera's present poses. */
  find(): void {
    const { table, planes } = this.#scene;
    const { width, height } = this.#pinhole;
    this.slot.fill(-1);
    this.depth.fill(Number.POSITIVE_INFINITY);
    this.#sortByDistance();
    for (let i = 0; i < this.#order.length; i++) this.#try(this.#order[i]);
    for (let i = 0; i < planes.length; i++) {
      this.#eye.place(table, planes[i], this.#pinhole);
      this.#tryPixels(planes[i], this.#near, 0, 0, width, height);
    }
  }

  /** Puts slots in the order of their nearest corner; equal ones keep the table's order, so a picture never depends on the last one. */
  #sortByDistance(): void {
    const order = this.#order;
    const nearest = this.#nearest;
    for (let i = 0; i < order.length; i++) {
      const slot = this.#scene.bounded[i];
      this.#cover(slot);
      let j = i;
      for (; j > 0 && nearest[order[j - 1]] > nearest[slot]; j--) order[j] = order[j - 1];
      order[j] = slot;
    }
  }

  /** Finds the pixels that a slot's box may cover. */
  #cover(slot: number): void {
    const { table } = this.#scene;
    const pinhole = this.#pinhole;
    const box = table.simulation.model.views.geom_aabb;
    const at = 6 * table.geoms[slot];
    const bounds = this.#bounds;
    const point = this.#point;
    this.#eye.place(table, slot, pinhole);
    for (let corner = 0; corner < 8; corner++) {
      point[0] = box[at] + (corner & 1 ? box[at + 3] : -box[at + 3]);
      point[1] = box[at + 1] + (corner & 2 ? box[at + 4] : -box[at + 4]);
      point[2] = box[at + 2] + (corner & 4 ? box[at + 5] : -box[at + 5]);
      this.#eye.see(point, 0, this.#corners, 3 * corner);
    }
    bounds.start();
    for (let corner = 0; corner < 8; corner++) {
      bounds.addPoint(pinhole, this.#corners, 3 * corner);
      for (let side = 1; side < 8; side *= 2) {
        if ((corner & side) === 0) bounds.addEdge(pinhole, this.#corners, 3 * corner, 3 * (corner | side));
      }
    }
    bounds.finish(pinhole);
    this.#nearest[slot] = Math.max(this.#near, bounds.nearest);
    this.#covered[4 * slot] = bounds.left;
    this.#covered[4 * slot + 1] = bounds.top;
    this.#covered[4 * slot + 2] = bounds.right;
    this.#covered[4 * slot + 3] = bounds.bottom;
  }

  #try(slot: number): void {
    const { table } = this.#scene;
    const left = this.#covered[4 * slot];
    const top = this.#covered[4 * slot + 1];
    const right = this.#covered[4 * slot + 2];
    const bottom = this.#covered[4 * slot + 3];
    if (right <= left || bottom <= top) return;
    this.#eye.place(table, slot, this.#pinhole);
    if (table.type[slot] === GEOM_TYPE.mesh) {
      const mesh = table.meshOf(slot);
      if ((right - left) * (bottom - top) > PIXELS_PER_TRIANGLE * mesh.faces.length) {
        this.#tryTriangles(slot, mesh);
        return;
      }
    }
    this.#tryPixels(slot, this.#nearest[slot], left, top, right, bottom);
  }

  /** Tries one slot at every pixel of a rectangle, with rays in the slot's own frame. */
  #tryPixels(slot: number, nearest: number, left: number, top: number, right: number, bottom: number): void {
    const { table } = this.#scene;
    const { width, cx, cy, fx, fy } = this.#pinhole;
    const near = this.#near;
    const f = this.#eye.frame;
    const ray = table.localRay;
    for (let row = top; row < bottom; row++) {
      const up = (cy - row - 0.5) / fy;
      const rowX = f[6] * up - f[9];
      const rowY = f[7] * up - f[10];
      const rowZ = f[8] * up - f[11];
      for (let column = left; column < right; column++) {
        const pixel = row * width + column;
        const best = this.depth[pixel];
        if (best <= nearest) continue;
        const across = (column + 0.5 - cx) / fx;
        const dx = rowX + f[3] * across;
        const dy = rowY + f[4] * across;
        const dz = rowZ + f[5] * across;
        ray[0] = f[0] + near * dx;
        ray[1] = f[1] + near * dy;
        ray[2] = f[2] + near * dz;
        ray[3] = dx;
        ray[4] = dy;
        ray[5] = dz;
        ray[REACH] = best - near;
        if (table.enterLocal(slot, false)) {
          this.depth[pixel] = near + ray[REACH];
          this.slot[pixel] = slot;
          this.face[pixel] = table.face;
        }
      }
    }
  }

  /** Tries a mesh's triangles that face the camera, each at the pixels that it may cover. */
  #tryTriangles(slot: number, mesh: MeshTree): void {
    const { faces, corners } = mesh;
    for (let i = 0; i < faces.length; i++) {
      if (this.#prepareTriangle(corners, 9 * i)) this.#tryTriangle(slot, faces[i]);
    }
  }

  /** Finds the pixels that a triangle may cover and its `#determinants`; false where it turns its back or is out of view. */
  #prepareTriangle(corners: Float32Array, at: number): boolean {
    const f = this.#eye.frame;
    const d = this.#determinants;
    const e1x = corners[at + 3] - corners[at];
    const e1y = corners[at + 4] - corners[at + 1];
    const e1z = corners[at + 5] - corners[at + 2];
    const e2x = corners[at + 6] - corners[at];
    const e2y = corners[at + 7] - corners[at + 1];
    const e2z = corners[at + 8] - corners[at + 2];
    const sx = f[0] - corners[at];
    const sy = f[1] - corners[at + 1];
    const sz = f[2] - corners[at + 2];
    d[0] = e1y * e2z - e1z * e2y;
    d[1] = e1z * e2x - e1x * e2z;
    d[2] = e1x * e2y - e1y * e2x;
    d[9] = sx * d[0] + sy * d[1] + sz * d[2];
    if (d[9] <= 0) return false;
    d[3] = e2y * sz - e2z * sy;
    d[4] = e2z * sx - e2x * sz;
    d[5] = e2x * sy - e2y * sx;
    d[6] = sy * e1z - sz * e1y;
    d[7] = sz * e1x - sx * e1z;
    d[8] = sx * e1y - sy * e1x;
    return this.#boundTriangle(corners, at);
  }

  #boundTriangle(corners: Float32Array, at: number): boolean {
    const bounds = this.#bounds;
    const pinhole = this.#pinhole;
    const seen = this.#corners;
    bounds.start();
    for (let corner = 0; corner < 3; corner++) {
      this.#eye.see(corners, at + 3 * corner, seen, 3 * corner);
      bounds.addPoint(pinhole, seen, 3 * corner);
    }
    if (bounds.nearest < this.#near) {
      bounds.addEdge(pinhole, seen, 0, 3);
      bounds.addEdge(pinhole, seen, 3, 6);
      bounds.addEdge(pinhole, seen, 6, 0);
    }
    bounds.finish(pinhole);
    return bounds.left < bounds.right && bounds.top < bounds.bottom;
  }

  /**
   * Tries the prepared triangle at its pixels, by Möller and Trumbore's determinants: each is linear in the ray's
   * direction, since all rays start at one point.
   */
  #tryTriangle(slot: number, face: number): void {
    const { left, top, right, bottom } = this.#bounds;
    const { width, cx, cy, fx, fy } = this.#pinhole;
    const near = this.#near;
    const f = this.#eye.frame;
    const d = this.#determinants;
    for (let row = top; row < bottom; row++) {
      const up = (cy - row - 0.5) / fy;
      const rowX = f[6] * up - f[9];
      const rowY = f[7] * up - f[10];
      const rowZ = f[8] * up - f[11];
      for (let column = left; column < right; column++) {
        const across = (column + 0.5 - cx) / fx;
        const dx = rowX + f[3] * across;
        const dy = rowY + f[4] * across;
        const dz = rowZ + f[5] * across;
        const u = dx * d[3] + dy * d[4] + dz * d[5];
        const v = dx * d[6] + dy * d[7] + dz * d[8];
        const determinant = -(dx * d[0] + dy * d[1] + dz * d[2]);
        if (u < 0 || v < 0 || u + v > determinant) continue;
        const t = d[9] / determinant;
        const pixel = row * width + column;
        if (t > near && t < this.depth[pixel]) {
          this.depth[pixel] = t;
          this.slot[pixel] = slot;
          this.face[pixel] = face;
        }
      }
    }
  }
}
