import type { Simulation } from "../engine/index.ts";
import { BoundsTree } from "./bounds-tree.ts";
import { enterBounds } from "./enter-bounds.ts";
import { GeomTable } from "./geom-table.ts";
import { GEOM_TYPE } from "./geom-type.ts";
import { type Ray, REACH } from "./ray.ts";

const NONE = Number.POSITIVE_INFINITY;
const STACK = 64;

/**
 * What rays can meet in one simulation: its visible geoms under a tree of boxes.
 * Surfaces are met from outside only, so what surrounds a ray's origin does not hide the world.
 */
export class RayScene {
  readonly table: GeomTable;
  /** Slots without bounds (planes) and those with. */
  readonly planes: Int32Array;
  readonly bounded: Int32Array;
  /** Slot and face that the last call of `trace` met; the face counts for meshes and height fields. */
  slot = -1;
  face = -1;
  #lastBlocker = -1;
  readonly #tree: BoundsTree;
  readonly #stack = new Int32Array(STACK);
  readonly #entry = new Float64Array(STACK);

  /** @param groups geom groups (0 to 5) that are visible */
  constructor(simulation: Simulation, groups: readonly number[]) {
    this.table = new GeomTable(simulation, groups);
    const slots = [...this.table.geoms.keys()];
    this.planes = Int32Array.from(slots.filter((slot) => this.table.type[slot] === GEOM_TYPE.plane));
    this.bounded = Int32Array.from(slots.filter((slot) => this.table.type[slot] !== GEOM_TYPE.plane));
    this.#tree = new BoundsTree(this.bounded.length);
    this.update();
  }

  /** World box of each bounded slot, in their order: low and high corner, m, [bounded, 6]. */
  get itemBoxes(): Float64Array {
    return this.#tree.items;
  }

  /** Takes sizes and poses from the simulation; call after it has moved (`step`, `forward` or `kinematics`). */
  update(): void {
    this.table.update();
    for (let item = 0; item < this.bounded.length; item++) this.#enclose(item);
    this.#tree.update();
  }

  /** Whether a ray meets anything before its reach; then shortens it to the first surface and sets `slot` and `face`. */
  trace(ray: Ray): boolean {
    const { planes, table } = this;
    this.slot = -1;
    for (let i = 0; i < planes.length; i++) if (table.enter(planes[i], ray, false)) this.slot = planes[i];
    this.#descend(ray, false);
    return this.slot >= 0;
  }

  /** Whether anything stands in the way of a ray before its reach. Leaves the reach anywhere. */
  isBlocked(ray: Ray): boolean {
    const { planes, table } = this;
    for (let i = 0; i < planes.length; i++) if (table.enter(planes[i], ray, true)) return true;
    // Neighbouring rays mostly end at the same thing.
    if (this.#lastBlocker >= 0 && table.enter(this.#lastBlocker, ray, true)) return true;
    this.slot = -1;
    this.#descend(ray, true);
    this.#lastBlocker = this.slot;
    return this.slot >= 0;
  }

  /** Goes down the tree of boxes, nearer child first. With `any`, stops at the first surface found. */
  #descend(ray: Ray, any: boolean): void {
    const { table, bounded } = this;
    const { boxes, link } = this.#tree;
    const stack = this.#stack;
    const entry = this.#entry;
    const ox = ray[0];
    const oy = ray[1];
    const oz = ray[2];
    const ix = 1 / (ray[3] === 0 ? 1e-300 : ray[3]);
    const iy = 1 / (ray[4] === 0 ? 1e-300 : ray[4]);
    const iz = 1 / (ray[5] === 0 ? 1e-300 : ray[5]);
    const isMissed = this.#tree.isEmpty || enterBounds(boxes, 0, ox, oy, oz, ix, iy, iz, ray[REACH]) === NONE;
    let depth = 0;
    let node = isMissed ? -1 : 0;
    while (node >= 0) {
      const right = link[node];
      let next = -1;
      if (right < 0) {
        const slot = bounded[-1 - right];
        if (table.enter(slot, ray, any)) {
          this.slot = slot;
          this.face = table.face;
          if (any) return;
        }
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
  }

  /** The world box of one bounded geom, from the box in its own frame. */
  #enclose(item: number): void {
    const { pos, mat, geoms, simulation } = this.table;
    const { geom_aabb } = simulation.model.views;
    const slot = this.bounded[item];
    const a = 6 * geoms[slot];
    for (let k = 0; k < 3; k++) {
      const m = 9 * slot + 3 * k;
      const r0 = mat[m];
      const r1 = mat[m + 1];
      const r2 = mat[m + 2];
      const centre = pos[3 * slot + k] + r0 * geom_aabb[a] + r1 * geom_aabb[a + 1] + r2 * geom_aabb[a + 2];
      const half =
        Math.abs(r0) * geom_aabb[a + 3] + Math.abs(r1) * geom_aabb[a + 4] + Math.abs(r2) * geom_aabb[a + 5];
      this.#tree.items[6 * item + k] = centre - half;
      this.#tree.items[6 * item + k + 3] = centre + half;
    }
  }
}
