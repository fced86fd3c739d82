import { z } from "zod";

/** Flags of every command that reads a policy file which may not describe itself. */
export const PolicyFlags = z.strictObject({
  robot: z.string().optional().describe("robot to judge it by; default: the one it was trained for"),
  preset: z
    .string()
    .optional()
    .describe("description of weights that carry none; default: recognised by their sizes"),
  deploy: z
    .string()
    .optional()
    .meta({ description: "Unitree's deploy.yaml that belongs to the weights", placeholder: "file" }),
});
