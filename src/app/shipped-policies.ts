import { existsSync } from "node:fs";
import { shippedPath } from "./package-root.ts";

/** What `--policy` says for a robot that only keeps its balance, though policies ship for it. */
export const BALANCE = "balance";

/** Files of the policies that ship for a robot: the lower body's and, where there is one, the upper body's. */
export function shippedPolicies(robot: string): string[] {
  return ["lower.onnx", "upper.onnx"]
    .map((name) => shippedPath("assets", "policies", robot, name))
    .filter((path) => existsSync(path));
}

/** The policy files that `--policy` means: the named ones, none for "balance", and the shipped ones where none is named. */
export function chosenPolicies(named: readonly string[], robot: string): string[] {
  if (named.length === 1 && named[0] === BALANCE) return [];
  return named.length > 0 ? [...named] : shippedPolicies(robot);
}
