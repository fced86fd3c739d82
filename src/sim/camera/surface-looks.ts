import { type Model, readLookFlags } from "../engine/index.ts";
import { toLinear } from "./colour.ts";
import type { GeomTable } from "./geom-table.ts";
import { GEOM_TYPE } from "./geom-type.ts";
import type { SurfacePoint } from "./ray.ts";
import { meanColour, type PlaneTexture, planeTexture, tint } from "./textures.ts";

/** MuJoCo's look of a geom without a material. */
const PLAIN = { specular: 0.5, shininess: 0.5, emission: 0 };

/** How each visible geom looks: colours in linear light, by slot. Follows changes of the model's colours. */
export class SurfaceLooks {
  readonly specular: Float64Array;
  readonly emission: Float64Array;
  /** How often the highlight's cosine is squared: its exponent is two to this power. */
  readonly gloss: Int32Array;
  /** How much of a mirror the surface is, 0 to 1. */
  readonly reflectance: Float64Array;
  readonly #table: GeomTable;
  readonly #seen: Float32Array;
  readonly #colour: Float64Array;
  readonly #mean: readonly (readonly [number, number, number] | undefined)[];
  readonly #textures: readonly (PlaneTexture | undefined)[];
  readonly #local = new Float64Array(3);
  #texels: Uint8Array = new Uint8Array();

  constructor(table: GeomTable) {
    const { model } = table.simulation;
    const slots = table.geoms.length;
    this.#table = table;
    this.specular = new Float64Array(slots);
    this.emission = new Float64Array(slots);
    this.gloss = new Int32Array(slots);
    this.reflectance = new Float64Array(slots);
    this.#seen = new Float32Array(3 * slots).fill(-1);
    this.#colour = new Float64Array(3 * slots);
    const geoms = [...table.geoms];
    const { materialIsUniform } = readLookFlags(table.simulation);
    this.#textures = geoms.map((geom) =>
      model.views.geom_type[geom] === GEOM_TYPE.plane
        ? planeTexture(model, geom, materialIsUniform)
        : undefined,
    );
    const means = new Map(
      [...new Set(geoms.map((geom) => model.views.geom_matid[geom]))].map(
        (material) => [material, meanColour(model, material)] as const,
      ),
    );
    // Where a texture cannot be laid on the surface, its mean colour stands for it.
    this.#mean = geoms.map((geom, slot) =>
      this.#textures[slot] === undefined ? means.get(model.views.geom_matid[geom]) : undefined,
    );
    this.update();
  }

  /** Takes over colours and finishes that have changed in the model. */
  update(): void {
    const { geoms, simulation } = this.#table;
    this.#texels = simulation.model.views.tex_data;
    for (let slot = 0; slot < geoms.length; slot++) {
      this.#updateColour(simulation.model, slot, geoms[slot]);
      this.#updateFinish(simulation.model, slot, geoms[slot]);
    }
  }

  /** Linear colour of a surface at a point of it, written to `out` [3]. */
  colour(point: SurfacePoint, out: Float64Array): void {
    const { slot } = point;
    for (let k = 0; k < 3; k++) out[k] = this.#colour[3 * slot + k];
    const texture = this.#textures[slot];
    if (texture === undefined) return;
    this.#table.toLocal(slot, point.position, this.#local);
    tint(out, texture, this.#texels, this.#local, point);
  }

  /** As in MuJoCo's viewer, a geom's own colour wins over its material's unless it is the default grey. */
  #updateColour(model: Model, slot: number, geom: number): void {
    const { geom_rgba, mat_rgba, geom_matid } = model.views;
    const material = geom_matid[geom];
    const g = 4 * geom;
    const isGrey = geom_rgba[g] === 0.5 && geom_rgba[g + 1] === 0.5 && geom_rgba[g + 2] === 0.5;
    const usesMaterial = material >= 0 && isGrey && geom_rgba[g + 3] === 1;
    const rgba = usesMaterial ? mat_rgba : geom_rgba;
    const at = usesMaterial ? 4 * material : g;
    const mean = this.#mean[slot];
    for (let k = 0; k < 3; k++) {
      if (this.#seen[3 * slot + k] === rgba[at + k]) continue;
      this.#seen[3 * slot + k] = rgba[at + k];
      this.#colour[3 * slot + k] = toLinear(rgba[at + k]) * (mean === undefined ? 1 : mean[k]);
    }
  }

  #updateFinish(model: Model, slot: number, geom: number): void {
    const { geom_matid, mat_specular, mat_shininess, mat_emission, mat_reflectance } = model.views;
    const material = geom_matid[geom];
    const isPlain = material < 0;
    const shininess = isPlain ? PLAIN.shininess : mat_shininess[material];
    this.specular[slot] = isPlain ? PLAIN.specular : mat_specular[material];
    this.emission[slot] = isPlain ? PLAIN.emission : mat_emission[material];
    this.reflectance[slot] = isPlain ? 0 : mat_reflectance[material];
    // OpenGL's exponent is 128 times the shininess; the nearest power of two needs no power function.
    this.gloss[slot] =
      shininess > 0 ? 31 - Math.clz32(Math.max(1, Math.round(128 * shininess * Math.SQRT2))) : 0;
  }
}
