import type { Model, ModelViews } from "../engine/index.ts";

type FloatField = "body_mass" | "body_inertia" | "body_ipos" | "geom_friction";

/**
 * One world's own values for a few numbers of a model that many worlds share. Written into the model before that
 * world steps. Values that MuJoCo derives once at compile time (the constraint solver's inverse weights) keep the
 * published model's; for deviations of some ten per cent that changes contact softness by as little.
 */
export class ModelPatch {
  readonly #fields: FloatField[] = [];
  readonly #at: number[] = [];
  readonly #published: number[] = [];
  readonly #values: number[] = [];

  /** Registers one number, at its published value, and returns its slot. */
  add(model: Model, field: FloatField, index: number): number {
    const value = (model.views[field] as Float64Array)[index];
    this.#fields.push(field);
    this.#at.push(index);
    this.#published.push(value);
    return this.#values.push(value) - 1;
  }

  published(slot: number): number {
    return this.#published[slot];
  }

  set(slot: number, value: number): void {
    this.#values[slot] = value;
  }

  /** Writes this world's values into the shared model. */
  apply(views: ModelViews): void {
    for (let i = 0; i < this.#at.length; i++)
      (views[this.#fields[i]] as Float64Array)[this.#at[i]] = this.#values[i];
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
    return this.#at.length;
  }
}
