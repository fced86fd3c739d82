import { type Rng, UnknownNameError } from "../../common/index.ts";
import type { Graph } from "./graph.ts";
import type { Initialiser } from "./initialisers.ts";
import type { Node } from "./node.ts";
import { reshape } from "./ops/broadcast.ts";
import { split } from "./ops/layout.ts";
import { formatShape, ShapeError, sameShape } from "./shape.ts";

/** One named array among the parameters of a model. */
export interface ParameterEntry {
  readonly name: string;
  readonly shape: readonly number[];
  /** Where it begins in the vector of all parameters. */
  readonly offset: number;
  readonly size: number;
  readonly initialise: Initialiser;
}

/**
 * Where each parameter of a model lies in one flat vector. Optimiser, checkpoint and copies handle the vector alone;
 * only the model knows the names. Several graphs of one model (act, learn, export) share a layout.
 */
export class ParameterLayout {
  readonly #entries = new Map<string, ParameterEntry>();
  #size = 0;

  get entries(): readonly ParameterEntry[] {
    return [...this.#entries.values()];
  }

  /** Length of the flat vector. */
  get size(): number {
    return this.#size;
  }

  /** Adds a parameter at the end, or finds the one that an earlier graph added. Throws `ShapeError` if the shapes differ. */
  declare(name: string, shape: readonly number[], initialise: Initialiser): ParameterEntry {
    const known = this.#entries.get(name);
    if (known !== undefined && !sameShape(known.shape, shape))
      throw new ShapeError(
        `Parameter "${name}" is ${formatShape(known.shape)}, not ${formatShape(shape)}.`,
        "Give each parameter its own name.",
      );
    if (known !== undefined) return known;
    const size = shape.reduce((product, dim) => product * dim, 1);
    const entry = { name, shape, offset: this.#size, size, initialise };
    this.#size += size;
    this.#entries.set(name, entry);
    return entry;
  }

  /** The part of a flat vector that is one parameter, as a view. Throws `UnknownNameError`. */
  view(values: Float32Array, name: string): Float32Array {
    const entry = this.#entries.get(name);
    if (entry === undefined) throw new UnknownNameError("parameter", name, this.#entries.keys());
    return values.subarray(entry.offset, entry.offset + entry.size);
  }

  /** A flat vector with the first values of every parameter. */
  initial(rng: Rng): Float32Array {
    const values = new Float32Array(this.#size);
    for (const { name, shape, initialise } of this.#entries.values())
      initialise(this.view(values, name), shape, rng.fork(name));
    return values;
  }
}

/**
 * The parameters of a model in one graph. The model asks for them by name while it is built; afterwards they are bound
 * once, to slices of a flat vector that is fed at each run, or to fixed values.
 */
export class Parameters {
  readonly graph: Graph;
  readonly layout: ParameterLayout;
  readonly #nodes = new Map<string, Node>();

  constructor(graph: Graph, layout = new ParameterLayout()) {
    this.graph = graph;
    this.layout = layout;
  }

  /** The parameter of this name, the same node each time. */
  get(name: string, shape: readonly number[], initialise: Initialiser): Node {
    this.layout.declare(name, shape, initialise);
    const node = this.#nodes.get(name) ?? this.graph.declare(name, shape);
    this.#nodes.set(name, node);
    return node;
  }

  /**
   * Binds the parameters to slices of a flat vector with the layout's size. The derivative of a loss by all of them is
   * then its derivative by the vector.
   */
  bindTo(flat: Node): void {
    const { entries } = this.layout;
    const parts = split(
      flat,
      entries.map(({ size }) => size),
      0,
    );
    entries.forEach(({ name, shape }, i) => {
      const node = this.#nodes.get(name);
      if (node !== undefined) this.graph.define(node, reshape(parts[i], shape));
    });
  }

  /** Binds the parameters to fixed values, under their names, from a flat vector with the layout's size. */
  bindToValues(values: Float32Array): void {
    for (const [name, node] of this.#nodes) {
      const { shape } = this.layout.declare(name, node.shape as readonly number[], () => {});
      const constant = this.graph.constant(this.layout.view(values, name), shape, this.graph.float, name);
      this.graph.define(node, constant);
    }
  }
}
