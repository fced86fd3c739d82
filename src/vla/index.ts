export { ChunkQueue, guidanceWeights, type QueueCounts, type QueueOptions } from "./chunking/chunk-queue.ts";
export { demoEpisodes } from "./data/demo-episodes.ts";
export { type EpisodeSet, joinSets, type TrainingEpisode } from "./data/episodes.ts";
export {
  NotFiniteError,
  RemotePolicyError,
  SelectorNeedsError,
  VlaFileError,
  VlaMismatchError,
} from "./errors.ts";
export { bootstrapMean, type Interval } from "./evaluation/bootstrap.ts";
export { comparePaired, holm, mcnemarExact, type Pairing } from "./evaluation/paired.ts";
export { type Arm, Pilot, type PilotOptions, type Plan } from "./evaluation/pilot.ts";
export { type Rate, reportVla, type SceneOutcome, type VlaReport } from "./evaluation/report.ts";
export { type ArmOutcome, type EpisodeOptions, runEpisode } from "./evaluation/run-episode.ts";
export {
  type CameraImage,
  type Candidates,
  type Guidance,
  noiseSize,
  type ObservationContext,
  type SampleOptions,
  type VlaModel,
  type VlaObservation,
} from "./model.ts";
export { FixedNoise, FreshNoise, type NoiseSource } from "./noise-bank.ts";
export { checkAgainstRobot, outsideShare } from "./normalisation.ts";
export {
  type Decision,
  type Scorers,
  SELECTORS,
  type Selection,
  type Selector,
  type SelectorName,
  selectorNamed,
} from "./selection/selectors.ts";
export type { VlaFiles } from "./small/export.ts";
export { readVlaSpec, SmallVla } from "./small/small-vla.ts";
export { type TrainingReport, VlaTrainer } from "./small/trainer.ts";
export { VlaTraining } from "./small/training-config.ts";
export {
  CoinFlipConfig,
  CoinFlipShape,
  DISTILLATION,
  PUBLISHED_COIN_FLIP,
  SCALED_COIN_FLIP,
} from "./taco/coin-flip-config.ts";
export { coinFlipScorer } from "./taco/coin-flip-scorer.ts";
export { type CoinFlipNet, CoinFlipTrainer } from "./taco/coin-flip-trainer.ts";
export { type CollectedFeatures, collectFeatures } from "./taco/collect-features.ts";
export { ellipticalScorer } from "./taco/elliptical.ts";
export { FeatureScorer, lowest, pseudoCount } from "./taco/feature-scorer.ts";
export { type FeatureSearch, searchFeature } from "./taco/feature-search.ts";
export { columnWeights, type FeatureTable, featureTable, weighted } from "./taco/feature-table.ts";
export { FourierConfig } from "./taco/fourier-config.ts";
export { fitFourierCounter, fourierScorer } from "./taco/fourier-counter.ts";
export { neighbourScorer } from "./taco/neighbours.ts";
export type { ScorerManifest, ScorerOrigin } from "./taco/scorer-file.ts";
export { ActionDim, Head, Statistics, VlaSpec } from "./vla-spec.ts";
