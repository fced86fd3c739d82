import { UnknownNameError } from "../../common/index.ts";
import { h1 } from "./h1.ts";
import { h12, h12Full } from "./h1-2.ts";
import type { RobotSpec } from "./robot.ts";

/** The robots that come with the package; the first is the default. */
export const SHIPPED_ROBOTS: readonly RobotSpec[] = [h12, h12Full, h1];

/** The shipped robot of that name. Throws `UnknownNameError` with the names that exist. */
export function robotByName(name: string): RobotSpec {
  const robot = SHIPPED_ROBOTS.find((candidate) => candidate.name === name);
  if (robot === undefined) {
    throw new UnknownNameError(
      "robot",
      name,
      SHIPPED_ROBOTS.map((candidate) => candidate.name),
    );
  }
  return robot;
}
