import { UsageError } from "../common/index.ts";
import type { ModelSource } from "./engine/index.ts";
import type { RobotSpec } from "./robots/robot.ts";
import type { WorldCompanion } from "./world.ts";

/** A further robot that a world is asked for. */
export interface CompanionRequest {
  readonly robot: string;
  /** Forward and left of the world's own robot, m, and turned by, rad. */
  readonly place: readonly [x: number, y: number, yaw: number];
}

/** Where companions go for whom no place is given: in a row to the left, m apart. */
const APART = 1.2;
/** Nearer than this, m, robots would begin inside one another. */
const NEAREST = 0.4;

/**
 * Reads companions: each NAME, or NAME@X,Y, or NAME@X,Y,DEGREES. Throws `UsageError` for anything else, and for a place
 * where somebody stands.
 */
export function parseCompanions(texts: readonly string[]): CompanionRequest[] {
  const companions = texts.map(parseCompanion);
  const taken: (readonly number[])[] = [[0, 0]];
  for (const [i, { place }] of companions.entries()) {
    if (taken.some(([x, y]) => (x - place[0]) ** 2 + (y - place[1]) ** 2 < NEAREST ** 2))
      throw new UsageError(
        `"${texts[i]}" would begin inside another robot.`,
        `Keep ${NEAREST} m between robots; the first one stands at 0,0.`,
      );
    taken.push(place);
  }
  return companions;
}

function parseCompanion(text: string, i: number): CompanionRequest {
  const [robot, where, ...rest] = text.split("@");
  const numbers = where?.split(",").map(Number) ?? [0, APART * (i + 1)];
  const [x, y, degrees = 0] = numbers;
  const isRead = numbers.every(Number.isFinite) && !/@\s*$|,\s*(,|$)/.test(text);
  if (robot === "" || rest.length > 0 || !isRead || numbers.length < 2 || numbers.length > 3)
    throw new UsageError(
      `"${text}" is no companion.`,
      "Write ROBOT, ROBOT@X,Y or ROBOT@X,Y,DEGREES, such as h1_2@1,0.5 for a metre ahead and half a metre to the left.",
    );
  return { robot, place: [x, y, (degrees * Math.PI) / 180] };
}

/** Robots asked for as a world takes them, called robot2, robot3 and so on. */
export function worldCompanions(
  requests: readonly CompanionRequest[],
  models: readonly { readonly robot: RobotSpec; readonly robotModel: ModelSource }[],
): WorldCompanion[] {
  return requests.map(({ place }, i) => ({ name: `robot${i + 2}`, ...models[i], place }));
}
