import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { Rng } from "../../src/common/index.ts";
import { actionNames, manipulationRobot, PROPRIOCEPTION_NAMES } from "../../src/sim/index.ts";
import type { EpisodeSet } from "../../src/vla/data/episodes.ts";
import type { VlaFiles } from "../../src/vla/small/export.ts";
import { readVlaSpec } from "../../src/vla/small/small-vla.ts";
import { VlaTrainer } from "../../src/vla/small/trainer.ts";
import { VlaTraining } from "../../src/vla/small/training-config.ts";
import { CoinFlipConfig } from "../../src/vla/taco/coin-flip-config.ts";
import { coinFlipScorer } from "../../src/vla/taco/coin-flip-scorer.ts";
import { CoinFlipTrainer } from "../../src/vla/taco/coin-flip-trainer.ts";
import { featureTable } from "../../src/vla/taco/feature-table.ts";

const CAMERAS = [
  { name: "head", width: 16, height: 16 },
  { name: "left_wrist", width: 8, height: 8 },
  { name: "right_wrist", width: 8, height: 8 },
];
const NETWORK = {
  ...{ width: 16, heads: 2, layers: 1, expertWidth: 16, patchSize: 8, patchWidth: 16, glances: 2 },
  ...{ actionsPerToken: 8, textTokens: 8, textPieces: 4, textBuckets: 64, timeFeatures: 8 },
};

/** A tiny VLA for the bench and a tiny counter for it, both as they begin: they wave their arms about and know nothing. */
export async function benchVla(): Promise<{ model: VlaFiles; taco: Uint8Array }> {
  const config = VlaTraining.parse({
    chunkHorizon: 8,
    executeHorizon: 4,
    denoisingSteps: 2,
    network: NETWORK,
  });
  using trainer = await VlaTrainer.create({ name: "tiny", set: idleDemos(), config, seed: 1, now: () => 0 });
  const model = trainer.export();
  return { model, taco: await tinyCounter(readVlaSpec(model.prefix)) };
}

/** Writes one into a folder, as `train vla` and `train taco` would. */
export async function writeBenchVla(folder: string): Promise<void> {
  const { model, taco } = await benchVla();
  writeFileSync(join(folder, "prefix.onnx"), model.prefix);
  writeFileSync(join(folder, "step.onnx"), model.step);
  writeFileSync(join(folder, "taco.onnx"), taco);
}

async function tinyCounter({ featureSize, modelHash }: { featureSize: number; modelHash: string }) {
  const rng = new Rng(2);
  const rows = Float32Array.from({ length: 60 * featureSize }, () => rng.normal());
  const config = CoinFlipConfig.parse({
    ...{ shape: { width: 16, blocks: 1, coins: 16 }, nets: 1, epochs: 2, minUpdates: 0, batchSize: 32 },
  });
  using trainer = await CoinFlipTrainer.create(featureTable(rows, featureSize), config);
  const nets = [await trainer.train(rng)];
  return coinFlipScorer(nets, config, featureSize, { modelHash, samples: 60 });
}

/** Frames in which the arms are about where they rest. */
function idleDemos(): EpisodeSet {
  const rng = new Rng(1);
  const frames = 40;
  const actions = actionNames(false);
  const spread = (names: readonly string[], from: number) =>
    Float32Array.from({ length: frames * names.length }, () => from + rng.normal(0, 0.2));
  const episode = {
    ...{ task: "press-button", instruction: "press the red button", frames, imageStride: 1 },
    proprioception: spread(PROPRIOCEPTION_NAMES, 0),
    actions: spread(actions, 0.1),
    images: new Map(
      CAMERAS.map(({ name, width, height }) => [name, new Uint8Array(3 * frames * width * height)]),
    ),
  };
  return {
    ...{ robot: manipulationRobot("fixed").name, cameras: CAMERAS, proprioception: PROPRIOCEPTION_NAMES },
    ...{ actions, timestep: 0.1, tasks: ["press-button"], episodes: [episode, episode] },
  };
}
