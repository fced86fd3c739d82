import type { Simulation } from "../../sim/index.ts";

type Triple = readonly [number, number, number];

const POSE = 7;
/** Numbers in a row of contacts. */
export const CONTACT_SIZE = 8;

/** World poses of all bodies: position, m, and [w, x, y, z], in a new array [7 nbody]. */
export function writePoses({ views, model }: Simulation): Float32Array {
  const { xpos, xquat } = views;
  const poses = new Float32Array(POSE * model.sizes.nbody);
  for (let body = 0; body < model.sizes.nbody; body++) {
    for (let k = 0; k < 3; k++) poses[POSE * body + k] = xpos[3 * body + k];
    for (let k = 0; k < 4; k++) poses[POSE * body + 3 + k] = xquat[4 * body + k];
  }
  return poses;
}

/** Contacts of the last step as rows of geom, geom, position [3], m, force on the second geom [3], N; world. */
export function contactRows(simulation: Simulation): Float32Array {
  const contacts = simulation.contacts();
  const rows = new Float32Array(CONTACT_SIZE * contacts.length);
  contacts.forEach(({ geoms, pos, frame, force }, i) => {
    const at = CONTACT_SIZE * i;
    rows.set(geoms, at);
    rows.set(pos, at + 2);
    // The frame's rows are normal and tangents, so the force in the world is its transpose times the force.
    for (let k = 0; k < 3; k++)
      rows[at + 5 + k] = frame[k] * force[0] + frame[3 + k] * force[1] + frame[6 + k] * force[2];
  });
  return rows;
}

/** Velocity of a body at its own origin, world, m/s and rad/s. */
export function velocityOf(simulation: Simulation, body: number): { linear: Triple; angular: Triple } {
  const { cvel, xpos, subtree_com } = simulation.views;
  const { body_rootid } = simulation.model.views;
  const [wx, wy, wz, vx, vy, vz] = cvel.subarray(6 * body, 6 * body + 6);
  const root = 3 * body_rootid[body];
  const [rx, ry, rz] = [0, 1, 2].map((k) => xpos[3 * body + k] - subtree_com[root + k]);
  return {
    linear: [vx + wy * rz - wz * ry, vy + wz * rx - wx * rz, vz + wx * ry - wy * rx],
    angular: [wx, wy, wz],
  };
}

/** Sum of the contact forces on a body, world, N. @param rows as `contactRows` writes them */
export function forceOn({ model }: Simulation, body: number, rows: Float32Array): Triple {
  const { geom_bodyid } = model.views;
  const force: [number, number, number] = [0, 0, 0];
  for (let at = 0; at < rows.length; at += CONTACT_SIZE) {
    const sign = Number(geom_bodyid[rows[at + 1]] === body) - Number(geom_bodyid[rows[at]] === body);
    for (let k = 0; k < 3; k++) force[k] += sign * rows[at + 5 + k];
  }
  return force;
}
