/**
 * A binary tree of axis-aligned boxes over a small, moving set of items, rebuilt for each picture: median splits
 * along the longest axis, nodes in depth-first order (a node's left child follows it). Building allocates nothing.
 */
export class BoundsTree {
  /** Item boxes: low corner and high corner, world, m, [count, 6]; write these, then call `build`. */
  readonly items: Float64Array;
  /** Node boxes: centre and half sides, [nodes, 6]. */
  readonly boxes: Float64Array;
  /** Right child of a node; for a leaf, -1 minus its item. */
  readonly link: Int32Array;
  readonly #order: Int32Array;
  #used = 0;

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

  /** Rebuilds the tree over all item boxes. */
  build(): void {
    const { length } = this.#order;
    for (let i = 0; i < length; i++) this.#order[i] = i;
    this.#used = 0;
    if (length > 0) this.#split(0, length);
  }

  #split(from: number, to: number): number {
    const node = this.#used++;
    this.#enclose(node, from, to);
    if (to - from === 1) {
      this.link[node] = -1 - this.#order[from];
      return node;
    }
    const middle = (from + to) >> 1;
    this.#select(from, to - 1, middle, this.#longestAxis(node));
    this.#split(from, middle);
    this.link[node] = this.#split(middle, to);
    return node;
  }

  #enclose(node: number, from: number, to: number): void {
    const { items, boxes } = this;
    for (let k = 0; k < 3; k++) {
      let low = Number.POSITIVE_INFINITY;
      let high = Number.NEGATIVE_INFINITY;
      for (let i = from; i < to; i++) {
        const at = 6 * this.#order[i] + k;
        if (items[at] < low) low = items[at];
        if (items[at + 3] > high) high = items[at + 3];
      }
      boxes[6 * node + k] = (low + high) / 2;
      boxes[6 * node + k + 3] = (high - low) / 2;
    }
  }

  #longestAxis(node: number): number {
    const { boxes } = this;
    const at = 6 * node;
    const x = boxes[at + 3];
    const y = boxes[at + 4];
    const z = boxes[at + 5];
    return x >= y && x >= z ? 0 : y >= z ? 1 : 2;
  }

  /** Hoare's selection: puts the item of rank `rank` by centre in its place, smaller ones before, larger ones after. */
  #select(first: number, last: number, rank: number, axis: number): void {
    const order = this.#order;
    let low = first;
    let high = last;
    while (low < high) {
      const pivot = this.#centre(order[(low + high) >> 1], axis);
      let i = low;
      let j = high;
      while (i <= j) {
        while (this.#centre(order[i], axis) < pivot) i++;
        while (this.#centre(order[j], axis) > pivot) j--;
        if (i <= j) {
          const item = order[i];
          order[i++] = order[j];
          order[j--] = item;
        }
      }
      if (rank <= j) high = j;
      else if (rank >= i) low = i;
      else return;
    }
  }

  #centre(item: number, axis: number): number {
    return this.items[6 * item + axis] + this.items[6 * item + axis + 3];
  }
}
