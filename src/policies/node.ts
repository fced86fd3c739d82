export {
  beginStage,
  currentStage,
  PipelineState,
  type PlannedStage,
  planPipeline,
  recordSession,
  type StageRecord,
  startPipeline,
} from "./almi/pipeline.ts";
export { type Half, type OpponentEntry, StageConfig } from "./almi/stage-config.ts";
export { type StageOptions, stageConfig, type TrainingPreset } from "./almi/stage-presets.ts";
export type { StageSetup } from "./almi/stage-setup.ts";
export { type IterationReport, StageTrainer, type TrainingWindow } from "./almi/stage-trainer.ts";
export { StopRule } from "./almi/stopping.ts";
export { evaluate } from "./evaluation/evaluate.ts";
export { type Trimming, type TrimOptions, trim } from "./trim/trim.ts";
