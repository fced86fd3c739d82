import type { Simulation } from "../engine/index.ts";
import { BoundsTree } from "./bounds-tree.ts";
import { enterBounds } from "./enter-bounds.ts";
import { GeomTable } from "./geom-table.ts";
import { GEOM_TYPE } from "./geom-type.ts";

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

  /**
   * The first surface along a ray: the smallest t in (0, tMax) with origin + t direction on a surface, Infinity where
   * there is none. Sets `slot` (-1 at a miss) and `face`.
   */
  trace(ox: number, oy: number, oz: number, dx: number, dy: number, dz: number, tMax: number): number {
    const { planes, table } = this;
    let best = tMax;
    this.slot = -1;
    for (let i = 0; i < planes.length; i++) {
      const t = table.enter(planes[i], ox, oy, oz, dx, dy, dz, best, false);
      if (t < best) {
        best = t;
        this.slot = planes[i];
      }
    }
    return this.#descend(ox, oy, oz, dx, dy, dz, best, false);
  }

  /** Whether anything stands in the way of a ray before tMax. */
  isBlocked(ox: number, oy: number, oz: number, dx: number, dy: number, dz: number, tMax: number): boolean {
    const { planes, table } = this;
    for (let i = 0; i < planes.length; i++) {
      if (table.enter(planes[i], ox, oy, oz, dx, dy, dz, tMax, true) < tMax) return true;
    }
    // Neighbouring rays mostly end at the same thing.
    const last = this.#lastBlocker;
    if (last >= 0 && table.enter(last, ox, oy, oz, dx, dy, dz, tMax, true) < tMax) return true;
    this.slot = -1;
    this.#descend(ox, oy, oz, dx, dy, dz, tMax, true);
    this.#lastBlocker = this.slot;
    return this.slot >= 0;
  }

  /** Goes down the tree of boxes, nearer child first. With `any`, stops at the first surface found. */
  #descend(
    ox: number,
    oy: number,
    oz: number,
    dx: number,
    dy: number,
    dz: number,
    tMax: number,
    any: boolean,
  ): number {
    const { table, bounded } = this;
    const { boxes, link } = this.#tree;
    const stack = this.#stack;
    const entry = this.#entry;
    const ix = 1 / (dx === 0 ? 1e-300 : dx);
    const iy = 1 / (dy === 0 ? 1e-300 : dy);
    const iz = 1 / (dz === 0 ? 1e-300 : dz);
    let best = tMax;
    let depth = 0;
    let node = this.#tree.isEmpty || enterBounds(boxes, 0, ox, oy, oz, ix, iy, iz, best) === NONE ? -1 : 0;
    while (node >= 0) {
      const right = link[node];
      let next = -1;
      if (right < 0) {
        const slot = bounded[-1 - right];
        const t = table.enter(slot, ox, oy, oz, dx, dy, dz, best, any);
        if (t < best) {
          best = t;
          this.slot = slot;
          this.face = table.face;
          if (any) return t;
        }
      } else {
        const left = node + 1;
        const tLeft = enterBounds(boxes, 6 * left, ox, oy, oz, ix, iy, iz, best);
        const tRight = enterBounds(boxes, 6 * right, ox, oy, oz, ix, iy, iz, best);
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
        if (entry[depth] < best) next = stack[depth];
      }
      node = next;
    }
    return this.slot < 0 ? NONE : best;
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
