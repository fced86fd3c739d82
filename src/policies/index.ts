export { LowerJudge } from "./almi/lower-judge.ts";
export { almiLowerTask, fineLowerTask, shapedLowerTask } from "./almi/lower-task.ts";
export { almiUpperTask, shapedUpperTask } from "./almi/upper-task.ts";
export { BalancePolicy } from "./balance-policy.ts";
export { type ControllerFile, createController } from "./controller.ts";
export { type EpisodeMetrics, LocomotionMetrics } from "./evaluation/locomotion-metrics.ts";
export {
  type EvalEpisode,
  LEVELS,
  locomotionEpisodes,
  type ProtocolOptions,
} from "./evaluation/locomotion-protocol.ts";
export {
  type Drift,
  type EpisodeOutcome,
  HELD,
  type LevelReport,
  reportByLevel,
  reportEpisodes,
} from "./evaluation/locomotion-report.ts";
export {
  type MotionSurvival,
  type MotionSurvivalOptions,
  motionEpisodes,
  rankBySurvival,
} from "./evaluation/motion-survival.ts";
export type { EvaluationSetup } from "./evaluation/run-episodes.ts";
export { comparePolicy, type PolicyChange, type PolicyComparison, policyChanges } from "./file/changes.ts";
export { companionFiles, withCompanions } from "./file/companions.ts";
export {
  PolicyFileError,
  UndescribedPolicyError,
  UnsafePickleError,
  UnsupportedPolicyError,
} from "./file/errors.ts";
export {
  type InspectedJoint,
  type InspectedPort,
  type InspectedTerm,
  inspectPolicy,
  type PolicyInspection,
} from "./file/inspect.ts";
export { observationLayout } from "./file/layout.ts";
export { type Finding, lintPolicy } from "./file/lint.ts";
export {
  type PolicyFile,
  type PolicyFileHints,
  type PolicySource,
  readPolicyFile,
  writePolicyFile,
} from "./file/policy-file.ts";
export type { PolicyPorts } from "./file/ports.ts";
export type { PolicyPreset } from "./file/presets/preset.ts";
export { HoldPosePolicy } from "./hold-pose.ts";
export { MotionPolicy } from "./motion-policy.ts";
export { OnnxPolicy, PolicyMismatchError, PolicyOutputError, requireFit } from "./onnx-policy.ts";
export type { Policy } from "./policy.ts";
export {
  type Request,
  type RolloutOptions,
  type RolloutResult,
  type RolloutStep,
  rollout,
  type ScheduledPush,
  type Subscriber,
} from "./rollout.ts";
export { ControlSession, type PlayedMotion } from "./session/control-session.ts";
export { dampOnly } from "./session/damp-only.ts";
export { networksOf, type TrainedRange } from "./session/driven-robot.ts";
export { HeldForce } from "./session/held-force.ts";
export { actionScales, type CommandRange, PolicySpec, Provenance, RecurrentState } from "./spec.ts";
export { type SwingPose, swingPoseOf } from "./swing-pose.ts";
export { amountsOf, type TrimAxis, trimAxes, trimmed, trimOf } from "./trim/axes.ts";
export { trimEpisodes } from "./trim/episodes.ts";
export { WholeBodyPolicy } from "./whole-body.ts";
