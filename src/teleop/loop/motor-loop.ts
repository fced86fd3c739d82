import { copyMotorCommand, createMotorCommand } from "../motor-command.ts";
import type { MotorPort } from "../motor-port.ts";
import type { SentCommand } from "../robot-link.ts";
import type { Phase } from "../safety/phase.ts";
import type { SafetyLayer } from "../safety/safety-layer.ts";

/** Period of the motor loop, s: Unitree's robots send a state every 2 ms. */
export const MOTOR_PERIOD = 0.002;

/** One port behind one safety layer. Whoever calls `tick` decides how time passes. */
export class MotorLoop {
  readonly port: MotorPort;
  readonly safety: SafetyLayer;
  readonly #isDryRun: boolean;
  #phase: Phase = "passive";

  /** In a dry run nothing is ever written to the port. */
  constructor(port: MotorPort, safety: SafetyLayer, isDryRun = false) {
    this.port = port;
    this.safety = safety;
    this.#isDryRun = isDryRun;
  }

  /** Takes in the newest state, passes safety, writes. Allocates nothing. Returns what was written, kept and overwritten. */
  tick(now: number): SentCommand {
    const { port, safety } = this;
    port.poll(now);
    const sent = safety.step(now, port.state);
    if (!this.#isDryRun) port.write(sent.command);
    if (sent.phase !== this.#phase) {
      this.#phase = sent.phase;
      port.enter?.(sent.phase);
    }
    return sent;
  }
}

/** A record of what was sent, before anything was. */
export function createSentCommand(robot: MotorPort["robot"]): SentCommand {
  return {
    command: createMotorCommand(robot),
    sequence: 0,
    phase: "passive",
    fault: "none",
    refusal: "none",
    limits: 0,
  };
}

/** Copies one record over another of the same robot. Allocates nothing. */
export function copySentCommand(from: SentCommand, to: SentCommand): void {
  copyMotorCommand(from.command, to.command);
  to.sequence = from.sequence;
  to.phase = from.phase;
  to.fault = from.fault;
  to.refusal = from.refusal;
  to.limits = from.limits;
}
