import { UnknownNameError } from "../../common/index.ts";
import { h1 } from "./h1.ts";
import { h12, h12Full, h12Grippers } from "./h1-2.ts";
import type { RobotSpec } from "./robot.ts";

/** The robots that come with the package; the first is the default. */
export const SHIPPED_ROBOTS: readonly RobotSpec[] = [h12, h12Full, h1];

/** Shipped robots with tools of our own, which no maker sells; their legs are those of a shipped one. */
export const EQUIPPED_ROBOTS: readonly RobotSpec[] = [h12Grippers];

/** The shipped robot of that name. Throws `UnknownNameError` with the names that exist. */
export function robotByName(name: string): RobotSpec {
  const robots = [...SHIPPED_ROBOTS, ...EQUIPPED_ROBOTS];
  const robot = robots.find((candidate) => candidate.name === name);
  if (robot === undefined) {
    throw new UnknownNameError(
      "robot",
      name,
      robots.map((candidate) => candidate.name),
    );
  }
  return robot;
}
