export { type IterationReport, LowerTrainConfig, LowerTrainer } from "./almi/lower-trainer.ts";
export { type EvaluateOptions, evaluate } from "./evaluation/evaluate.ts";
