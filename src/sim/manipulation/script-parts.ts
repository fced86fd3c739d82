import { fromYaw, type Rng, rotate } from "../../common/index.ts";
import type { Side } from "./arm-solver.ts";
import { type Stage, withHand } from "./task.ts";
import type { Vec3 } from "./workbench.ts";

/** A deviation that is uniform in [-most, most]. */
export function spread(rng: Rng, most: number): number {
  return rng.uniform(-most, most);
}

/** The point a share of the way from one place to another. */
export function between(from: Vec3, to: Vec3, share: number): Vec3 {
  return [0, 1, 2].map((k) => from[k] + share * (to[k] - from[k])) as [number, number, number];
}

/** A place moved by some metres. */
export function shifted(place: Vec3, x: number, y: number, z: number): Vec3 {
  return [place[0] + x, place[1] + y, place[2] + z];
}

/** How far the waist turns so that an arm reaches a place at the other side without folding against the trunk, rad. */
export function turnFor(side: Side, y: number): number {
  const across = side === "right" ? y : -y;
  const angle = Math.min(0.6, Math.max(0, 3 * (across + 0.02)));
  return side === "right" ? angle : -angle;
}

/** What a hesitant hand does on its way: one to three times a part of the way, a pause, and half of it back. */
export function* pauses(rng: Rng, side: Side, from: Vec3, to: Vec3): Generator<Stage> {
  const times = 1 + rng.integer(3);
  for (let i = 0; i < times; i++) {
    const share = rng.uniform(0.4, 0.9);
    yield withHand(side, { to: between(from, to, share), speed: 0.25 }, { pause: rng.uniform(0.3, 0.8) });
    yield withHand(side, { to: between(from, to, share * rng.uniform(0.3, 0.8)), speed: 0.25 });
  }
}

/** Where lines through the forearms cross when the hands reach over the bench with a straight waist, m. */
const FOREARM_ORIGIN = [-0.2, 0.29] as const;

/** A place so many metres before a goal, on the line along which the forearm of that side points at it. */
export function approach(side: Side, goal: Vec3, metres: number): Vec3 {
  const turn = fromYaw(turnFor(side, goal[1]));
  const [x, y] = FOREARM_ORIGIN;
  const origin = rotate(turn, [x, side === "left" ? y : -y, 0], [0, 0, 0]);
  const dx = goal[0] - origin[0];
  const dy = goal[1] - origin[1];
  const length = Math.sqrt(dx * dx + dy * dy);
  return [goal[0] - (metres * dx) / length, goal[1] - (metres * dy) / length, goal[2]];
}

/** Distance between two places, m. */
export function distance(a: Vec3, b: Vec3): number {
  const [x, y, z] = [a[0] - b[0], a[1] - b[1], a[2] - b[2]];
  return Math.sqrt(x * x + y * y + z * z);
}

/** Cosine of a thing's tilt: 1 where its own z axis points up. */
export function upright(quat: ArrayLike<number>): number {
  return 1 - 2 * (quat[1] * quat[1] + quat[2] * quat[2]);
}
