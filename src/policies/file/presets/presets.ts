import { UnknownNameError } from "../../../common/index.ts";
import type { RobotSpec } from "../../../sim/index.ts";
import { UndescribedPolicyError } from "../errors.ts";
import type { PolicyPorts } from "../ports.ts";
import { almiLower, almiUpper } from "./almi.ts";
import { fits, isFor, type PolicyPreset } from "./preset.ts";
import { unitreeH1, unitreeH12 } from "./unitree-rl-gym.ts";

/** Descriptions of published weights that carry none themselves. */
const POLICY_PRESETS: readonly PolicyPreset[] = [almiLower, almiUpper, unitreeH12, unitreeH1];

/**
 * The preset of that name, or without a name the one that fits the graph's sizes and one of the robots.
 * Throws `UnknownNameError`, or `UndescribedPolicyError` where none or several fit or the named one does not.
 */
export function choosePreset(
  ports: PolicyPorts,
  robots: readonly RobotSpec[],
  name: string | undefined,
): PolicyPreset {
  const sizes = `${ports.observationSize ?? "?"} inputs and ${ports.actionSize ?? "?"} outputs`;
  if (name !== undefined) {
    const preset = presetByName(name);
    if (fits(preset, ports)) return preset;
    throw new UndescribedPolicyError(
      `The preset ${name} is for ${preset.observationSize} inputs and ${preset.actionSize} outputs; the network has ${sizes}.`,
      "Name the preset that these weights were trained with.",
    );
  }
  const sized = POLICY_PRESETS.filter((preset) => fits(preset, ports));
  const fitting = sized.filter((preset) => robots.some((robot) => isFor(preset, robot)));
  if (fitting.length === 1) return fitting[0];
  if (fitting.length === 0 && sized.length > 0)
    throw new UndescribedPolicyError(
      `The file does not describe itself; its ${sizes} are those of "${sized[0].title}", not of a policy for ${robots.map((robot) => robot.name).join(", ")}.`,
      `Use it with --robot ${sized[0].spec.robot}, or name its preset or deploy.yaml.`,
    );
  throw new UndescribedPolicyError(
    `The file does not say what its ${sizes} mean, and ${fitting.length === 0 ? "no" : "more than one"} known policy has them.`,
    `Name a preset: ${POLICY_PRESETS.map(describe).join(", ")}; or give the deploy.yaml that belongs to it.`,
  );
}

function presetByName(name: string): PolicyPreset {
  const preset = POLICY_PRESETS.find((candidate) => candidate.name === name);
  if (preset !== undefined) return preset;
  throw new UnknownNameError(
    "policy preset",
    name,
    POLICY_PRESETS.map((candidate) => candidate.name),
  );
}

function describe({ name, observationSize, actionSize }: PolicyPreset): string {
  return `${name} (${observationSize} to ${actionSize})`;
}
