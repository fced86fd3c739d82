export { type AdamOptions, type AdamState, adam, adamInputs, decayMask } from "./adam.ts";
export { descend } from "./descend.ts";
export { EvolutionStrategy } from "./evolution-strategy.ts";
export { clipByNorm } from "./gradient-norm.ts";
export {
  constantSchedule,
  cosineSchedule,
  linearSchedule,
  type OneCycle,
  oneCycleSchedule,
  type Schedule,
} from "./schedules.ts";
export { carry, TrainingSession, TrainingStateError } from "./training-session.ts";
