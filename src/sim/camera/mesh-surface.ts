import type { Model } from "../engine/index.ts";
import { enterBounds } from "./enter-bounds.ts";
import { type MeshTree, meshTree } from "./mesh-tree.ts";
import { type Ray, REACH } from "./ray.ts";

const NONE = Number.POSITIVE_INFINITY;
const STACK = 64;

/** Rays against the meshes of one model. Triangles are met from outside only. */
export class MeshSurface {
  /** Triangle that the last ray met, counted from the mesh's first; -1 where it met none. */
  face = -1;
  readonly #trees: readonly (MeshTree | undefined)[];
  readonly #stack = new Int32Array(STACK);
  readonly #entry = new Float64Array(STACK);

  /** @param meshes those that rays will be cast at */
  constructor(model: Model, meshes: ReadonlySet<number>) {
    this.#trees = Array.from({ length: model.sizes.nmesh }, (_, mesh) =>
      meshes.has(mesh) ? meshTree(model, mesh) : undefined,
    );
  }

  /** The triangles of one of the meshes given at construction. */
  tree(mesh: number): MeshTree {
    const tree = this.#trees[mesh];
    if (tree === undefined) throw new RangeError(`Mesh ${mesh} was not among those to cast rays at.`);
    return tree;
  }

  /**
   * Whether a ray in the mesh's frame enters the mesh before its reach; then shortens it and sets `face`. With `any`,
   * the first triangle found will do, so the reach is not the least.
   */
  enter(mesh: number, ray: Ray, any: boolean): boolean {
    const tree = this.tree(mesh);
    const { boxes, link } = tree;
    const stack = this.#stack;
    const entry = this.#entry;
    const ox = ray[0];
    const oy = ray[1];
    const oz = ray[2];
    const ix = 1 / (ray[3] === 0 ? 1e-300 : ray[3]);
    const iy = 1 / (ray[4] === 0 ? 1e-300 : ray[4]);
    const iz = 1 / (ray[5] === 0 ? 1e-300 : ray[5]);
    let depth = 0;
    let node = enterBounds(boxes, 0, ox, oy, oz, ix, iy, iz, ray[REACH]) === NONE ? -1 : 0;
    this.face = -1;
    while (node >= 0) {
      const right = link[node];
      let next = -1;
      if (right < 0) {
        this.#enterLeaf(tree, -1 - right, ray);
        if (any && this.face >= 0) return true;
      } else {
        const left = node + 1;
        const tLeft = enterBounds(boxes, 6 * left, ox, oy, oz, ix, iy, iz, ray[REACH]);
        const tRight = enterBounds(boxes, 6 * right, ox, oy, oz, ix, iy, iz, ray[REACH]);
        const leftFirst = tLeft <= tRight;
        const tFar = leftFirst ? tRight : tLeft;
        if ((leftFirst ? tLeft : tRight) !== NONE) next = leftFirst ? left : right;
        if (tFar !== NONE) {
          stack[depth] = leftFirst ? right : left;
          entry[depth++] = tFar;
        }
      }
      while (next < 0 && depth > 0) {
        depth--;
        if (entry[depth] < ray[REACH]) next = stack[depth];
      }
      node = next;
    }
    return this.face >= 0;
  }

  /** Tries a leaf's triangles (Möller and Trumbore 1997, front faces only). */
  #enterLeaf(tree: MeshTree, leaf: number, ray: Ray): void {
    const { corners, faces } = tree;
    const dx = ray[3];
    const dy = ray[4];
    const dz = ray[5];
    const first = leaf >> 3;
    const end = first + (leaf & 7);
    for (let i = first; i < end; i++) {
      const at = 9 * i;
      const ax = corners[at];
      const ay = corners[at + 1];
      const az = corners[at + 2];
      const e1x = corners[at + 3] - ax;
      const e1y = corners[at + 4] - ay;
      const e1z = corners[at + 5] - az;
      const e2x = corners[at + 6] - ax;
      const e2y = corners[at + 7] - ay;
      const e2z = corners[at + 8] - az;
      const px = dy * e2z - dz * e2y;
      const py = dz * e2x - dx * e2z;
      const pz = dx * e2y - dy * e2x;
      const determinant = e1x * px + e1y * py + e1z * pz;
      if (determinant <= 0) continue;
      const sx = ray[0] - ax;
      const sy = ray[1] - ay;
      const sz = ray[2] - az;
      const u = sx * px + sy * py + sz * pz;
      if (u < 0 || u > determinant) continue;
      const qx = sy * e1z - sz * e1y;
      const qy = sz * e1x - sx * e1z;
      const qz = sx * e1y - sy * e1x;
      const v = dx * qx + dy * qy + dz * qz;
      if (v < 0 || u + v > determinant) continue;
      const t = (e2x * qx + e2y * qy + e2z * qz) / determinant;
      if (t <= 0 || t >= ray[REACH]) continue;
      ray[REACH] = t;
      this.face = faces[i];
    }
  }
}
