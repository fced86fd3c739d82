import { rotateInverse } from "../../common/index.ts";
import type { Simulation } from "../engine/index.ts";

/** A moving link with everything that is rigidly fixed to it, described in its own body frame. */
export interface FusedLink {
  /** The body whose joint moves the link. */
  readonly body: number;
  /** kg. */
  readonly mass: number;
  /** Centre of mass [3], m. */
  readonly centre: Float64Array;
  /** Inertia about the centre of mass, axes of the body frame, row-major [3, 3], kg·m². */
  readonly inertia: Float64Array;
}

/**
 * Fuses every body of a robot into the nearest of the given bodies at or above it, as if all other joints were welded
 * where they now are. Computes the simulation's kinematics.
 *
 * @param roots bodies that move; all other bodies below them are fused
 */
export function fusedLinks(simulation: Simulation, roots: readonly number[]): FusedLink[] {
  simulation.kinematics();
  const members = membersOf(simulation, roots);
  return roots.map((body, link) => fuse(simulation, body, members[link]));
}

function membersOf({ model }: Simulation, roots: readonly number[]): number[][] {
  const { body_parentid } = model.views;
  const owner = new Int32Array(model.sizes.nbody).fill(-1);
  const members = roots.map((): number[] => []);
  // A parent comes before its children, so one pass finds every owner.
  for (let body = 1; body < owner.length; body++) {
    const own = roots.indexOf(body);
    owner[body] = own >= 0 ? own : owner[body_parentid[body]];
    if (owner[body] >= 0) members[owner[body]].push(body);
  }
  return members;
}

function fuse({ model, views }: Simulation, root: number, members: readonly number[]): FusedLink {
  const { body_mass, body_inertia } = model.views;
  const { xpos, xquat, xipos, ximat } = views;
  const mass = members.reduce((sum, body) => sum + body_mass[body], 0);
  const centreWorld = [0, 1, 2].map(
    (axis) => members.reduce((sum, body) => sum + body_mass[body] * xipos[3 * body + axis], 0) / mass,
  );
  const inertiaWorld = new Float64Array(9);
  for (const body of members) {
    const offset = [0, 1, 2].map((axis) => xipos[3 * body + axis] - centreWorld[axis]);
    addRotated(
      inertiaWorld,
      ximat.subarray(9 * body, 9 * body + 9),
      body_inertia.subarray(3 * body, 3 * body + 3),
    );
    addPoint(inertiaWorld, body_mass[body], offset);
  }
  const quat = xquat.subarray(4 * root, 4 * root + 4);
  const fromRoot = centreWorld.map((x, axis) => x - xpos[3 * root + axis]);
  return {
    body: root,
    mass,
    centre: rotateInverse(quat, fromRoot, new Float64Array(3)),
    inertia: turnedInto(quat, inertiaWorld),
  };
}

/** Adds the tensor with the given principal moments and axes (columns of `axes`). */
function addRotated(tensor: Float64Array, axes: Float64Array, moments: Float64Array): void {
  for (let i = 0; i < 3; i++)
    for (let j = 0; j < 3; j++)
      for (let k = 0; k < 3; k++) tensor[3 * i + j] += axes[3 * i + k] * moments[k] * axes[3 * j + k];
}

/** Adds a point mass at an offset from the reference point (Steiner's theorem). */
function addPoint(tensor: Float64Array, mass: number, d: readonly number[]): void {
  const square = d[0] * d[0] + d[1] * d[1] + d[2] * d[2];
  for (let i = 0; i < 3; i++)
    for (let j = 0; j < 3; j++) tensor[3 * i + j] += mass * ((i === j ? square : 0) - d[i] * d[j]);
}

/** A symmetric world tensor in the axes of a body of the given orientation. */
function turnedInto(quat: Float64Array, tensor: Float64Array): Float64Array {
  const rowsTurned = new Float64Array(9);
  for (let row = 0; row < 3; row++)
    rowsTurned.set(rotateInverse(quat, tensor.subarray(3 * row, 3 * row + 3), [0, 0, 0]), 3 * row);
  const turned = new Float64Array(9);
  for (let column = 0; column < 3; column++) {
    const across = [rowsTurned[column], rowsTurned[3 + column], rowsTurned[6 + column]];
    const result = rotateInverse(quat, across, [0, 0, 0]);
    for (let row = 0; row < 3; row++) turned[3 * row + column] = result[row];
  }
  return turned;
}
