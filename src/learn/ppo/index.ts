export { CheckpointError } from "./checkpoint.ts";
export { ActorConfig, CriticConfig, PpoConfig, SymmetryUse } from "./config.ts";
export type { EpisodeSummary } from "./episode-log.ts";
export { DivergedError, PpoConfigError } from "./errors.ts";
export { type GaeOptions, gae } from "./gae.ts";
export { isMirror, type MirrorMap, type MirrorMaps } from "./mirror.ts";
export { type LearningSummary, Ppo, type PpoOptions } from "./ppo.ts";
export type { Rollout } from "./rollout.ts";
export type { VecEnvironment, VecObservations, VecStep } from "./vec-environment.ts";
