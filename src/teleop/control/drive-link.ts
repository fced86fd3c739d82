import type { Policy, Request } from "../../policies/index.ts";
import { createMotorCommand } from "../motor-command.ts";
import type { RobotLink } from "../robot-link.ts";
import { type FaultCause, isDriven, type Phase, type PhaseRequest } from "../safety/phase.ts";
import { CommandRamp } from "./command-ramp.ts";
import { LinkObserver } from "./link-observer.ts";

export interface DriveOptions {
  readonly link: RobotLink;
  readonly policy: Policy;
  /** What the robot is asked to do, as in a rollout. */
  readonly request: Request;
  /** How long the policy acts, s. */
  readonly seconds: number;
  /** How fast the velocity command may change, m/s² and rad/s². */
  readonly acceleration: number;
  readonly signal?: AbortSignal;
  /** Every 20 ms until the policy acts, while the robot stands up. */
  readonly rising?: () => void;
  /** After each control step; everything is kept and overwritten. */
  readonly step?: (observer: LinkObserver, sent: RobotLink["sent"]) => void;
}

/** Why a robot did not run: what it said, or that it said nothing in time, or that nobody wants it to any more. */
export type Refusal = FaultCause | "no answer" | "called off";

export interface DriveResult {
  /** How long the policy acted, s. */
  readonly seconds: number;
  readonly steps: number;
  /** Where the robot's state machine was when the policy ended. */
  readonly phase: Phase;
  readonly fault: FaultCause;
  /** Why the robot did not get as far as running; "none" where it did. */
  readonly refusal: Refusal;
  /** Control steps that began later than a whole period after their time. */
  readonly lateSteps: number;
}

/** How long a phase may take to come about, s: standing up is the longest. */
const PATIENCE = 15;

/**
 * Runs a policy on a robot, or on a twin of one: damping, standing up, running, and damping again at the end. The policy,
 * its observations and the request are those of `rollout`; only where the state comes from and the targets go differs.
 */
export async function driveLink(options: DriveOptions): Promise<DriveResult> {
  const { link, policy } = options;
  const refusal = await standUp(options);
  const done = { seconds: 0, steps: 0, lateSteps: 0 };
  if (refusal !== "none") return { ...done, phase: link.sent.phase, fault: link.sent.fault, refusal };
  policy.reset();
  try {
    const counts = await act(options);
    return { ...counts, phase: link.sent.phase, fault: link.sent.fault, refusal };
  } finally {
    if (isDriven(link.sent.phase)) link.request("damp");
  }
}

/** Brings a robot to `ready`. Returns why it would not, or "none". */
async function standUp(options: DriveOptions): Promise<Refusal> {
  const { link } = options;
  if (link.sent.phase === "running" || link.sent.phase === "ready") return "none";
  if (link.sent.phase === "fault") return link.sent.fault; // a reset is for a person to ask for
  if (link.sent.phase === "passive") await ask(options, "damp", "damping");
  return ask(options, "stand", "ready");
}

async function ask(
  { link, signal, rising }: DriveOptions,
  request: PhaseRequest,
  goal: Phase,
): Promise<Refusal> {
  const start = link.now();
  link.request(request);
  while (link.sent.phase !== goal) {
    await link.waitUntil(link.now() + 0.02);
    rising?.();
    const { phase, fault, refusal } = link.sent;
    if (phase === "fault") return fault;
    if (refusal !== "none") return refusal;
    if (signal?.aborted === true) return "called off";
    if (link.now() - start > PATIENCE) return "no answer";
  }
  return "none";
}

async function act(options: DriveOptions): Promise<Pick<DriveResult, "seconds" | "steps" | "lateSteps">> {
  const { link, policy, request, signal } = options;
  const period = policy.controlTimestep;
  const observer = new LinkObserver(link);
  const targets = createMotorCommand(link.robot);
  const ramp = new CommandRamp(options.acceleration);
  const last = Math.round(options.seconds / period);
  link.request("run");
  let start = link.now();
  let [steps, lateSteps] = [0, 0];
  for (; steps < last && signal?.aborted !== true; steps++) {
    const time = steps * period;
    const state = observer.observe(time, steps);
    request.reference?.(time, state.reference);
    ramp.follow(request.command(time), period, state.command);
    await policy.act(state, targets);
    targets.isEnabled = true;
    link.send(targets);
    const due = start + (steps + 1) * period;
    const late = link.now() - due;
    if (late > period) {
      lateSteps++;
      start += late; // steps are a period apart; lost time is lost
    }
    await link.waitUntil(due);
    options.step?.(observer, link.sent);
    const { phase } = link.sent;
    if (phase !== "running" && (phase !== "ready" || time > JOINING)) break;
  }
  return { seconds: steps * period, steps, lateSteps };
}

/** Over a network, or from a busy machine, the word that the robot runs comes back later than it was asked to, s. */
const JOINING = 2;
