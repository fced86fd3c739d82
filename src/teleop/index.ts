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
export {
  FAULT_CAUSES,
  type FaultCause,
  LIMITS,
  PHASE_REQUESTS,
  PHASES,
  type Phase,
  type PhaseRequest,
} from "./safety/phase.ts";
