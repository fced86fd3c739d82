import { z } from "zod";
import { ContrappostoError } from "../../common/index.ts";
import {
  type Finding,
  inspectPolicy,
  lintPolicy,
  type PolicyInspection,
  type SwingPose,
} from "../../policies/index.ts";
import { defineCommand } from "../command.ts";
import { loadPolicyFile, robotOf } from "../policy-files.ts";
import type { Style } from "../style.ts";
import { formatTable } from "../table.ts";
import { PolicyFlags } from "./policy-flags.ts";

/** The policy cannot run on the robot that it was judged by. */
class PolicyUnfitError extends ContrappostoError {
  override readonly code = "POLICY_UNFIT";
}

/** `contrapposto policy inspect`. */
export const policyInspect = defineCommand({
  description: `Shows the observation vector term by term, the joints that are driven and with which gains, and what does not fit
the robot. Reads our own files, ONNX files of mjlab, holosoma and Unitree, and TorchScript files of legged_gym. Ends
with status 1 when the policy cannot run on the robot.`,
  positionals: z.strictObject({ file: z.string().describe("policy file, .onnx or .pt") }),
  flags: PolicyFlags,
  examples: [
    { line: "policy inspect walk.onnx", about: "what it observes and drives" },
    {
      line: "policy inspect policy_lstm_1.pt --preset almi-h1-2-lower --json",
      about: "weights without description",
    },
  ],
  run: async ({ file, ...request }, io) => {
    const policy = await loadPolicyFile(file, request);
    const robot = robotOf(policy, request.robot);
    const findings = lintPolicy(policy, robot);
    const result = { file, ...inspectPolicy(policy), judgedBy: robot.name, findings };
    io.result(result, (inspection) => report(inspection, inspection.findings, robot.name, io.style));
    const errors = findings.filter(({ severity }) => severity === "error");
    if (errors.length > 0)
      throw new PolicyUnfitError(`${file} cannot run on ${robot.name}: ${errors[0].text}`, errors[0].remedy);
  },
});

function report(
  policy: PolicyInspection,
  findings: readonly Finding[],
  robot: string,
  { bold, red, green }: Style,
): string {
  const parts = [
    facts(policy).join("\n"),
    observationTable(policy, bold),
    jointTable(policy, bold),
    findings.length === 0 ? green(`fits ${robot}`) : `judged by ${robot}:`,
    ...findings.map(({ severity, text, remedy }) =>
      `  ${severity === "error" ? red(severity) : severity}: ${text} ${remedy}`.trimEnd(),
    ),
  ];
  return `${parts.slice(0, 3).join("\n\n")}\n\n${parts.slice(3).join("\n")}`;
}

function facts(policy: PolicyInspection): string[] {
  const { recurrent, provenance, swingPose } = policy;
  const memory =
    recurrent === undefined ? "none" : `${recurrent.kind}, ${recurrent.layers} x ${recurrent.hidden}`;
  const commands = policy.commands.map(({ name, low, high }) => `${name} ${low} to ${high}`).join(", ");
  return [
    `${policy.name} for ${policy.robot}, described by ${policy.importedFrom ?? policy.source}`,
    `rate       ${Number(policy.rateHz.toFixed(3))} Hz`,
    `network    ${policy.parameters} parameters; ${policy.operators.join(", ")}; opset ${policy.opset}`,
    `memory     ${memory}`,
    `inputs     ${ports(policy.inputs)}`,
    `outputs    ${ports(policy.outputs)}`,
    `commands   ${commands || "none"}`,
    ...(swingPose === undefined ? [] : [`in swing   ${inWords(swingPose)}`]),
    ...(provenance === undefined
      ? []
      : [`made by    ${provenance.command} (seed ${provenance.seed}, ${provenance.steps} steps)`]),
  ];
}

function inWords(pose: SwingPose): string {
  const angles = Object.entries(pose).map(([joint, angle]) => `${joint} ${Number(angle.toPrecision(3))}`);
  return `${angles.join(", ")} rad more at its height`;
}

function ports(all: PolicyInspection["inputs"]): string {
  return all.map(({ name, type, shape }) => `${name} ${type} [${shape.join(", ")}]`).join("; ");
}

function observationTable(policy: PolicyInspection, bold: (text: string) => string): string {
  return formatTable(
    ["observes", "from", "to", "history", "scale", "clip", "what"],
    policy.observations.map(({ term, offset, size, history, scale, clip, joints, about }) => [
      term,
      offset,
      offset + size * history - 1,
      history,
      typeof scale === "number" ? String(scale) : scale.join(","),
      clip === undefined ? "" : String(clip),
      joints === undefined ? about : `${about}; ${joints.length} joints`,
    ]),
    bold,
  );
}

function jointTable(policy: PolicyInspection, bold: (text: string) => string): string {
  return formatTable(
    ["drives", "default, rad", "kp", "kd", "N·m", "rad/action"],
    policy.joints.map((joint) => [
      joint.name,
      joint.defaultPos,
      joint.kp,
      joint.kd,
      joint.torqueLimit,
      joint.actionScale,
    ]),
    bold,
  );
}
