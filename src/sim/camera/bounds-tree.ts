/** Planes tried along each axis for a split. */
const PLANES = 6;
/** Pictures between two rebuilds; in between the boxes follow their items. */
const REBUILD = 32;

/**
 * A binary tree of axis-aligned boxes over a small, moving set of items, in depth-first order (a node's left child
 * follows it). Splits follow the surface area heuristic; the tree is rebuilt now and then and refitted otherwise, which
 * is twenty times cheaper. Nothing is allocated after construction.
 */
export class BoundsTree {
  /** Item boxes: low corner and high corner, world, m, [count, 6]; write these, then call `update`. */
  readonly items: Float64Array;
  /** Node boxes: centre and half sides, [nodes, 6]. */
  readonly boxes: Float64Array;
  /** Right child of a node; for a leaf, -1 minus its item. */
  readonly link: Int32Array;
  readonly #order: Int32Array;
  readonly #sides = new Float64Array(12);
  #used = 0;
  #age = 0;

  constructor(count: number) {
    this.items = new Float64Array(6 * count);
    this.boxes = new Float64Array(6 * Math.max(1, 2 * count));
    this.link = new Int32Array(Math.max(1, 2 * count));
    this.#order = new Int32Array(count);
  }

  /** Whether there is anything to descend into. */
  get isEmpty(): boolean {
    return this.#used === 0;
  }

  /** Takes over new item boxes. */
  update(): void {
    const { length } = this.#order;
    if (this.#age++ % REBUILD === 0 && length > 0) {
      for (let i = 0; i < length; i++) this.#order[i] = i;
      this.#used = 0;
      this.#split(0, length);
    }
    // Children come after their parents, so the last nodes go first.
    for (let node = this.#used - 1; node >= 0; node--) this.#refit(node);
  }

  #refit(node: number): void {
    const { items, boxes, link } = this;
    const right = link[node];
    for (let k = 0; k < 3; k++) {
      let low: number;
      let high: number;
      if (right < 0) {
        low = items[6 * (-1 - right) + k];
        high = items[6 * (-1 - right) + k + 3];
      } else {
        const a = 6 * (node + 1) + k;
        const b = 6 * right + k;
        low = Math.min(boxes[a] - boxes[a + 3], boxes[b] - boxes[b + 3]);
        high = Math.max(boxes[a] + boxes[a + 3], boxes[b] + boxes[b + 3]);
      }
      boxes[6 * node + k] = (low + high) / 2;
      boxes[6 * node + k + 3] = (high - low) / 2;
    }
  }

  #split(from: number, to: number): number {
    const node = this.#used++;
    if (to - from === 1) {
      this.link[node] = -1 - this.#order[from];
      return node;
    }
    const middle = this.#partition(from, to);
    this.#split(from, middle);
    this.link[node] = this.#split(middle, to);
    return node;
  }

  /** Sorts a range into two sides where that makes rays cheapest, and returns where the second begins. */
  #partition(from: number, to: number): number {
    let bestCost = Number.POSITIVE_INFINITY;
    let bestAxis = -1;
    let bestLimit = 0;
    for (let axis = 0; axis < 3; axis++) {
      let low = Number.POSITIVE_INFINITY;
      let high = Number.NEGATIVE_INFINITY;
      for (let i = from; i < to; i++) {
        const centre = this.#centre(this.#order[i], axis);
        low = Math.min(low, centre);
        high = Math.max(high, centre);
      }
      for (let plane = 1; plane < PLANES; plane++) {
        const limit = low + ((high - low) * plane) / PLANES;
        const cost = this.#cost(from, to, axis, limit);
        if (cost >= bestCost) continue;
        bestCost = cost;
        bestAxis = axis;
        bestLimit = limit;
      }
    }
    return this.#divide(from, to, bestAxis, bestLimit);
  }

  /** Area times items, summed over the two sides of a plane; Infinity where one side is empty. */
  #cost(from: number, to: number, axis: number, limit: number): number {
    const { items } = this;
    const sides = this.#sides;
    for (let k = 0; k < 12; k++) sides[k] = k % 6 < 3 ? Number.POSITIVE_INFINITY : Number.NEGATIVE_INFINITY;
    let count = 0;
    for (let i = from; i < to; i++) {
      const item = this.#order[i];
      const isLow = this.#centre(item, axis) < limit;
      if (isLow) count++;
      const at = isLow ? 0 : 6;
      for (let k = 0; k < 3; k++) {
        sides[at + k] = Math.min(sides[at + k], items[6 * item + k]);
        sides[at + k + 3] = Math.max(sides[at + k + 3], items[6 * item + k + 3]);
      }
    }
    if (count === 0 || count === to - from) return Number.POSITIVE_INFINITY;
    return count * area(sides, 0) + (to - from - count) * area(sides, 6);
  }

  #divide(from: number, to: number, axis: number, limit: number): number {
    const order = this.#order;
    // Items with one common centre cannot be told apart: any halves will do.
    if (axis < 0) return (from + to) >> 1;
    let middle = from;
    for (let i = from; i < to; i++) {
      const item = order[i];
      if (this.#centre(item, axis) >= limit) continue;
      order[i] = order[middle];
      order[middle++] = item;
    }
    return middle;
  }

  /** Twice the centre of an item. */
  #centre(item: number, axis: number): number {
    return this.items[6 * item + axis] + this.items[6 * item + axis + 3];
  }
}

function area(boxes: Float64Array, at: number): number {
  const x = boxes[at + 3] - boxes[at];
  const y = boxes[at + 4] - boxes[at + 1];
  const z = boxes[at + 5] - boxes[at + 2];
  return x * y + y * z + z * x;
}
