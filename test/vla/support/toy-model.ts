import { Rng } from "../../../src/common/index.ts";
import type { VlaObservation } from "../../../src/vla/model.ts";
import type { VlaFiles } from "../../../src/vla/small/export.ts";
import { VlaTrainer } from "../../../src/vla/small/trainer.ts";
import { VlaTraining } from "../../../src/vla/small/training-config.ts";
import { TOY_IMAGE, type ToyScene, toyDemos, toyPicture } from "./toy-demos.ts";

/** A network and a schedule that fit the toy. */
export function toyConfig(overrides: Partial<VlaTraining> = {}): VlaTraining {
  return {
    ...VlaTraining.parse({
      network: {
        width: 32,
        heads: 2,
        layers: 2,
        expertWidth: 32,
        patchSize: 4,
        patchWidth: 32,
        glances: 6,
        actionsPerToken: 1,
        textTokens: 8,
        textPieces: 4,
        textBuckets: 64,
        timeFeatures: 16,
      },
      chunkHorizon: 8,
      executeHorizon: 4,
      batchSize: 32,
      noisesPerFrame: 4,
      steps: 400,
      warmUp: 40,
      learningRate: 4e-3,
      emaDecay: 0.99,
      shift: 0,
    }),
    ...overrides,
  };
}

/** A model of the toy trained for so many steps; 0 leaves it as it begins. */
export async function toyModel(overrides: Partial<VlaTraining> = {}, train = 0, seed = 1): Promise<VlaFiles> {
  const config = toyConfig(overrides);
  const set = toyDemos({ episodes: 120, seed: 1 });
  using trainer = await VlaTrainer.create({ name: "toy", set, config, seed, now: () => 0 });
  if (train > 0) await trainer.train(train);
  return trainer.export();
}

/** What a model sees of a scene with the hand at a place. */
export function toyObservation(
  scene: ToyScene,
  hand: readonly [number, number] = [0.5, 0.1],
  instruction = `go to the ${scene.target} disc`,
): VlaObservation {
  const rgb = toyPicture(scene, hand);
  return {
    images: { top: { width: TOY_IMAGE, height: TOY_IMAGE, rgb } },
    instruction,
    proprioception: [...hand],
  };
}

/** Standard normal values. */
export function noiseOf(count: number, seed = 3): Float32Array {
  const rng = new Rng(seed);
  return Float32Array.from({ length: count }, () => rng.normal());
}
