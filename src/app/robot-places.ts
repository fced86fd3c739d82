import { homedir } from "node:os";
import { join } from "node:path";
import type { RobotPlaces } from "../sim/node.ts";
import { shippedPath } from "./package-root.ts";

/** Where robots are: the package's, and those that the user imported, in ~/.contrapposto or CONTRAPPOSTO_HOME. */
export const ROBOT_PLACES: RobotPlaces = {
  assets: shippedPath("assets"),
  userRobots: join(process.env.CONTRAPPOSTO_HOME ?? join(homedir(), ".contrapposto"), "robots"),
};
