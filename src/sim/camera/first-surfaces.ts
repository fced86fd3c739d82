import { GEOM_TYPE } from "./geom-type.ts";
import { LocalEye } from "./local-eye.ts";
import type { MeshTree } from "./mesh-tree.ts";
import type { Pinhole } from "./pinhole.ts";
import { PixelBounds } from "./pixel-bounds.ts";
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
    this.#eye.place(table, slot, pinhole);
    for (let corner = 0; corner < 8; corner++) {
      this.#eye.see(
        box[at] + (corner & 1 ? box[at + 3] : -box[at + 3]),
        box[at + 1] + (corner & 2 ? box[at + 4] : -box[at + 4]),
        box[at + 2] + (corner & 4 ? box[at + 5] : -box[at + 5]),
        this.#corners,
        3 * corner,
      );
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
        const x = f[0] + near * dx;
        const y = f[1] + near * dy;
        const z = f[2] + near * dz;
        const t = near + table.enterLocal(slot, x, y, z, dx, dy, dz, best - near, false);
        if (t < best) {
          this.depth[pixel] = t;
          this.slot[pixel] = slot;
          this.face[pixel] = table.face;
        }
      }
    }
  }

  /** Tries a mesh's triangles that face the camera, each at the pixels that it may cover. */
  #tryTriangles(slot: number, mesh: MeshTree): void {
    const { corners, faces } = mesh;
    const pinhole = this.#pinhole;
    const bounds = this.#bounds;
    const eye = this.#eye;
    const [ox, oy, oz] = eye.frame;
    const seen = this.#corners;
    for (let i = 0; i < faces.length; i++) {
      const at = 9 * i;
      const e1x = corners[at + 3] - corners[at];
      const e1y = corners[at + 4] - corners[at + 1];
      const e1z = corners[at + 5] - corners[at + 2];
      const e2x = corners[at + 6] - corners[at];
      const e2y = corners[at + 7] - corners[at + 1];
      const e2z = corners[at + 8] - corners[at + 2];
      const facing =
        (ox - corners[at]) * (e1y * e2z - e1z * e2y) +
        (oy - corners[at + 1]) * (e1z * e2x - e1x * e2z) +
        (oz - corners[at + 2]) * (e1x * e2y - e1y * e2x);
      if (facing <= 0) continue;
      bounds.start();
      for (let corner = 0; corner < 3; corner++) {
        const c = at + 3 * corner;
        eye.see(corners[c], corners[c + 1], corners[c + 2], seen, 3 * corner);
        bounds.addPoint(pinhole, seen, 3 * corner);
      }
      if (bounds.nearest < this.#near) {
        bounds.addEdge(pinhole, seen, 0, 3);
        bounds.addEdge(pinhole, seen, 3, 6);
        bounds.addEdge(pinhole, seen, 6, 0);
      }
      bounds.finish(pinhole);
      this.#tryTriangle(
        slot,
        faces[i],
        ox - corners[at],
        oy - corners[at + 1],
        oz - corners[at + 2],
        e1x,
        e1y,
        e1z,
        e2x,
        e2y,
        e2z,
      );
    }
  }

  /** Tries one triangle, given by the camera as seen from its first corner and its two edges, at the pixels of `#bounds`. */
  #tryTriangle(
    slot: number,
    face: number,
    sx: number,
    sy: number,
    sz: number,
    e1x: number,
    e1y: number,
    e1z: number,
    e2x: number,
    e2y: number,
    e2z: number,
  ): void {
    const { left, top, right, bottom } = this.#bounds;
    if (right <= left || bottom <= top) return;
    const { width, cx, cy, fx, fy } = this.#pinhole;
    const near = this.#near;
    const f = this.#eye.frame;
    // Möller and Trumbore's three determinants, each linear in the ray's direction because all rays start at one point.
    const nx = e1y * e2z - e1z * e2y;
    const ny = e1z * e2x - e1x * e2z;
    const nz = e1x * e2y - e1y * e2x;
    const ux = e2y * sz - e2z * sy;
    const uy = e2z * sx - e2x * sz;
    const uz = e2x * sy - e2y * sx;
    const vx = sy * e1z - sz * e1y;
    const vy = sz * e1x - sx * e1z;
    const vz = sx * e1y - sy * e1x;
    const height = e2x * vx + e2y * vy + e2z * vz;
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
        const u = dx * ux + dy * uy + dz * uz;
        const v = dx * vx + dy * vy + dz * vz;
        const determinant = -(dx * nx + dy * ny + dz * nz);
        if (u < 0 || v < 0 || u + v > determinant) continue;
        const t = height / determinant;
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
