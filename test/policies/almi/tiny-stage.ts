import { readFileSync } from "node:fs";
import { type PolicyFile, readPolicyFile } from "../../../src/policies/index.ts";
import {
  type Half,
  StageConfig,
  type StageOptions,
  type StageSetup,
  StageTrainer,
  stageConfig,
} from "../../../src/policies/node.ts";
import type { World } from "../../../src/sim/index.ts";
import { h12 } from "../../../src/sim/robots/h1-2.ts";
import { h12Models } from "../../support/h1-2-plant.ts";
import { ROOT } from "../../support/run-cli.ts";

export const world: World = {
  robot: h12,
  robotModel: h12Models.robot,
  sceneName: "flat",
  scene: h12Models.scene,
};

export const motions = {
  manifest: readFileSync(`${ROOT}assets/motions/manifest.json`, "utf8"),
  data: readFileSync(`${ROOT}assets/motions/h1_2.json`, "utf8"),
};

/** A stage of few environments, all else as the preset has it. */
export function presetConfig(half: Half, options: Partial<StageOptions> = {}): StageConfig {
  return stageConfig(half, h12, {
    preset: "shaped",
    seed: 1,
    numEnvs: 4,
    actor: "lstm",
    opponents: [],
    opponentAction: "sample",
    ...options,
  });
}

/** A stage of few environments and a small network. */
export function tinyConfig(
  half: Half,
  options: Partial<StageOptions> = {},
  changes: Readonly<Record<string, unknown>> = {},
): StageConfig {
  const config = presetConfig(half, options);
  const ppo = {
    ...config.ppo,
    actor: { ...config.ppo.actor, recurrentSize: 8, hidden: [8] },
    rolloutLength: 6,
  };
  // Copying takes seconds, and one test is about it.
  const nothing = {
    ...(config.half === "upper" ? {} : { firstSteps: 0 }),
    ...(config.half === "lower" ? {} : { addsToOpenLoop: false }),
  };
  return StageConfig.parse({ ...config, ...nothing, ppo, ...changes });
}

/** A trainer in this thread. */
export function openTiny(config: StageConfig, setup: Partial<StageSetup> = {}): Promise<StageTrainer> {
  return StageTrainer.create({ config, world, motions, workers: 0, now: () => 0, ...setup });
}

const provenance = { command: "test", configHash: "", commit: "", seed: 1, steps: 0, metrics: {} };

/** The policy of a trainer, as from a file. */
export const policyOf = (trainer: StageTrainer): PolicyFile =>
  readPolicyFile(trainer.policyFile("tiny", provenance), { robots: [h12] });

/** Fresh, untrained networks of a half as a frozen opponent. */
export async function freshPolicy(half: Half, seed = 1): Promise<PolicyFile> {
  const legs = half === "upper" ? [await freshPolicy("lower")] : [];
  await using trainer = await openTiny(tinyConfig(half, { seed, opponents: legs }), { opponents: legs });
  return policyOf(trainer);
}
