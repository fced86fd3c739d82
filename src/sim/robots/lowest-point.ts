import type { Simulation } from "../engine/index.ts";

const [SPHERE, CAPSULE, ELLIPSOID, CYLINDER, BOX, MESH] = [2, 3, 4, 5, 6, 7];

/** Height of a geom's lowest point in the world, m; NaN for planes and height fields. Needs current kinematics. */
export function lowestPoint({ model, views }: Simulation, geom: number): number {
  const { geom_type, geom_size } = model.views;
  const height = views.geom_xpos[3 * geom + 2];
  // The world's z axis in the geom's frame.
  const [ux, uy, uz] = views.geom_xmat.subarray(9 * geom + 6, 9 * geom + 9);
  const [a, b, c] = geom_size.subarray(3 * geom, 3 * geom + 3);
  switch (geom_type[geom]) {
    case SPHERE:
      return height - a;
    case CAPSULE:
      return height - a - b * Math.abs(uz);
    case CYLINDER:
      return height - a * Math.sqrt(Math.max(0, 1 - uz * uz)) - b * Math.abs(uz);
    case ELLIPSOID:
      return height - Math.sqrt((a * ux) ** 2 + (b * uy) ** 2 + (c * uz) ** 2);
    case BOX:
      return height - a * Math.abs(ux) - b * Math.abs(uy) - c * Math.abs(uz);
    case MESH:
      return height + lowestVertex(model.views, model.views.geom_dataid[geom], ux, uy, uz);
    default:
      return Number.NaN;
  }
}

function lowestVertex(
  { mesh_vert, mesh_vertadr, mesh_vertnum }: Simulation["model"]["views"],
  mesh: number,
  ux: number,
  uy: number,
  uz: number,
): number {
  let lowest = Number.POSITIVE_INFINITY;
  for (let i = mesh_vertadr[mesh]; i < mesh_vertadr[mesh] + mesh_vertnum[mesh]; i++)
    lowest = Math.min(lowest, ux * mesh_vert[3 * i] + uy * mesh_vert[3 * i + 1] + uz * mesh_vert[3 * i + 2]);
  return lowest;
}
