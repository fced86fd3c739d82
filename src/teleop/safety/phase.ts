/**
 * What a robot is allowed to do. `passive`: motors off. `damping`: motors brake, and hold nothing up. `standing-up`: from
 * the measured pose to the default pose. `ready`: holds that pose. `running`: follows the targets it is sent. `fault`:
 * damping that only a deliberate reset ends.
 */
export type Phase = (typeof PHASES)[number];
/** All phases; their positions are their codes in binary frames. */
export const PHASES = ["passive", "damping", "standing-up", "ready", "running", "fault"] as const;

/** What an operator may ask for; a fault comes by itself, or by an emergency stop. */
export type PhaseRequest = (typeof PHASE_REQUESTS)[number];
export const PHASE_REQUESTS = ["relax", "damp", "stand", "run", "reset"] as const;

/** Whether motors hold the robot up or move it. */
export function isDriven(phase: Phase): boolean {
  return phase === "standing-up" || phase === "ready" || phase === "running";
}

/** Why a robot faulted, or will not do as it was asked. Positions are codes in binary frames: only ever append. */
export type FaultCause = (typeof FAULT_CAUSES)[number];
export const FAULT_CAUSES = [
  "none",
  "emergency stop",
  "command silence",
  "state silence",
  "lease lost",
  "not finite",
  "target jump",
  "tilt",
  "base height",
  "joint position",
  "joint speed",
  "joint temperature",
  "motor fault",
  "battery",
  "late loop",
  "clock",
  "state not plausible",
  "wrong phase",
  "still moving",
  "owner silence",
] as const;

/** What cut a command down; bits of `SentCommand.limits`. */
export const LIMITS = {
  position: 1 << 0,
  velocity: 1 << 1,
  torque: 1 << 2,
  rate: 1 << 3,
  gain: 1 << 4,
  selfCollision: 1 << 5,
  blend: 1 << 6,
  refused: 1 << 7,
  held: 1 << 8,
  dryRun: 1 << 9,
} as const;

/**
 * The phase that a request leads to, or undefined where it does not lead anywhere from here. `ready` is not asked for: it
 * follows from `standing-up`.
 */
export function nextPhase(phase: Phase, request: PhaseRequest): Phase | undefined {
  return TRANSITIONS[phase][request];
}

const TRANSITIONS: Readonly<Record<Phase, Partial<Record<PhaseRequest, Phase>>>> = {
  passive: { damp: "damping", relax: "passive" },
  damping: { damp: "damping", relax: "passive", stand: "standing-up" },
  "standing-up": { damp: "damping" },
  ready: { damp: "damping", run: "running" },
  running: { damp: "damping" },
  fault: { reset: "damping" },
};
