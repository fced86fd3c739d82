export { ViewerStream } from "./bridge/bridge-streams.ts";
export { CommandRamp } from "./control/command-ramp.ts";
export { type DriveOptions, type DriveResult, driveLink, type Refusal } from "./control/drive-link.ts";
export { LinkObserver } from "./control/link-observer.ts";
export { LinkClosedError, RobotMissingError } from "./errors.ts";
export { copyMotorCommand, createMotorCommand, type MotorCommand } from "./motor-command.ts";
export type { MotorAuthority } from "./motor-port.ts";
export type { RobotLink, SentCommand } from "./robot-link.ts";
export {
  type Battery,
  copyRobotState,
  createRobotState,
  type InertialReading,
  REMOTE_KEYS,
  type RemoteControl,
  type RobotState,
} from "./robot-state.ts";
export { type BodyGeometry, parseGeometry } from "./safety/body-geometry.ts";
export { Envelope, parseEnvelope } from "./safety/envelope.ts";
export { pelvisFromTorso, pelvisRateFromTorso } from "./safety/pelvis-frame.ts";
export {
  FAULT_CAUSES,
  type FaultCause,
  LIMITS,
  PHASE_REQUESTS,
  PHASES,
  type Phase,
  type PhaseRequest,
} from "./safety/phase.ts";
export { SafetyLayer, type SafetyOptions } from "./safety/safety-layer.ts";
export {
  createTargetChunk,
  MAX_CHUNK_POINTS,
  setSingleTarget,
  type TargetChunk,
} from "./safety/target-chunk.ts";
