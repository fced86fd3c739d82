import {
  type ControllerFile,
  comparePolicy,
  inspectPolicy,
  lintPolicy,
  type PolicySpec,
  readPolicyFile,
} from "../../policies/index.ts";
import type { RobotSpec } from "../../sim/index.ts";
import type { HostReport } from "./messages.ts";

/**
 * Reads a policy file that was dropped on the page: what is in it, what does not fit the robot, and what would change.
 * Throws as `readPolicyFile` does.
 *
 * @param running the policies whose place it might take
 */
export function inspectDropped(
  name: string,
  bytes: Uint8Array,
  robot: RobotSpec,
  running: readonly PolicySpec[],
): { file: ControllerFile; report: Extract<HostReport, { op: "inspected" }> } {
  const id = name.replace(/\.(onnx|pt)$/, "");
  const file = readPolicyFile(bytes, { robots: [robot], name: id });
  return {
    file: { name: id, bytes },
    report: {
      ...{ op: "inspected", id, inspection: inspectPolicy(file), findings: lintPolicy(file, robot) },
      ...comparePolicy(running, file.spec),
    },
  };
}
