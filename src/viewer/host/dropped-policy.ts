import {
  type ControllerFile,
  inspectPolicy,
  lintPolicy,
  type PolicySpec,
  policyChanges,
  readPolicyFile,
} from "../../policies/index.ts";
import type { RobotSpec } from "../../sim/index.ts";
import type { HostReport } from "./messages.ts";

/**
 * Reads a policy file that was dropped on the page: what is in it, what does not fit the robot, and what would change.
 * Throws as `readPolicyFile` does.
 *
 * @param running the policy whose place it might take
 */
export function inspectDropped(
  name: string,
  bytes: Uint8Array,
  robot: RobotSpec,
  running: PolicySpec | undefined,
): { file: ControllerFile; report: Extract<HostReport, { op: "inspected" }> } {
  const id = name.replace(/\.(onnx|pt)$/, "");
  const file = readPolicyFile(bytes, { robots: [robot], name: id });
  return {
    file: { name: id, bytes },
    report: {
      ...{ op: "inspected", id, inspection: inspectPolicy(file), findings: lintPolicy(file, robot) },
      instead: running?.name ?? "",
      changes: running === undefined ? [] : policyChanges(running, file.spec),
    },
  };
}
