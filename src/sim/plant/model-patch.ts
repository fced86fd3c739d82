import type { Model, ModelViews } from "../engine/index.ts";

type FloatField = "body_mass" | "body_subtreemass" | "body_inertia" | "body_ipos" | "geom_friction";

/** The slots of one model array: where each number goes, and which of the patch's values it is. */
interface PatchedField {
  readonly field: FloatField;
  readonly at: number[];
  readonly slots: number[];
}

/**
 * One world's own values for a few numbers of a model that many worlds share. Written into the model before that
 * world steps. Values that MuJoCo derives once at compile time (the constraint solver's inverse weights) keep the
 * published model's; for deviations of some ten per cent that changes contact softness by as little.
 */
export class ModelPatch {
  readonly #fields: PatchedField[] = [];
  readonly #published: number[] = [];
  readonly #values: number[] = [];

  /** Registers one number, at its published value, and returns its slot. */
  add(model: Model, field: FloatField, index: number): number {
    let patched = this.#fields.find((known) => known.field === field);
    if (patched === undefined) this.#fields.push((patched = { field, at: [], slots: [] }));
    const value = publishedValues(model, field)[index];
    const slot = this.#values.push(value) - 1;
    this.#published.push(value);
    patched.at.push(index);
    patched.slots.push(slot);
    return slot;
  }

  published(slot: number): number {
    return this.#published[slot];
  }

  set(slot: number, value: number): void {
    this.#values[slot] = value;
  }

  /** Writes this world's values into the shared model. */
  apply(views: ModelViews): void {
    for (const { field, at, slots } of this.#fields) {
      const view = views[field];
      for (let k = 0; k < at.length; k++) view[at[k]] = this.#values[slots[k]];
    }
  }

  /** This world's values by slot. */
  get values(): Float64Array {
    return Float64Array.from(this.#values);
  }

  set values(values: Float64Array) {
    for (let i = 0; i < this.#values.length; i++) this.#values[i] = values[i];
  }

  /** Numbers it holds; nothing to do at 0. */
  get size(): number {
    return this.#values.length;
  }
}

const published = new WeakMap<Model, Map<FloatField, Float64Array>>();

/**
 * An array of the model as it was when a patch first asked for it. Kept per model, because by the time the second
 * world registers its patch the first one has written into the model.
 */
function publishedValues(model: Model, field: FloatField): Float64Array {
  let fields = published.get(model);
  if (fields === undefined) published.set(model, (fields = new Map()));
  let values = fields.get(field);
  if (values === undefined) fields.set(field, (values = Float64Array.from(model.views[field])));
  return values;
}
