import { existsSync } from "node:fs";
import { z } from "zod";
import { UsageError } from "../../common/index.ts";
import { OnnxPolicy, readPolicyFile, writePolicyFile } from "../../policies/index.ts";
import { defineCommand } from "../command.ts";
import { writeAtomically } from "../files.ts";
import { loadPolicyFile, robotOf } from "../policy-files.ts";
import { PolicyFlags } from "./policy-flags.ts";

/** `contrapposto policy import`. */
export const policyImport = defineCommand({
  description: `Writes an ONNX file that describes itself, so that later commands need no preset and other tools can read joints
and gains. TorchScript is read as data and never executed. The new file is loaded once before it is kept.`,
  positionals: z.strictObject({ file: z.string().describe("policy file, .onnx or .pt") }),
  flags: PolicyFlags.extend({
    out: z
      .string()
      .optional()
      .meta({ description: "file to write (default: the policy's name.onnx here)", placeholder: "file" }),
    name: z.string().min(1).optional().describe("name to give the policy; default: the file's"),
    replace: z.boolean().default(false).describe("replace a file that exists"),
  }),
  examples: [
    {
      line: "policy import policy_lstm_1.pt --preset almi-h1-2-lower --out walk.onnx",
      about: "from legged_gym",
    },
    { line: "policy import policy.onnx --deploy deploy.yaml --out g1.onnx", about: "from unitree_rl_lab" },
  ],
  run: async ({ file, out, name, replace, ...request }, io) => {
    const policy = await loadPolicyFile(file, request);
    const robot = robotOf(policy, request.robot);
    const spec = name === undefined ? policy.spec : { ...policy.spec, name };
    const path = out ?? `${spec.name}.onnx`;
    if (existsSync(path) && !replace)
      throw new UsageError(`"${path}" exists.`, "Choose another --out, or add --replace.");
    const bytes = writePolicyFile(policy.model, spec);
    using _loaded = await OnnxPolicy.load(readPolicyFile(bytes), robot);
    await writeAtomically(path, bytes);
    const { jointNames, observations, assumptions } = spec;
    io.result({ file, out: path, bytes: bytes.length, source: policy.source, spec }, () =>
      [
        `${path}: ${spec.name} for ${spec.robot}, ${observations.length} observation terms, ${jointNames.length} joints`,
        ...(assumptions.length === 0 ? [] : ["Assumed, since the file does not say:"]),
        ...assumptions.map((assumption) => `  ${assumption}`),
      ].join("\n"),
    );
  },
});
