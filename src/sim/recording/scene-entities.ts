import { multiply, rotate, type Vector } from "../../common/index.ts";
import type { Simulation } from "../engine/index.ts";

/** MuJoCo's geom types, in its order. */
const GEOM_TYPES = ["plane", "hfield", "sphere", "capsule", "ellipsoid", "cylinder", "box", "mesh"] as const;
/** MuJoCo shows geoms of these groups unless asked for others. */
const LAST_SHOWN_GROUP = 2;
/** Half the side of ground without end, m. */
const PLANE_HALF = 20;
/** Most grid points of a height field along one side. */
const HFIELD_POINTS = 80;

interface Point {
  readonly x: number;
  readonly y: number;
  readonly z: number;
}

/** Where a shape sits in its frame, [x, y, z] and [w, x, y, z]. */
interface Pose {
  readonly pos: Vector;
  readonly quat: Vector;
}

/** Foxglove's lists of shapes; empty ones may be left out. */
interface Shapes {
  readonly cubes: object[];
  readonly spheres: object[];
  readonly cylinders: object[];
  readonly triangles: object[];
}

/** The frame of a body: its name, or its number where it has none. Bodies that never move share the world's. */
export function frameOf(simulation: Simulation, body: number): string {
  const { model } = simulation;
  if (!isMoving(simulation, body)) return "world";
  return model.names("body")[body] || `body_${body}`;
}

/** Whether a body can move at all. */
export function isMoving(simulation: Simulation, body: number): boolean {
  return simulation.model.views.body_weldid[body] !== 0;
}

/** What a world looks like, as the entities of a foxglove.SceneUpdate: one for each frame that carries anything to see. */
export function sceneEntities(simulation: Simulation, timestamp: object): object[] {
  const { views, sizes } = simulation.model;
  const isShown = (group: number, geom: number) =>
    group <= LAST_SHOWN_GROUP && isMoving(simulation, views.geom_bodyid[geom]);
  // Models for training have collision geoms alone, in a group that is not shown.
  const lastShown = views.geom_group.some(isShown) ? LAST_SHOWN_GROUP : Number.POSITIVE_INFINITY;
  const entities = new Map<string, Shapes>();
  for (let geom = 0; geom < sizes.ngeom; geom++) {
    if (views.geom_group[geom] > lastShown) continue;
    const frame = frameOf(simulation, views.geom_bodyid[geom]);
    let shapes = entities.get(frame);
    if (shapes === undefined)
      entities.set(frame, (shapes = { cubes: [], spheres: [], cylinders: [], triangles: [] }));
    addShape(simulation, geom, shapes);
  }
  return Array.from(entities, ([frame, shapes]) => ({
    timestamp,
    frame_id: frame,
    id: frame,
    lifetime: { sec: 0, nsec: 0 },
    frame_locked: true,
    metadata: [],
    arrows: [],
    lines: [],
    texts: [],
    models: [],
    ...shapes,
  }));
}

function addShape(simulation: Simulation, geom: number, shapes: Shapes): void {
  const { geom_size, geom_type } = simulation.model.views;
  const [a, b, c] = [geom_size[3 * geom], geom_size[3 * geom + 1], geom_size[3 * geom + 2]];
  const at = poseOf(simulation, geom);
  const pose = foxglovePose(at);
  const color = colorOf(simulation, geom);
  switch (GEOM_TYPES[geom_type[geom]]) {
    case "plane": {
      const size = { x: 2 * (a || PLANE_HALF), y: 2 * (b || PLANE_HALF), z: 0.002 };
      shapes.cubes.push({ pose: foxglovePose(along(at, [0, 0, -0.001])), size, color });
      break;
    }
    case "box":
      shapes.cubes.push({ pose, size: { x: 2 * a, y: 2 * b, z: 2 * c }, color });
      break;
    case "sphere":
      shapes.spheres.push({ pose, size: { x: 2 * a, y: 2 * a, z: 2 * a }, color });
      break;
    case "ellipsoid":
      shapes.spheres.push({ pose, size: { x: 2 * a, y: 2 * b, z: 2 * c }, color });
      break;
    case "capsule":
      for (const end of [-b, b])
        shapes.spheres.push({
          pose: foxglovePose(along(at, [0, 0, end])),
          size: { x: 2 * a, y: 2 * a, z: 2 * a },
          color,
        });
      shapes.cylinders.push(cylinder(pose, a, b, color));
      break;
    case "cylinder":
      shapes.cylinders.push(cylinder(pose, a, b, color));
      break;
    case "mesh":
      shapes.triangles.push({ pose, color, colors: [], ...meshTriangles(simulation, geom) });
      break;
    case "hfield":
      shapes.triangles.push({ pose, color, colors: [], ...hfieldTriangles(simulation, geom) });
  }
}

function cylinder(pose: object, radius: number, half: number, color: object): object {
  return { pose, size: { x: 2 * radius, y: 2 * radius, z: 2 * half }, bottom_scale: 1, top_scale: 1, color };
}

function meshTriangles(simulation: Simulation, geom: number): object {
  const { geom_dataid, mesh_vert, mesh_vertadr, mesh_vertnum, mesh_face, mesh_faceadr, mesh_facenum } =
    simulation.model.views;
  const mesh = geom_dataid[geom];
  const first = 3 * mesh_vertadr[mesh];
  const points = Array.from({ length: mesh_vertnum[mesh] }, (_, i) =>
    point(mesh_vert.subarray(first + 3 * i, first + 3 * i + 3)),
  );
  const from = 3 * mesh_faceadr[mesh];
  return { points, indices: [...mesh_face.subarray(from, from + 3 * mesh_facenum[mesh])] };
}

/** A height field's surface, thinned to at most `HFIELD_POINTS` a side. */
function hfieldTriangles(simulation: Simulation, geom: number): object {
  const { geom_dataid, hfield_nrow, hfield_ncol, hfield_adr, hfield_data, hfield_size } =
    simulation.model.views;
  const field = geom_dataid[geom];
  const [rows, columns] = [hfield_nrow[field], hfield_ncol[field]];
  const [halfX, halfY, height] = hfield_size.subarray(4 * field, 4 * field + 3);
  const pick = (count: number) => {
    const kept = Math.min(count, HFIELD_POINTS);
    return Array.from({ length: kept }, (_, i) => Math.floor((i * (count - 1)) / (kept - 1) + 0.5));
  };
  const [keptRows, keptColumns] = [pick(rows), pick(columns)];
  const points = keptRows.flatMap((row) =>
    keptColumns.map((column) =>
      point([
        halfX * ((2 * column) / (columns - 1) - 1),
        halfY * ((2 * row) / (rows - 1) - 1),
        height * hfield_data[hfield_adr[field] + row * columns + column],
      ]),
    ),
  );
  const indices: number[] = [];
  for (let r = 0; r + 1 < keptRows.length; r++)
    for (let c = 0; c + 1 < keptColumns.length; c++) {
      const i = r * keptColumns.length + c;
      const above = i + keptColumns.length;
      indices.push(i, i + 1, above, i + 1, above + 1, above);
    }
  return { points, indices };
}

/** In the geom's frame: its body's where that moves, else the world's. */
function poseOf(simulation: Simulation, geom: number): Pose {
  const { geom_pos, geom_quat, geom_bodyid } = simulation.model.views;
  const body = geom_bodyid[geom];
  const local = {
    pos: geom_pos.subarray(3 * geom, 3 * geom + 3),
    quat: geom_quat.subarray(4 * geom, 4 * geom + 4),
  };
  if (isMoving(simulation, body)) return local;
  const { xpos, xquat } = simulation.views;
  const quat = xquat.subarray(4 * body, 4 * body + 4);
  const inWorld = along({ pos: xpos.subarray(3 * body, 3 * body + 3), quat }, local.pos);
  return { pos: inWorld.pos, quat: multiply(quat, local.quat, [1, 0, 0, 0]) };
}

/** The same orientation, moved by an offset in its own axes. */
function along({ pos, quat }: Pose, offset: Vector): Pose {
  const [x, y, z] = rotate(quat, offset, [0, 0, 0]);
  return { pos: [pos[0] + x, pos[1] + y, pos[2] + z], quat };
}

function foxglovePose({ pos, quat }: Pose): object {
  return { position: point(pos), orientation: { x: quat[1], y: quat[2], z: quat[3], w: quat[0] } };
}

function colorOf(simulation: Simulation, geom: number): object {
  const { geom_matid, geom_rgba, mat_rgba } = simulation.model.views;
  const material = geom_matid[geom];
  const [rgba, at] = material < 0 ? [geom_rgba, 4 * geom] : [mat_rgba, 4 * material];
  return { r: rgba[at], g: rgba[at + 1], b: rgba[at + 2], a: rgba[at + 3] };
}

/** To a tenth of a millimetre. */
function point(at: Vector): Point {
  const [x, y, z] = Array.from(at, (value) => Math.round(value * 1e4) / 1e4);
  return { x, y, z };
}
