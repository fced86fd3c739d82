import type { ModelViews } from "../engine/index.ts";

/** Smooth normals of one model's meshes. */
export class MeshNormals {
  #views: NormalViews;

  constructor(views: ModelViews) {
    this.#views = takeViews(views);
  }

  /** Takes the views again; call after the engine's heap may have grown. */
  refresh(views: ModelViews): void {
    if (this.#views.vertices !== views.mesh_vert) this.#views = takeViews(views);
  }

  /**
   * The normal at a point of a triangle, in the mesh's frame, not normalised: vertex normals weighted by the point's
   * areas.
   *
   * @param position on the triangle, mesh frame, m, [3]
   * @param out written; direction [3]
   */
  at(mesh: number, face: number, position: Float64Array, out: Float64Array): void {
    const { vertices, normals, triangles, faceNormals, faceStart, vertexStart, normalStart } = this.#views;
    const base = 3 * (faceStart[mesh] + face);
    const start = vertexStart[mesh];
    const a = 3 * (start + triangles[base]);
    const b = 3 * (start + triangles[base + 1]);
    const c = 3 * (start + triangles[base + 2]);
    const e1x = vertices[b] - vertices[a];
    const e1y = vertices[b + 1] - vertices[a + 1];
    const e1z = vertices[b + 2] - vertices[a + 2];
    const e2x = vertices[c] - vertices[a];
    const e2y = vertices[c + 1] - vertices[a + 1];
    const e2z = vertices[c + 2] - vertices[a + 2];
    const px = position[0] - vertices[a];
    const py = position[1] - vertices[a + 1];
    const pz = position[2] - vertices[a + 2];
    const d11 = e1x * e1x + e1y * e1y + e1z * e1z;
    const d12 = e1x * e2x + e1y * e2y + e1z * e2z;
    const d22 = e2x * e2x + e2y * e2y + e2z * e2z;
    const p1 = px * e1x + py * e1y + pz * e1z;
    const p2 = px * e2x + py * e2y + pz * e2z;
    const area = d11 * d22 - d12 * d12;
    const v = area > 0 ? (d22 * p1 - d12 * p2) / area : 0;
    const w = area > 0 ? (d11 * p2 - d12 * p1) / area : 0;
    const u = 1 - v - w;
    const first = normalStart[mesh];
    const na = 3 * (first + faceNormals[base]);
    const nb = 3 * (first + faceNormals[base + 1]);
    const nc = 3 * (first + faceNormals[base + 2]);
    out[0] = u * normals[na] + v * normals[nb] + w * normals[nc];
    out[1] = u * normals[na + 1] + v * normals[nb + 1] + w * normals[nc + 1];
    out[2] = u * normals[na + 2] + v * normals[nb + 2] + w * normals[nc + 2];
  }
}

interface NormalViews {
  readonly vertices: Float32Array;
  readonly normals: Float32Array;
  readonly triangles: Int32Array;
  readonly faceNormals: Int32Array;
  readonly faceStart: Int32Array;
  readonly vertexStart: Int32Array;
  readonly normalStart: Int32Array;
}

function takeViews(views: ModelViews): NormalViews {
  return {
    vertices: views.mesh_vert,
    normals: views.mesh_normal,
    triangles: views.mesh_face,
    faceNormals: views.mesh_facenormal,
    faceStart: views.mesh_faceadr,
    vertexStart: views.mesh_vertadr,
    normalStart: views.mesh_normaladr,
  };
}
