import { jointNames, type RobotSpec } from "../sim/index.ts";
import { BalancePolicy } from "./balance-policy.ts";
import { readPolicyFile } from "./file/policy-file.ts";
import { MotionPolicy } from "./motion-policy.ts";
import { OnnxPolicy } from "./onnx-policy.ts";
import type { Policy } from "./policy.ts";
import { WholeBodyPolicy } from "./whole-body.ts";

/** A policy file as data that crosses to a worker. */
export interface ControllerFile {
  /** For messages, and the policy's name where the file has none. */
  readonly name: string;
  readonly bytes: Uint8Array;
  readonly preset?: string | undefined;
  /** Text of the `deploy.yaml` that belongs to the weights. */
  readonly deployYaml?: string | undefined;
}

/**
 * A controller for the whole robot: each file drives its joints, upper-body joints that none drives follow the
 * reference open loop, and other joints hold the default pose. Without any file the robot balances on the spot.
 *
 * @param controlTimestep of the robot, s; policies with another are refused where they run
 */
export async function createController(
  robot: RobotSpec,
  files: readonly ControllerFile[],
  controlTimestep: number,
): Promise<Policy> {
  if (files.length === 0) return new BalancePolicy(robot, controlTimestep);
  const parts = await loadAll(robot, files);
  const driven = new Set(parts.flatMap((part) => part.joints));
  const open = jointNames(robot).filter((joint) => !driven.has(joint));
  // The reference of a joint that no clip moves is its default angle, so following it is holding the pose.
  return open.length === 0
    ? new WholeBodyPolicy(...parts)
    : new WholeBodyPolicy(...parts, new MotionPolicy(robot, parts[0].controlTimestep, open));
}

/** Where one of them does not fit, those before it are let go of. */
async function loadAll(robot: RobotSpec, files: readonly ControllerFile[]): Promise<OnnxPolicy[]> {
  const loaded: OnnxPolicy[] = [];
  try {
    for (const { name, bytes, preset, deployYaml } of files) {
      const file = readPolicyFile(bytes, { robots: [robot], name, preset, deployYaml });
      loaded.push(await OnnxPolicy.load(file, robot));
    }
    return loaded;
  } catch (error) {
    for (const policy of loaded) policy[Symbol.dispose]();
    throw error;
  }
}
