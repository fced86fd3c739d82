import type { Model } from "../engine/index.ts";

const LEAF = 4;
const BINS = 12;

/**
 * The triangles of one mesh under a tree of boxes made for fast rays: splits by the surface area heuristic (Wald 2007,
 * binned), up to four triangles a leaf, everything in the order in which rays visit it. MuJoCo's own tree, which
 * splits at the median down to single triangles, takes twice as long to walk.
 */
export interface MeshTree {
  /** Centre and half sides of each node's box, mesh frame, m, [nodes, 6]; a node's left child follows it. */
  readonly boxes: Float64Array;
  /** Right child of a node; for a leaf, -1 minus (8 times its first triangle plus their number). */
  readonly link: Int32Array;
  /** Corners, mesh frame, m, [triangles, 9], and each triangle's index in the model's mesh. */
  readonly corners: Float32Array;
  readonly faces: Int32Array;
}

const known = new WeakMap<Model, Map<number, MeshTree>>();

/** The tree of one of a model's meshes; built at first use and shared by all cameras on that model. */
export function meshTree(model: Model, mesh: number): MeshTree {
  let trees = known.get(model);
  if (trees === undefined) {
    trees = new Map();
    known.set(model, trees);
  }
  let tree = trees.get(mesh);
  if (tree === undefined) {
    const { mesh_vert, mesh_face, mesh_vertadr, mesh_faceadr, mesh_facenum } = model.views;
    const faces = mesh_face.subarray(3 * mesh_faceadr[mesh], 3 * (mesh_faceadr[mesh] + mesh_facenum[mesh]));
    tree = new Builder(mesh_vert.subarray(3 * mesh_vertadr[mesh]), faces).build();
    trees.set(mesh, tree);
  }
  return tree;
}

class Builder {
  readonly #corners: Float32Array;
  readonly #bounds: Float64Array;
  readonly #order: Int32Array;
  readonly #boxes: number[] = [];
  readonly #link: number[] = [];
  readonly #counts = new Int32Array(BINS);
  readonly #bins = new Float64Array(6 * BINS);
  readonly #areas = new Float64Array(BINS);
  readonly #grown = new Float64Array(6);

  constructor(vertices: Float32Array, triangles: Int32Array) {
    const count = triangles.length / 3;
    this.#order = Int32Array.from({ length: count }, (_, i) => i);
    this.#corners = new Float32Array(9 * count);
    this.#bounds = new Float64Array(6 * count);
    for (let i = 0; i < count; i++) {
      empty(this.#bounds, 6 * i);
      for (let corner = 0; corner < 3; corner++) {
        for (let k = 0; k < 3; k++) {
          const value = vertices[3 * triangles[3 * i + corner] + k];
          this.#corners[9 * i + 3 * corner + k] = value;
          this.#bounds[6 * i + k] = Math.min(this.#bounds[6 * i + k], value);
          this.#bounds[6 * i + 3 + k] = Math.max(this.#bounds[6 * i + 3 + k], value);
        }
      }
    }
  }

  build(): MeshTree {
    this.#split(0, this.#order.length);
    const corners = new Float32Array(this.#corners.length);
    for (let i = 0; i < this.#order.length; i++)
      corners.set(this.#corners.subarray(9 * this.#order[i], 9 * this.#order[i] + 9), 9 * i);
    return {
      boxes: Float64Array.from(this.#boxes),
      link: Int32Array.from(this.#link),
      corners,
      faces: this.#order,
    };
  }

  #split(from: number, to: number): number {
    const node = this.#link.length;
    const box = this.#grown;
    empty(box, 0);
    for (let i = from; i < to; i++) grow(box, 0, this.#bounds, 6 * this.#order[i]);
    this.#link.push(-1 - (8 * from + (to - from)));
    for (let k = 0; k < 3; k++) this.#boxes.push((box[k] + box[k + 3]) / 2);
    for (let k = 0; k < 3; k++) this.#boxes.push((box[k + 3] - box[k]) / 2);
    if (to - from <= LEAF) return node;
    const middle = this.#partition(from, to);
    this.#split(from, middle);
    this.#link[node] = this.#split(middle, to);
    return node;
  }

  /** Sorts a range into two sides where that makes rays cheapest, and returns where the second begins. */
  #partition(from: number, to: number): number {
    let bestCost = Number.POSITIVE_INFINITY;
    let bestAxis = 0;
    let bestLimit = 0;
    for (let axis = 0; axis < 3; axis++) {
      let low = Number.POSITIVE_INFINITY;
      let high = Number.NEGATIVE_INFINITY;
      for (let i = from; i < to; i++) {
        const centre = this.#centre(this.#order[i], axis);
        low = Math.min(low, centre);
        high = Math.max(high, centre);
      }
      if (high <= low) continue;
      const width = (high - low) / BINS;
      this.#fillBins(from, to, axis, low, width);
      const bin = this.#cheapestBin();
      if (bin.cost < bestCost) {
        bestCost = bin.cost;
        bestAxis = axis;
        bestLimit = low + width * (bin.index + 1);
      }
    }
    let middle = from;
    for (let i = from; i < to; i++) {
      const triangle = this.#order[i];
      if (this.#centre(triangle, bestAxis) < bestLimit) {
        this.#order[i] = this.#order[middle];
        this.#order[middle++] = triangle;
      }
    }
    // Triangles with one common centre cannot be told apart: any halves will do.
    return middle > from && middle < to ? middle : (from + to) >> 1;
  }

  #fillBins(from: number, to: number, axis: number, low: number, width: number): void {
    this.#counts.fill(0);
    for (let bin = 0; bin < BINS; bin++) empty(this.#bins, 6 * bin);
    for (let i = from; i < to; i++) {
      const triangle = this.#order[i];
      const bin = Math.min(BINS - 1, Math.floor((this.#centre(triangle, axis) - low) / width));
      this.#counts[bin]++;
      grow(this.#bins, 6 * bin, this.#bounds, 6 * triangle);
    }
  }

  /** The bin after which to split: the least sum of area times triangles over both sides. */
  #cheapestBin(): { index: number; cost: number } {
    const box = this.#grown;
    empty(box, 0);
    let count = 0;
    for (let bin = BINS - 1; bin > 0; bin--) {
      grow(box, 0, this.#bins, 6 * bin);
      count += this.#counts[bin];
      this.#areas[bin] = count * area(box);
    }
    empty(box, 0);
    count = 0;
    const best = { index: 0, cost: Number.POSITIVE_INFINITY };
    for (let bin = 0; bin < BINS - 1; bin++) {
      grow(box, 0, this.#bins, 6 * bin);
      count += this.#counts[bin];
      const cost = count * area(box) + this.#areas[bin + 1];
      if (cost < best.cost) {
        best.index = bin;
        best.cost = cost;
      }
    }
    return best;
  }

  #centre(triangle: number, axis: number): number {
    return (this.#bounds[6 * triangle + axis] + this.#bounds[6 * triangle + axis + 3]) / 2;
  }
}

function empty(boxes: Float64Array, at: number): void {
  boxes.fill(Number.POSITIVE_INFINITY, at, at + 3);
  boxes.fill(Number.NEGATIVE_INFINITY, at + 3, at + 6);
}

function grow(boxes: Float64Array, at: number, by: Float64Array, from: number): void {
  for (let k = 0; k < 3; k++) {
    boxes[at + k] = Math.min(boxes[at + k], by[from + k]);
    boxes[at + k + 3] = Math.max(boxes[at + k + 3], by[from + k + 3]);
  }
}

function area(box: Float64Array): number {
  const x = Math.max(0, box[3] - box[0]);
  const y = Math.max(0, box[4] - box[1]);
  const z = Math.max(0, box[5] - box[2]);
  return x * y + y * z + z * x;
}
