import { rotate } from "../../src/common/index.ts";
import type { Model, RobotSpec } from "../../src/sim/index.ts";
import type { BodyGeometry } from "../../src/teleop/safety/body-geometry.ts";

type Vector3 = [number, number, number];
type Limb = BodyGeometry["capsules"][number]["limb"];

const GEOM = { sphere: 2, capsule: 3, box: 6 } as const;

/** What the safety layer must know of a compiled model: links with their hinges, collision capsules, corners of the soles. */
export function geometryOf(model: Model, robot: RobotSpec): BodyGeometry {
  const { views } = model;
  const names = model.names("body");
  const base = model.index("body", robot.baseBody);
  const bodies = names.flatMap((_, body) =>
    body > 0 && views.body_rootid[body] === views.body_rootid[base] ? [body] : [],
  );
  const linkOf = new Map(bodies.map((body, link) => [body, link]));
  const link = (body: number) => {
    const index = linkOf.get(body);
    if (index === undefined) throw new Error(`Body ${names[body]} is none of the robot's.`);
    return index;
  };
  const jointNames = model.names("joint");
  const driven = new Set(robot.joints.map(({ name }) => name));
  const links = bodies.map((body): BodyGeometry["links"][number] => {
    const joint = views.body_jntadr[body];
    const isDriven = body !== base && joint >= 0 && driven.has(jointNames[joint]);
    return {
      name: names[body],
      parent: body === base ? -1 : link(views.body_parentid[body]),
      pos: body === base ? [0, 0, 0] : vectorAt(views.body_pos, body),
      quat: body === base ? [1, 0, 0, 0] : quatAt(views.body_quat, body),
      ...(isDriven ? { joint: jointNames[joint], axis: vectorAt(views.jnt_axis, joint) } : {}),
    };
  });
  const capsules: BodyGeometry["capsules"] = [];
  const soles: BodyGeometry["soles"] = [];
  for (const [geom, name] of model.names("geom").entries()) {
    const body = views.geom_bodyid[geom];
    if (!linkOf.has(body) || views.geom_contype[geom] === 0) continue;
    const type = views.geom_type[geom];
    if (type === GEOM.box && /foot/.test(name)) {
      soles.push(...corners(model, geom).map((pos) => ({ link: link(body), pos })));
      continue;
    }
    const [from, to, radius] = capsule(model, geom);
    capsules.push({ name, link: link(body), limb: limbOf(name), from, to, radius });
  }
  return { version: 1, robot: robot.name, links, capsules, soles };
}

/** A geometry as the text of its file: one line for each link, capsule and corner; numbers to a nanometre. */
export function geometryText(geometry: BodyGeometry): string {
  const rounded = (_: string, value: unknown) =>
    typeof value === "number" ? Number(value.toFixed(9)) + 0 : value;
  const fields = Object.entries(geometry).map(([key, value]) => {
    const text = Array.isArray(value)
      ? `[\n${value.map((entry) => `    ${JSON.stringify(entry, rounded)}`).join(",\n")}\n  ]`
      : JSON.stringify(value);
    return `  "${key}": ${text}`;
  });
  return `{\n${fields.join(",\n")}\n}\n`;
}

/** A capsule or ball as it is; a box as the capsule about its longest axis that holds it. */
function capsule({ views }: Model, geom: number): [from: Vector3, to: Vector3, radius: number] {
  const size = vectorAt(views.geom_size, geom);
  const quat = quatAt(views.geom_quat, geom);
  const centre = vectorAt(views.geom_pos, geom);
  const axis: Vector3 = [0, 0, 0];
  let half = 0;
  let radius = size[0];
  if (views.geom_type[geom] === GEOM.capsule) {
    half = size[1];
    axis[2] = 1;
  } else if (views.geom_type[geom] === GEOM.box) {
    const longest = size.indexOf(Math.max(...size));
    const others = size.filter((_, i) => i !== longest);
    half = size[longest];
    radius = Math.hypot(...others);
    axis[longest] = 1;
  } else if (views.geom_type[geom] !== GEOM.sphere) {
    throw new Error(`Geom ${geom} of ${views.geom_type[geom]} is neither capsule, ball nor box.`);
  }
  const arm = rotate(quat, axis, [0, 0, 0] as Vector3);
  return [
    [centre[0] - half * arm[0], centre[1] - half * arm[1], centre[2] - half * arm[2]],
    [centre[0] + half * arm[0], centre[1] + half * arm[1], centre[2] + half * arm[2]],
    radius,
  ];
}

/** The four lower corners of a foot's box. */
function corners({ views }: Model, geom: number): Vector3[] {
  const [x, y, z] = vectorAt(views.geom_size, geom);
  const centre = vectorAt(views.geom_pos, geom);
  const quat = quatAt(views.geom_quat, geom);
  return [
    [x, y],
    [x, -y],
    [-x, y],
    [-x, -y],
  ].map(([dx, dy]) => {
    const corner = rotate(quat, [dx, dy, -z], [0, 0, 0] as Vector3);
    return [centre[0] + corner[0], centre[1] + corner[1], centre[2] + corner[2]];
  });
}

function limbOf(name: string): Limb {
  const side = name.startsWith("left") ? "left" : "right";
  if (/arm|hand|wrist|gripper/.test(name)) return `${side} arm`;
  if (/hip|thigh|shank|foot/.test(name)) return `${side} leg`;
  return "trunk";
}

function vectorAt(array: ArrayLike<number>, index: number): Vector3 {
  return [array[3 * index], array[3 * index + 1], array[3 * index + 2]];
}

function quatAt(array: ArrayLike<number>, index: number): [number, number, number, number] {
  return [array[4 * index], array[4 * index + 1], array[4 * index + 2], array[4 * index + 3]];
}
