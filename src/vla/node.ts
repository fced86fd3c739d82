export { type DemoSet, makeDemoSet } from "./episodes/demo-set.ts";
export { type DemoJob, type DemoWork, demoJobs, makeDemos } from "./episodes/make-demos.ts";
export { type EnvironmentSetup, openEnvironment } from "./episodes/open-environment.ts";
export { type SpreadOptions, spreadWork } from "./episodes/spread-work.ts";
export { type EvaluationWork, evaluationJobs } from "./evaluation/evaluate.ts";
export { evaluateVla } from "./evaluation/evaluate-parallel.ts";
