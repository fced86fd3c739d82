import { existsSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { Rng } from "../../common/index.ts";
import { decodeTensorFile, encodeTensorFile, float32Tensor } from "../../learn/index.ts";
import {
  CoinFlipConfig,
  CoinFlipTrainer,
  coinFlipScorer,
  collectFeatures,
  columnWeights,
  DISTILLATION,
  ellipticalScorer,
  type FeatureTable,
  FixedNoise,
  FourierConfig,
  FreshNoise,
  featureTable,
  fitFourierCounter,
  fourierScorer,
  neighbourScorer,
  PUBLISHED_COIN_FLIP,
  SCALED_COIN_FLIP,
  type ScorerOrigin,
  SmallVla,
  VlaMismatchError,
  weighted,
} from "../../vla/index.ts";
import { defineCommand } from "../command.ts";
import type { CommandIo } from "../command-io.ts";
import { readBytes } from "../files.ts";
import { softwareVersions } from "../provenance.ts";
import { claimRunPath, RunFolder } from "../runs/run-folder.ts";
import { readDemos, readVla, SCORER_FILES, VlaFlag } from "../vla-files.ts";

const FEATURES = "features.safetensors";
/** The seed of the noise bank that TACO's code uses for features and candidates alike. */
const BANK_SEED = 42;

const Flags = z.strictObject({
  vla: VlaFlag,
  demos: z.array(z.string()).default(["demos"]).meta({ description: "demonstrations", placeholder: "path" }),
  onlySuccesses: z.boolean().default(false).describe("leave failed demonstrations out"),
  seed: z.int().nonnegative().default(1).describe("seed of all randomness"),
  frames: z.int().positive().default(40_000).describe("frames that are counted, at most"),
  idleShare: z
    .number()
    .min(0)
    .max(0.95)
    .default(0.33)
    .describe(
      "of frames in which next to nothing moves, which are not counted; 0 counts the ends of episodes, too",
    ),
  search: z
    .enum(["full", "one-step", "none"])
    .default("one-step")
    .describe("predictions from pure noise, from the chunk with the last step's noise, or no search"),
  draws: z.int().positive().default(16).describe("predictions to choose from"),
  noise: z.enum(["fixed", "fresh"]).default("fresh").describe("one bank for all frames, or new noise"),
  recipe: z
    .enum(["fourier", "steady", "scaled", "published"])
    .default("fourier")
    .describe(
      "a random hidden layer, fitted at once; many coins and an ensemble; the paper's with a smaller width; the paper's",
    ),
  outlook: z
    .number()
    .nonnegative()
    .default(2)
    .describe("what the model makes of the observation alone counts so many times; 0: the published feature"),
  fourier: FourierConfig.prefault({}),
  counter: CoinFlipConfig.prefault({}),
  ridge: z.number().positive().default(1e-3).describe("of the elliptical score, share of the mean square"),
  baselines: z
    .boolean()
    .default(true)
    .describe("the scorers that TACO is compared with, too: elliptical, knn, rnd"),
  features: z
    .string()
    .optional()
    .meta({ description: "run whose features are used again", placeholder: "folder" }),
  runs: z.string().default("runs").meta({ description: "folder of all runs", placeholder: "folder" }),
  threads: z.int().positive().default(2).describe("processor threads"),
});
type Flags = z.output<typeof Flags>;

/** `contrapposto train taco`. */
export const trainTaco = defineCommand({
  description: `Collects a VLA's features on demonstrations (for each frame that of the best of N predictions) and trains what scores a
candidate chunk by them: coin flip networks, random network distillation, the closed-form elliptical score and nearest
neighbours, an ONNX file each. Features are kept in the run folder: --features counts them again with another recipe.`,
  flags: Flags,
  examples: [
    { line: "train taco --vla runs/vla/20260101-120000_flow", about: "with the default recipe" },
    {
      line: "train taco --vla runs/vla/20260101-120000_flow --features runs/taco/20260101-130000_fourier --recipe scaled",
      about: "the paper's recipe on the same features",
    },
  ],
  run: async (flags, io) => {
    using model = await SmallVla.load(await readVla(flags.vla), { threads: flags.threads });
    const config = counterConfig(flags);
    const plain = await features(model, flags, io);
    if (plain.count === 0) return io.result({ end: "interrupted", features: 0 });
    const path = claimRunPath(flags.runs, "taco", flags.recipe);
    using folder = await RunFolder.create(
      path,
      { kind: "taco", ...flags, counter: config },
      await softwareVersions(),
    );
    await folder.keep(FEATURES, tableFile(plain, model.spec.modelHash));
    if (io.signal.aborted)
      return io.result(
        { run: path, end: "interrupted", features: plain.count },
        (result) => `${result.features} features so far; to count those alone: train taco --features ${path}`,
      );
    const weights = columnWeights(plain.size, flags.outlook);
    const table = weighted(plain, weights);
    const origin = { modelHash: model.spec.modelHash, samples: table.count, weights };
    const rng = new Rng(flags.seed).fork("taco");
    const recipes: [keyof typeof SCORER_FILES, CoinFlipConfig][] = [];
    if (flags.baselines) {
      await folder.keep(SCORER_FILES.elliptical, ellipticalScorer(table, flags.ridge, origin));
      const knn = { neighbours: 10, capacity: 8192 };
      await folder.keep(SCORER_FILES.knn, neighbourScorer(table, knn, rng.fork("knn"), origin));
      recipes.push(["rnd", { ...DISTILLATION, epochs: config.epochs, minUpdates: config.minUpdates }]);
    }
    if (flags.recipe === "fourier") await folder.keep(SCORER_FILES.taco, await fourier(table, flags, origin));
    else recipes.unshift(["taco", config]);
    for (const [name, recipe] of recipes) {
      const nets = await trainNets(table, recipe, rng.fork(name), name, flags, folder, io);
      if (nets.length === 0) return io.result({ run: path, end: "interrupted", features: table.count });
      await folder.keep(SCORER_FILES[name], coinFlipScorer(nets, recipe, table.size, origin));
    }
    io.result(
      { run: path, end: "done", features: table.count, featureSize: table.size, recipe: flags.recipe },
      (result) => `${result.features} features of ${result.featureSize}; scorers in ${path}`,
    );
  },
});

function counterConfig({ recipe, counter }: Flags): CoinFlipConfig {
  if (recipe === "published") return PUBLISHED_COIN_FLIP;
  return recipe === "scaled" ? SCALED_COIN_FLIP : counter;
}

async function fourier(table: FeatureTable, flags: Flags, origin: ScorerOrigin): Promise<Uint8Array> {
  const rng = new Rng(flags.seed).fork("taco").fork("taco");
  const counter = await fitFourierCounter(table, flags.fourier, rng, { threads: flags.threads });
  return fourierScorer(counter, flags.fourier, table.size, origin);
}

async function features(model: SmallVla, flags: Flags, io: CommandIo): Promise<FeatureTable> {
  if (flags.features !== undefined) {
    const path = existsSync(join(flags.features, FEATURES)) ? join(flags.features, FEATURES) : flags.features;
    const { tensors, metadata } = decodeTensorFile(await readBytes(path));
    if (metadata.modelHash !== model.spec.modelHash)
      throw new VlaMismatchError(
        `The features are of model ${metadata.modelHash}, the VLA is ${model.spec.modelHash}.`,
        "Leave out --features, or name a run of the same VLA.",
      );
    return featureTable(tensors.features.data as Float32Array, model.spec.featureSize);
  }
  const set = await readDemos(flags.demos, flags.onlySuccesses);
  using progress = io.progress("features", flags.frames);
  const rng = new Rng(flags.seed).fork("features");
  const noise = flags.noise === "fixed" ? new FixedNoise(BANK_SEED) : new FreshNoise(rng.fork("noise"));
  const { features: table } = await collectFeatures(model, set, noise, {
    search: { variant: flags.search, draws: flags.draws },
    frames: flags.frames,
    idleShare: flags.idleShare,
    rng,
    signal: io.signal,
    onProgress: (done, total) => progress.update(done, { total }),
  });
  return table;
}

async function trainNets(
  table: FeatureTable,
  config: CoinFlipConfig,
  rng: Rng,
  name: string,
  flags: Flags,
  folder: RunFolder,
  io: CommandIo,
) {
  using trainer = await CoinFlipTrainer.create(table, config, { threads: flags.threads });
  const { batchesPerEpoch, epochs } = trainer.plan;
  const total = config.nets * batchesPerEpoch * epochs;
  using progress = io.progress(name, total);
  const nets = [];
  let done = 0;
  for (let k = 0; k < config.nets; k++) {
    if (io.signal.aborted) return [];
    let sum = 0;
    const net = await trainer.train(rng.fork(k), ({ loss }) => {
      sum += loss;
      progress.update(++done, { details: `net ${k + 1} of ${config.nets}  loss ${loss.toFixed(3)}` });
    });
    nets.push(net);
    await folder.log(done, { [`${name}Loss`]: sum / (batchesPerEpoch * epochs) });
  }
  return nets;
}

function tableFile({ rows, count, size }: FeatureTable, modelHash: string): Uint8Array {
  return encodeTensorFile({
    tensors: { features: float32Tensor("", [count, size], rows.slice()) },
    metadata: { modelHash },
  });
}
