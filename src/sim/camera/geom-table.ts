import { UsageError } from "../../common/index.ts";
import type { Simulation } from "../engine/index.ts";
import { GEOM_TYPE } from "./geom-type.ts";
import { HeightFieldSurface } from "./height-field-surface.ts";
import { MeshNormals } from "./mesh-normals.ts";
import { MeshSurface } from "./mesh-surface.ts";
import type { MeshTree } from "./mesh-tree.ts";
import { primitiveNormal } from "./normals.ts";
import {
  enterBox,
  enterCapsule,
  enterCylinder,
  enterEllipsoid,
  enterPlane,
  enterSphere,
} from "./primitives.ts";
import { newRay, type Ray, REACH } from "./ray.ts";

/**
 * The visible geoms of one simulation, side by side in typed arrays: type, size and world pose of each. A geom's place
 * in the table is its slot. Nothing is allocated after construction.
 */
export class GeomTable {
  readonly simulation: Simulation;
  /** Model index of each slot's geom. */
  readonly geoms: Int32Array;
  readonly type: Uint8Array;
  /** World position [slots, 3], m, and row-major rotation [slots, 9] of each geom's frame. */
  readonly pos: Float64Array;
  readonly mat: Float64Array;
  /** Triangle or cell that the last entered mesh or height field was entered through. */
  face = -1;
  /** The ray of `enterLocal`, in a slot's own frame. */
  readonly localRay = newRay();
  readonly #data: Int32Array;
  readonly #size: Float64Array;
  readonly #meshes: MeshSurface;
  readonly #normals: MeshNormals;
  readonly #fields: HeightFieldSurface;
  readonly #local = new Float64Array(3);

  /** @param groups geom groups (0 to 5) that are visible */
  constructor(simulation: Simulation, groups: readonly number[]) {
    const { views } = simulation.model;
    this.simulation = simulation;
    this.geoms = visibleGeoms(simulation, groups);
    this.type = Uint8Array.from(this.geoms, (geom) => views.geom_type[geom]);
    this.pos = new Float64Array(3 * this.geoms.length);
    this.mat = new Float64Array(9 * this.geoms.length);
    this.#data = Int32Array.from(this.geoms, (geom) => views.geom_dataid[geom]);
    this.#size = new Float64Array(3 * this.geoms.length);
    const isMesh = (_: number, slot: number) => this.type[slot] === GEOM_TYPE.mesh;
    this.#meshes = new MeshSurface(simulation.model, new Set(this.#data.filter(isMesh)));
    this.#normals = new MeshNormals(views);
    this.#fields = new HeightFieldSurface(views);
    this.update();
  }

  /** Takes sizes and poses from the simulation, whose kinematics must be up to date. */
  update(): void {
    const { views, model } = this.simulation;
    const { geom_size } = model.views;
    const { geom_xpos, geom_xmat } = views;
    this.#normals.refresh(model.views);
    this.#fields.refresh(model.views);
    for (let slot = 0; slot < this.geoms.length; slot++) {
      const geom = this.geoms[slot];
      for (let k = 0; k < 3; k++) {
        this.#size[3 * slot + k] = geom_size[3 * geom + k];
        this.pos[3 * slot + k] = geom_xpos[3 * geom + k];
      }
      for (let k = 0; k < 9; k++) this.mat[9 * slot + k] = geom_xmat[9 * geom + k];
    }
  }

  isPlane(slot: number): boolean {
    return this.type[slot] === GEOM_TYPE.plane;
  }

  /** The triangles of a slot that is a mesh. */
  meshOf(slot: number): MeshTree {
    return this.#meshes.tree(this.#data[slot]);
  }

  /** Whether a world ray enters one slot's surface before its reach; then shortens it. With `any`, any entry will do. */
  enter(slot: number, ray: Ray, any: boolean): boolean {
    const { pos, mat } = this;
    const local = this.localRay;
    const m = 9 * slot;
    const px = ray[0] - pos[3 * slot];
    const py = ray[1] - pos[3 * slot + 1];
    const pz = ray[2] - pos[3 * slot + 2];
    local[0] = mat[m] * px + mat[m + 3] * py + mat[m + 6] * pz;
    local[1] = mat[m + 1] * px + mat[m + 4] * py + mat[m + 7] * pz;
    local[2] = mat[m + 2] * px + mat[m + 5] * py + mat[m + 8] * pz;
    local[3] = mat[m] * ray[3] + mat[m + 3] * ray[4] + mat[m + 6] * ray[5];
    local[4] = mat[m + 1] * ray[3] + mat[m + 4] * ray[4] + mat[m + 7] * ray[5];
    local[5] = mat[m + 2] * ray[3] + mat[m + 5] * ray[4] + mat[m + 8] * ray[5];
    local[REACH] = ray[REACH];
    if (!this.enterLocal(slot, any)) return false;
    ray[REACH] = local[REACH];
    return true;
  }

  /** Like `enter`, for the ray in `localRay`. */
  enterLocal(slot: number, any: boolean): boolean {
    const size = this.#size;
    const ray = this.localRay;
    switch (this.type[slot]) {
      case GEOM_TYPE.plane:
        return enterPlane(size, 3 * slot, ray);
      case GEOM_TYPE.sphere:
        return enterSphere(size, 3 * slot, ray);
      case GEOM_TYPE.capsule:
        return enterCapsule(size, 3 * slot, ray);
      case GEOM_TYPE.ellipsoid:
        return enterEllipsoid(size, 3 * slot, ray);
      case GEOM_TYPE.cylinder:
        return enterCylinder(size, 3 * slot, ray);
      case GEOM_TYPE.box:
        return enterBox(size, 3 * slot, ray);
      case GEOM_TYPE.mesh:
        return this.#enterMesh(slot, any);
      default:
        return this.#enterField(slot);
    }
  }

  /**
   * Outward unit normal of a slot's surface at a world point, smooth on meshes.
   *
   * @param face the triangle or cell, for meshes and height fields
   * @param position on the surface, world, m, [3]
   * @param out written; world, [3]
   */
  normal(slot: number, face: number, position: Float64Array, out: Float64Array): void {
    const type = this.type[slot];
    const local = this.#local;
    this.toLocal(slot, position, local);
    if (type === GEOM_TYPE.mesh) this.#normals.at(this.#data[slot], face, local, out);
    else if (type === GEOM_TYPE.heightField) this.#fields.normalAt(this.#data[slot], face, out);
    else primitiveNormal(type, this.#size, 3 * slot, local, out);
    const { mat } = this;
    const m = 9 * slot;
    const nx = mat[m] * out[0] + mat[m + 1] * out[1] + mat[m + 2] * out[2];
    const ny = mat[m + 3] * out[0] + mat[m + 4] * out[1] + mat[m + 5] * out[2];
    const nz = mat[m + 6] * out[0] + mat[m + 7] * out[1] + mat[m + 8] * out[2];
    const scale = 1 / Math.sqrt(nx * nx + ny * ny + nz * nz);
    out[0] = nx * scale;
    out[1] = ny * scale;
    out[2] = nz * scale;
  }

  /** A world point in a slot's own frame, written to `out` [3], m. */
  toLocal(slot: number, position: Float64Array, out: Float64Array): void {
    const { pos, mat } = this;
    const m = 9 * slot;
    const px = position[0] - pos[3 * slot];
    const py = position[1] - pos[3 * slot + 1];
    const pz = position[2] - pos[3 * slot + 2];
    out[0] = mat[m] * px + mat[m + 3] * py + mat[m + 6] * pz;
    out[1] = mat[m + 1] * px + mat[m + 4] * py + mat[m + 7] * pz;
    out[2] = mat[m + 2] * px + mat[m + 5] * py + mat[m + 8] * pz;
  }

  #enterMesh(slot: number, any: boolean): boolean {
    const isHit = this.#meshes.enter(this.#data[slot], this.localRay, any);
    this.face = this.#meshes.face;
    return isHit;
  }

  #enterField(slot: number): boolean {
    const isHit = this.#fields.enter(this.#data[slot], this.localRay);
    this.face = this.#fields.face;
    return isHit;
  }
}

/** Geoms in the groups that are not wholly transparent. Throws `UsageError` for a type that rays cannot meet. */
function visibleGeoms(simulation: Simulation, groups: readonly number[]): Int32Array {
  const { views, sizes, label } = simulation.model;
  const visible: number[] = [];
  for (let geom = 0; geom < sizes.ngeom; geom++) {
    const material = views.geom_matid[geom];
    const alpha = material < 0 ? views.geom_rgba[4 * geom + 3] : views.mat_rgba[4 * material + 3];
    if (!groups.includes(views.geom_group[geom]) || alpha === 0) continue;
    if (views.geom_type[geom] > GEOM_TYPE.mesh) {
      throw new UsageError(
        `Geom ${geom} of ${label} is of a type that the camera cannot see.`,
        "Use a primitive, a mesh or a height field, or put it in a hidden group.",
      );
    }
    visible.push(geom);
  }
  return Int32Array.from(visible);
}
