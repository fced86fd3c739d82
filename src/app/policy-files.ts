import { basename, dirname, extname, join } from "node:path";
import {
  type ControllerFile,
  companionFiles,
  type PolicyFile,
  readPolicyFile,
  withCompanions,
} from "../policies/index.ts";
import type { RobotSpec } from "../sim/index.ts";
import { findRobot, listRobots } from "../sim/node.ts";
import { readBytes, readText } from "./files.ts";
import { ROBOT_PLACES } from "./robot-places.ts";

/** What helps to read a policy file that does not describe itself. */
export interface PolicyRequest {
  /** Name of the robot that it is for; by default whichever fits. */
  readonly robot?: string | undefined;
  /** Name of the preset that describes the weights. */
  readonly preset?: string | undefined;
  /** Path of the deploy.yaml that belongs to them. */
  readonly deploy?: string | undefined;
}

/** Reads a policy of any known format from disk. Throws as `readPolicyFile` and the file errors do. */
export async function loadPolicyFile(path: string, request: PolicyRequest = {}): Promise<PolicyFile> {
  const { robot, preset, deploy } = request;
  const asked = robot === undefined ? [] : [findRobot(robot, ROBOT_PLACES)];
  // The other robots too: a policy for one of them is then named, instead of being no policy at all.
  const robots = [...asked, ...listRobots(ROBOT_PLACES)];
  return readPolicyFile(await readPolicyBytes(path), {
    robots: robots.map((located) => located.robot),
    preset,
    deployYaml: deploy === undefined ? undefined : await readText(deploy),
    name: basename(path, extname(path)),
  });
}

/** The bytes of a policy file, whole: with the weights that newer exporters put into a file beside it. */
async function readPolicyBytes(path: string): Promise<Uint8Array> {
  const bytes = await readBytes(path);
  const files = new Map<string, Uint8Array>();
  for (const name of companionFiles(bytes)) files.set(name, await readBytes(join(dirname(path), name)));
  return withCompanions(bytes, files);
}

/** The robot to judge a policy by: the one asked for, else its own. Throws `UnknownNameError` for one that is not here. */
export function robotOf(file: PolicyFile, name: string | undefined): RobotSpec {
  return findRobot(name ?? file.spec.robot, ROBOT_PLACES).robot;
}

/** Reads policy files from disk as a controller takes them. */
export async function readControllerFiles(
  paths: readonly string[],
  { preset, deploy }: PolicyRequest,
): Promise<ControllerFile[]> {
  const deployYaml = deploy === undefined ? undefined : await readText(deploy);
  return Promise.all(
    paths.map(async (path) => ({
      name: basename(path, extname(path)),
      bytes: await readPolicyBytes(path),
      preset,
      deployYaml,
    })),
  );
}
