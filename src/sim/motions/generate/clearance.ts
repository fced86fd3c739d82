import type { Model, Simulation } from "../../engine/index.ts";

const SPHERE = 2;
const CAPSULE = 3;

/**
 * How far a robot's own parts are from each other. Looks at the capsules and spheres that may touch by the model's
 * contact bits and belong to bodies that are not joined directly.
 */
export class SelfClearance {
  readonly #simulation: Simulation;
  readonly #pairs: readonly (readonly [number, number])[];
  readonly #names: readonly string[];
  readonly #segments: Float64Array;
  /** The two geoms that came closest in the last `measure`. */
  closest: readonly [string, string] = ["", ""];

  constructor(simulation: Simulation) {
    this.#simulation = simulation;
    this.#names = simulation.model.names("geom");
    this.#pairs = selfPairs(simulation.model);
    this.#segments = new Float64Array(6 * simulation.model.sizes.ngeom);
  }

  /** Smallest distance between two parts at the simulation's joint angles, m; negative where they overlap. */
  measure(): number {
    const { geom_size } = this.#simulation.model.views;
    this.#simulation.kinematics();
    this.#placeSegments();
    let least = Number.POSITIVE_INFINITY;
    for (const [a, b] of this.#pairs) {
      const gap = segmentDistance(this.#segments, 6 * a, 6 * b) - geom_size[3 * a] - geom_size[3 * b];
      if (gap >= least) continue;
      least = gap;
      this.closest = [this.#names[a], this.#names[b]];
    }
    return least;
  }

  #placeSegments(): void {
    const { geom_xpos, geom_xmat } = this.#simulation.views;
    const { geom_size, geom_type } = this.#simulation.model.views;
    for (let geom = 0; geom < geom_type.length; geom++) {
      const half = geom_type[geom] === CAPSULE ? geom_size[3 * geom + 1] : 0;
      for (let k = 0; k < 3; k++) {
        const along = half * geom_xmat[9 * geom + 3 * k + 2];
        this.#segments[6 * geom + k] = geom_xpos[3 * geom + k] - along;
        this.#segments[6 * geom + 3 + k] = geom_xpos[3 * geom + k] + along;
      }
    }
  }
}

function selfPairs(model: Model): [number, number][] {
  const { geom_type, geom_contype, geom_conaffinity, geom_bodyid, body_weldid, body_parentid } = model.views;
  const round = [...geom_type.keys()].filter((geom) => [SPHERE, CAPSULE].includes(geom_type[geom]));
  const pairs: [number, number][] = [];
  for (const a of round)
    for (const b of round) {
      const [bodyA, bodyB] = [body_weldid[geom_bodyid[a]], body_weldid[geom_bodyid[b]]];
      const mayTouch =
        (geom_contype[a] & geom_conaffinity[b]) !== 0 || (geom_contype[b] & geom_conaffinity[a]) !== 0;
      const isJoined =
        bodyA === bodyB ||
        body_weldid[body_parentid[bodyA]] === bodyB ||
        body_weldid[body_parentid[bodyB]] === bodyA;
      if (a < b && mayTouch && !isJoined) pairs.push([a, b]);
    }
  return pairs;
}

/** Shortest distance between two segments given by their ends at two places of one array (Ericson 2005, section 5.1.9). */
function segmentDistance(ends: Float64Array, p: number, q: number): number {
  const ux = ends[p + 3] - ends[p];
  const uy = ends[p + 4] - ends[p + 1];
  const uz = ends[p + 5] - ends[p + 2];
  const vx = ends[q + 3] - ends[q];
  const vy = ends[q + 4] - ends[q + 1];
  const vz = ends[q + 5] - ends[q + 2];
  const wx = ends[p] - ends[q];
  const wy = ends[p + 1] - ends[q + 1];
  const wz = ends[p + 2] - ends[q + 2];
  const uu = ux * ux + uy * uy + uz * uz;
  const vv = vx * vx + vy * vy + vz * vz;
  const uv = ux * vx + uy * vy + uz * vz;
  const uw = ux * wx + uy * wy + uz * wz;
  const vw = vx * wx + vy * wy + vz * wz;
  const determinant = uu * vv - uv * uv;
  let s = determinant > 1e-12 ? clamp((uv * vw - vv * uw) / determinant) : 0;
  let t = vv > 1e-12 ? (uv * s + vw) / vv : 0;
  if (t < 0 || t > 1) {
    t = clamp(t);
    s = uu > 1e-12 ? clamp((uv * t - uw) / uu) : 0;
  }
  const dx = wx + s * ux - t * vx;
  const dy = wy + s * uy - t * vy;
  const dz = wz + s * uz - t * vz;
  return Math.sqrt(dx * dx + dy * dy + dz * dz);
}

function clamp(x: number): number {
  return Math.min(1, Math.max(0, x));
}
