import type { Model } from "../engine/index.ts";
import type { MeshDescription } from "./scene-description.ts";

/** Cosine of the angle beyond which a corner's normal is taken for a mistake of smoothing over an edge. */
const CREASE = 0.75;

/** Copies one mesh out of the engine, corner by corner: its vertices, normals and texture places have indices of their own. */
export function describeMesh(model: Model, mesh: number): MeshDescription {
  const { views } = model;
  const corners = 3 * views.mesh_facenum[mesh];
  const first = 3 * views.mesh_faceadr[mesh];
  const texcoordStart = views.mesh_texcoordadr[mesh];
  const positions = gather(views.mesh_vert, views.mesh_face, first, corners, views.mesh_vertadr[mesh], 3);
  const normalStart = views.mesh_normaladr[mesh];
  const normals = gather(views.mesh_normal, views.mesh_facenormal, first, corners, normalStart, 3);
  for (let corner = 0; corner < 3 * corners; corner += 9) sharpen(positions, normals, corner);
  return {
    positions,
    normals,
    uvs:
      texcoordStart < 0
        ? undefined
        : gather(views.mesh_texcoord, views.mesh_facetexcoord, first, corners, texcoordStart, 2),
  };
}

function gather(
  values: Float32Array,
  indices: Int32Array,
  first: number,
  count: number,
  start: number,
  width: number,
): Float32Array {
  const out = new Float32Array(width * count);
  for (let i = 0; i < count; i++) {
    const from = width * (start + indices[first + i]);
    for (let k = 0; k < width; k++) out[width * i + k] = values[from + k];
  }
  return out;
}

/**
 * Gives corners the normal of their triangle where the smooth one is far from it: where a file has no normals the
 * engine smooths some sharp corners too.
 */
function sharpen(positions: Float32Array, normals: Float32Array, at: number): void {
  const edge = (to: number, k: number) => positions[at + to + k] - positions[at + k];
  const x = edge(3, 1) * edge(6, 2) - edge(3, 2) * edge(6, 1);
  const y = edge(3, 2) * edge(6, 0) - edge(3, 0) * edge(6, 2);
  const z = edge(3, 0) * edge(6, 1) - edge(3, 1) * edge(6, 0);
  const length = Math.sqrt(x * x + y * y + z * z);
  if (length === 0) return;
  for (let corner = at; corner < at + 9; corner += 3) {
    const cosine = (x * normals[corner] + y * normals[corner + 1] + z * normals[corner + 2]) / length;
    if (cosine >= CREASE) continue;
    normals[corner] = x / length;
    normals[corner + 1] = y / length;
    normals[corner + 2] = z / length;
  }
}
