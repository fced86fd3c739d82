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

  /** Where a world ray enters one slot's surface before tMax, Infinity where it does not; with `any`, any entry will do. */
  enter(
    slot: number,
    ox: number,
    oy: number,
    oz: number,
    dx: number,
    dy: number,
    dz: number,
    tMax: number,
    any: boolean,
  ): number {
    const { pos, mat } = this;
    const m = 9 * slot;
    const px = ox - pos[3 * slot];
    const py = oy - pos[3 * slot + 1];
    const pz = oz - pos[3 * slot + 2];
    const x = mat[m] * px + mat[m + 3] * py + mat[m + 6] * pz;
    const y = mat[m + 1] * px + mat[m + 4] * py + mat[m + 7] * pz;
    const z = mat[m + 2] * px + mat[m + 5] * py + mat[m + 8] * pz;
    const u = mat[m] * dx + mat[m + 3] * dy + mat[m + 6] * dz;
    const v = mat[m + 1] * dx + mat[m + 4] * dy + mat[m + 7] * dz;
    const w = mat[m + 2] * dx + mat[m + 5] * dy + mat[m + 8] * dz;
    return this.enterLocal(slot, x, y, z, u, v, w, tMax, any);
  }

  /** Like `enter`, with the ray given in the slot's own frame. */
  enterLocal(
    slot: number,
    x: number,
    y: number,
    z: number,
    u: number,
    v: number,
    w: number,
    tMax: number,
    any: boolean,
  ): number {
    const size = this.#size;
    const s = 3 * slot;
    switch (this.type[slot]) {
      case GEOM_TYPE.plane:
        return enterPlane(size[s], size[s + 1], x, y, z, u, v, w);
      case GEOM_TYPE.sphere:
        return enterSphere(size[s], x, y, z, u, v, w);
      case GEOM_TYPE.capsule:
        return enterCapsule(size[s], size[s + 1], x, y, z, u, v, w);
      case GEOM_TYPE.ellipsoid:
        return enterEllipsoid(size[s], size[s + 1], size[s + 2], x, y, z, u, v, w);
      case GEOM_TYPE.cylinder:
        return enterCylinder(size[s], size[s + 1], x, y, z, u, v, w);
      case GEOM_TYPE.box:
        return enterBox(size[s], size[s + 1], size[s + 2], x, y, z, u, v, w);
      case GEOM_TYPE.mesh:
        return this.#enterMesh(slot, x, y, z, u, v, w, tMax, any);
      default:
        return this.#enterField(slot, x, y, z, u, v, w, tMax);
    }
  }

  /**
   * Outward unit normal of a slot's surface at a world point, smooth on meshes.
   *
   * @param face the triangle or cell, for meshes and height fields
   * @param out written; world, [3]
   */
  normal(slot: number, face: number, x: number, y: number, z: number, out: Float64Array): void {
    const type = this.type[slot];
    const local = this.#local;
    this.toLocal(slot, x, y, z, local);
    if (type === GEOM_TYPE.mesh) this.#normals.at(this.#data[slot], face, local[0], local[1], local[2], out);
    else if (type === GEOM_TYPE.heightField) this.#fields.normalAt(this.#data[slot], face, out);
    else primitiveNormal(type, this.#size, 3 * slot, local[0], local[1], local[2], out);
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
  toLocal(slot: number, x: number, y: number, z: number, out: Float64Array): void {
    const { pos, mat } = this;
    const m = 9 * slot;
    const px = x - pos[3 * slot];
    const py = y - pos[3 * slot + 1];
    const pz = z - pos[3 * slot + 2];
    out[0] = mat[m] * px + mat[m + 3] * py + mat[m + 6] * pz;
    out[1] = mat[m + 1] * px + mat[m + 4] * py + mat[m + 7] * pz;
    out[2] = mat[m + 2] * px + mat[m + 5] * py + mat[m + 8] * pz;
  }

  #enterMesh(
    slot: number,
    x: number,
    y: number,
    z: number,
    u: number,
    v: number,
    w: number,
    tMax: number,
    any: boolean,
  ): number {
    const t = this.#meshes.enter(this.#data[slot], x, y, z, u, v, w, tMax, any);
    this.face = this.#meshes.face;
    return t;
  }

  #enterField(
    slot: number,
    x: number,
    y: number,
    z: number,
    u: number,
    v: number,
    w: number,
    tMax: number,
  ): number {
    const t = this.#fields.enter(this.#data[slot], x, y, z, u, v, w, tMax);
    this.face = this.#fields.face;
    return t;
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
