import { segmentDistance } from "../../../common/index.ts";
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
      const gap =
        segmentDistance(this.#segments, 6 * a, this.#segments, 6 * b) - geom_size[3 * a] - geom_size[3 * b];
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
