export { type DemoSet, makeDemoSet } from "./episodes/demo-set.ts";
export { episodeFor, taskFor } from "./episodes/find-episode.ts";
export { type DemoJob, type DemoWork, demoJobs, makeDemos } from "./episodes/make-demos.ts";
export { type EnvironmentSetup, openEnvironment } from "./episodes/open-environment.ts";
export { type ExpertOutcome, type ExpertWork, measureExperts, tryExperts } from "./episodes/try-experts.ts";
export { type EvaluationWork, evaluationJobs } from "./evaluation/evaluate.ts";
export { evaluateVla } from "./evaluation/evaluate-parallel.ts";
export {
  decodeNumpyMessage,
  encodeNumpyMessage,
  type NumpyArray,
  type NumpyValue,
} from "./remote/numpy-message.ts";
export { PolicyClient, type PolicyClientOptions } from "./remote/policy-client.ts";
export { PolicyServer, type PolicyServerOptions } from "./remote/policy-server.ts";
export { serveVla } from "./remote/serve-vla.ts";
