import type { RobotSpec } from "../../sim/index.ts";
import { copyMotorCommand, createMotorCommand, type MotorCommand } from "../motor-command.ts";
import type { MotorAuthority } from "../motor-port.ts";
import type { SentCommand } from "../robot-link.ts";
import { copyRobotState, createRobotState, REMOTE_KEYS, type RobotState } from "../robot-state.ts";
import { ArmGuard } from "./arm-guard.ts";
import type { BodyGeometry } from "./body-geometry.ts";
import { BodyWatch } from "./body-watch.ts";
import { refusalOf } from "./chunk-check.ts";
import { type Envelope, type JointLimits, jointLimits } from "./envelope.ts";
import { clipToLimits, limitRate, limitTorque } from "./joint-limiter.ts";
import { type FaultCause, isDriven, LIMITS, nextPhase, type Phase, type PhaseRequest } from "./phase.ts";
import { type TargetChunk, TargetTrack } from "./target-chunk.ts";

/** What a safety layer is for. */
export interface SafetyOptions {
  readonly robot: RobotSpec;
  readonly geometry: BodyGeometry;
  readonly envelope: Envelope;
  readonly imuBody: "pelvis" | "torso";
  /** "arms" leaves the legs to the maker's own controller. Default "body". */
  readonly authority?: MotorAuthority;
  /** Never lets a torque or a gain out. */
  readonly isDryRun?: boolean;
}

/**
 * Everything between a controller and the motors: the state machine of design 4.5, watchdogs, and limits on every number.
 * Pure: time and state come in as arguments, one command comes out; used unchanged by the simulated twin and beside the
 * robot. Allocates nothing after construction. All times are in s on one monotonic clock.
 */
export class SafetyLayer {
  readonly robot: RobotSpec;
  readonly envelope: Envelope;
  /** What the motors are to be told, overwritten by `step`. */
  readonly sent: SentCommand;
  /** Chunks that were refused, since the beginning. */
  refusedChunks = 0;
  readonly #limits: JointLimits;
  readonly #watch: BodyWatch;
  readonly #guard: ArmGuard;
  readonly #authority: MotorAuthority;
  readonly #isDryRun: boolean;
  readonly #track: TargetTrack;
  /** Last targets of all joints that were followed or held, before gains were weakened. */
  readonly #previous: MotorCommand;
  readonly #next: MotorCommand;
  /** Where standing up, or following a controller, began. */
  readonly #from: MotorCommand;
  readonly #rest: Float64Array;
  /** The last state that was plausible; nothing else is ever computed with. */
  readonly #state: RobotState;
  #phase: Phase = "passive";
  #fault: FaultCause = "none";
  #refusal: FaultCause = "none";
  /** Why chunks were refused since the last good one. */
  #chunkRefusal: FaultCause = "none";
  #phaseTime = 0;
  #now = Number.NEGATIVE_INFINITY;
  #checkedSequence = 0;
  #commandTime = Number.NEGATIVE_INFINITY;
  #newestSequence = 0;
  #weight = 0;

  constructor({ robot, geometry, envelope, imuBody, authority = "body", isDryRun = false }: SafetyOptions) {
    this.robot = robot;
    this.envelope = envelope;
    this.#limits = jointLimits(envelope, robot);
    this.#watch = new BodyWatch(robot, geometry, envelope, this.#limits, imuBody);
    this.#guard = new ArmGuard(robot, geometry, envelope.armClearance, this.#limits);
    this.#authority = authority;
    this.#isDryRun = isDryRun;
    this.#previous = createMotorCommand(robot);
    this.#next = createMotorCommand(robot);
    this.#from = createMotorCommand(robot);
    this.#track = new TargetTrack(robot, createMotorCommand(robot));
    this.#state = createRobotState(robot);
    this.#rest = Float64Array.from(robot.joints, (joint) => joint.default);
    this.sent = {
      command: createMotorCommand(robot),
      sequence: 0,
      phase: "passive",
      fault: "none",
      refusal: "none",
      limits: 0,
    };
  }

  get phase(): Phase {
    return this.#phase;
  }

  get fault(): FaultCause {
    return this.#fault;
  }

  /** Emergency stop. Wins over everything, from any phase; only the request "reset" ends it. */
  stop(cause: FaultCause = "emergency stop"): void {
    if (this.#phase === "fault") return; // the first cause is the one to look into
    this.#phase = "fault";
    this.#fault = cause;
    this.#refusal = "none";
  }

  /** The controller is gone. Whatever moves or stands is damped; a robot at rest stays as it is. */
  leaseLost(): void {
    if (isDriven(this.#phase)) this.stop("lease lost");
  }

  /** Asks for another phase, judged by the state of the last `step`. Returns why it did not change, or "none". */
  request(request: PhaseRequest): FaultCause {
    this.#refusal = this.#judge(request);
    if (this.#refusal === "none") this.#enter(nextPhase(this.#phase, request) as Phase);
    return this.#refusal;
  }

  /**
   * Offers targets, at any time and in any phase; followed while running, unless they are refused. Older chunks than the
   * newest are ignored, as a network repeats and reorders them. Returns why they were refused, or "none".
   */
  offer(chunk: TargetChunk, now: number): FaultCause {
    if (this.#phase !== "running") return "wrong phase";
    if (chunk.sequence <= this.#newestSequence) return "none";
    this.#track.sample(now, this.#next);
    const refusal = refusalOf(chunk, this.#next, now, this.#limits, this.envelope);
    if (refusal !== "none") {
      this.refusedChunks++;
      this.#chunkRefusal = refusal;
      return refusal;
    }
    this.#chunkRefusal = "none";
    this.#newestSequence = chunk.sequence;
    this.#track.follow(chunk, now);
    this.#commandTime = Math.max(now, this.#track.end);
    return "none";
  }

  /**
   * One tick of the motor loop.
   *
   * @param now s; must not run backwards
   * @param state the newest state; one that is not plausible counts as none
   * @returns `sent`
   */
  step(now: number, state: RobotState): SentCommand {
    const seconds = this.#advance(now);
    this.#lookAt(state);
    this.#checkSilence();
    this.sent.limits = 0;
    this.sent.sequence = 0;
    switch (this.#phase) {
      case "passive":
        this.#release();
        break;
      case "damping":
      case "fault":
        this.#damp();
        break;
      case "standing-up":
      case "ready":
        this.#stand(seconds);
        break;
      case "running":
        this.#follow(seconds);
        break;
    }
    this.#blendArms(seconds);
    if (this.#isDryRun) this.#withhold();
    this.sent.phase = this.#phase;
    this.sent.fault = this.#fault;
    this.sent.refusal = this.#refusal;
    return this.sent;
  }

  /** Seconds since the last tick; faults where the loop was late or the clock is broken. */
  #advance(now: number): number {
    const seconds = now - this.#now;
    if (this.#now !== Number.NEGATIVE_INFINITY && isDriven(this.#phase)) {
      if (!(seconds >= 0)) this.stop("clock");
      else if (seconds > this.envelope.maxLateness) this.stop("late loop");
    }
    const isFirst = this.#now === Number.NEGATIVE_INFINITY;
    if (Number.isFinite(now)) this.#now = now;
    return isFirst || !(seconds >= 0) ? 0 : Math.min(seconds, this.envelope.maxLateness);
  }

  #lookAt(state: RobotState): void {
    if (state.sequence === this.#checkedSequence) return;
    this.#checkedSequence = state.sequence;
    if (isStopPressed(state.remote.keys)) this.stop();
    if (!this.#watch.isPlausible(state)) return; // silence, if it goes on
    copyRobotState(state, this.#state);
    if (!isDriven(this.#phase)) return;
    const cause = this.#watch.check(this.#state);
    if (cause !== "none") this.stop(cause);
  }

  #checkSilence(): void {
    if (!isDriven(this.#phase)) return;
    if (!(this.#stateAge() <= this.envelope.stateTimeout)) this.stop("state silence"); // also where the age is no number
    if (this.#phase === "running" && this.#now - this.#commandTime > this.#patience())
      this.stop(this.#chunkRefusal === "none" ? "command silence" : this.#chunkRefusal);
  }

  #stateAge(): number {
    return this.#now - this.#state.time;
  }

  /** How long one command lasts: its own period, and those that it is held for. The first one may take its time. */
  #patience(): number {
    if (this.#track.sequence === 0) return this.envelope.firstCommandSeconds;
    return this.envelope.controlPeriod * (1 + this.envelope.holdPeriods);
  }

  #judge(request: PhaseRequest): FaultCause {
    const next = nextPhase(this.#phase, request);
    if (next === undefined) return "wrong phase";
    if (request === "relax" && this.#phase === "damping" && this.#isStillMoving()) return "still moving";
    if (request !== "stand" && request !== "run") return "none";
    if (this.#state.sequence === 0 || !(this.#stateAge() <= this.envelope.stateTimeout))
      return "state silence";
    return request === "stand" ? this.#watch.checkStart(this.#state) : "none";
  }

  /** Arms that are being given back to the maker's controller may not be let go of half way. */
  #isStillMoving(): boolean {
    if (this.#authority === "arms") return this.#weight > 0;
    return this.#watch.fastest(this.#state) > this.envelope.relaxSpeed;
  }

  #enter(phase: Phase): void {
    if (phase === this.#phase) return;
    this.#phase = phase;
    this.#fault = "none";
    this.#phaseTime = this.#now;
    if (phase === "standing-up") this.#begin();
    if (phase === "running") {
      copyMotorCommand(this.#previous, this.#from);
      this.#track.reset(this.#previous);
      this.#commandTime = this.#now;
      this.#newestSequence = 0;
      this.#chunkRefusal = "none";
    }
  }

  /** Standing up starts from where the robot is, inside its limits. */
  #begin(): void {
    const { low, high } = this.#limits;
    for (let j = 0; j < this.#from.q.length; j++)
      this.#from.q[j] = Math.min(high[j], Math.max(low[j], this.#state.q[j]));
    copyMotorCommand(this.#from, this.#previous);
  }

  #release(): void {
    const { q, dq, kp, kd, tau } = this.sent.command;
    for (const values of [dq, kp, kd, tau]) values.fill(0);
    q.set(this.#previous.q);
    this.sent.command.isEnabled = false;
  }

  #damp(): void {
    const { command } = this.sent;
    const { dampingKd } = this.#limits;
    for (let j = 0; j < command.q.length; j++) {
      command.q[j] = this.#previous.q[j];
      command.dq[j] = 0;
      command.kp[j] = 0;
      command.kd[j] = dampingKd[j];
      command.tau[j] = 0;
    }
    command.isEnabled = true;
    if (this.#stateAge() <= this.envelope.stateTimeout)
      this.sent.limits |= limitTorque(command, this.#state, this.#limits);
    this.#leaveLegs(command);
  }

  #stand(seconds: number): void {
    const { joints } = this.robot;
    const share = Math.min(1, (this.#now - this.#phaseTime) / this.envelope.standUpSeconds);
    const strength = this.#phase === "ready" ? 1 : Math.min(1, 4 * share); // full stiffness after a quarter
    for (let j = 0; j < joints.length; j++) {
      const way = this.#phase === "ready" ? 1 : smooth(shareOf(joints[j], share));
      this.#next.q[j] = this.#from.q[j] + way * (this.#rest[j] - this.#from.q[j]);
      this.#next.dq[j] = 0;
      this.#next.tau[j] = 0;
      this.#next.kp[j] = strength * joints[j].kp;
      this.#next.kd[j] = joints[j].kd;
    }
    this.#output(seconds);
    if (this.#phase === "standing-up" && share === 1 && this.#isStanding()) this.#phase = "ready";
  }

  #isStanding(): boolean {
    for (let j = 0; j < this.#rest.length; j++) {
      const isOurs = this.#authority === "body" || this.robot.joints[j].group !== "lower";
      if (isOurs && Math.abs(this.#state.q[j] - this.#rest[j]) > this.envelope.standTolerance) return false;
    }
    return true;
  }

  #follow(seconds: number): void {
    this.#track.sample(this.#now, this.#next);
    const isWaiting = this.#track.sequence === 0;
    if (!isWaiting) this.#blendIn();
    if (this.#now - this.#commandTime > this.envelope.controlPeriod + ROUNDING)
      this.sent.limits |= LIMITS.held;
    if (this.#chunkRefusal !== "none") this.sent.limits |= LIMITS.refused;
    this.sent.sequence = this.#track.sequence;
    this.#output(seconds);
  }

  /** From the held pose and its gains to the controller's, so that its first targets are no blow. */
  #blendIn(): void {
    const elapsed = this.#now - this.#phaseTime;
    if (elapsed >= this.envelope.blendSeconds) return;
    const share = smooth(elapsed / this.envelope.blendSeconds);
    const { q, dq, kp, kd, tau } = this.#next;
    for (let j = 0; j < q.length; j++) {
      q[j] = this.#from.q[j] + share * (q[j] - this.#from.q[j]);
      dq[j] *= share;
      tau[j] *= share;
      kp[j] = this.#from.kp[j] + share * (kp[j] - this.#from.kp[j]);
      kd[j] = this.#from.kd[j] + share * (kd[j] - this.#from.kd[j]);
    }
    this.sent.limits |= LIMITS.blend;
  }

  /** Limits `#next` and makes it the command. The order matters: what is cut last holds without exception. */
  #output(seconds: number): void {
    let limits = clipToLimits(this.#next, this.#state, this.#limits);
    limits |= limitRate(this.#next, this.#previous, seconds, this.#limits);
    if (this.#guard.restrain(this.#state.q, this.#previous.q, this.#next.q, seconds))
      limits |= LIMITS.selfCollision;
    copyMotorCommand(this.#next, this.#previous);
    const { command } = this.sent;
    copyMotorCommand(this.#next, command);
    command.isEnabled = true;
    limits |= limitTorque(command, this.#state, this.#limits);
    this.#leaveLegs(command);
    this.sent.limits |= limits;
  }

  /** Over the maker's controller the legs are told nothing. */
  #leaveLegs(command: MotorCommand): void {
    if (this.#authority === "body") return;
    const { joints } = this.robot;
    for (let j = 0; j < joints.length; j++) {
      if (joints[j].group !== "lower") continue;
      command.dq[j] = 0;
      command.kp[j] = 0;
      command.kd[j] = 0;
      command.tau[j] = 0;
    }
  }

  #blendArms(seconds: number): void {
    const step = seconds / this.envelope.armReleaseSeconds;
    const goal = isDriven(this.#phase) ? 1 : 0;
    this.#weight =
      goal > this.#weight ? Math.min(goal, this.#weight + step) : Math.max(goal, this.#weight - step);
    this.sent.command.weight = this.#authority === "arms" ? this.#weight : 0;
  }

  #withhold(): void {
    const { dq, kp, kd, tau } = this.sent.command;
    dq.fill(0);
    kp.fill(0);
    kd.fill(0);
    tau.fill(0);
    this.sent.command.isEnabled = false;
    this.sent.command.weight = 0;
    this.sent.limits |= LIMITS.dryRun;
  }
}

/** Arms open before they bend, so that no hand stays behind a thigh; legs take all the time. */
function shareOf({ name, group }: RobotSpec["joints"][number], share: number): number {
  if (group === "lower") return share;
  return name.includes("shoulder_roll") ? Math.min(1, 2 * share) : Math.max(0, 2 * share - 1);
}

/** Whether the remote control asks for a stop: L2 with B, or select. */
function isStopPressed(keys: number): boolean {
  const both = REMOTE_KEYS.L2 | REMOTE_KEYS.B;
  return (keys & both) === both || (keys & REMOTE_KEYS.select) !== 0;
}

/** Seconds by which sums of timesteps miss a round number. */
const ROUNDING = 1e-6;

/** From 0 to 1 with level ends. */
function smooth(x: number): number {
  const t = Math.min(1, Math.max(0, x));
  return t * t * (3 - 2 * t);
}
