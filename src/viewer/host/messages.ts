import type { Finding, PolicyChange, PolicyInspection } from "../../policies/index.ts";
import type { SceneDescription } from "../../sim/index.ts";
import type { Futures, Instruction, Painting, Pictures, VlaDecision, VlaFacts } from "./vla-messages.ts";

/** How far a drag pulls a body: at a point of it, toward a point of the world. */
export interface Grab {
  readonly body: number;
  /** Body frame, m. */
  readonly point: readonly [number, number, number];
  /** World, m: where the hand is. For a torque, how far the hand has turned the body, rad, about the world's axes. */
  readonly target: readonly [number, number, number];
  readonly kind: "force" | "torque";
}

/**
 * What changes a running world; a velocity is for the companion that it names, else for the robot. Everything that a
 * replay of a link must repeat is one of these.
 */
export type Input =
  | { readonly op: "velocity"; readonly velocity: Triple; readonly robot?: string | undefined }
  | { readonly op: "grab"; readonly grab: Grab | null }
  | { readonly op: "push"; readonly velocity: readonly [number, number, number] }
  | { readonly op: "motion"; readonly motion: string | null; readonly amplitude: number }
  | { readonly op: "policy"; readonly policies: readonly string[] }
  | { readonly op: "reset"; readonly keyframe: string | null };

/** Which world to open. */
export interface WorldChoice {
  readonly robot: string;
  readonly scene: string;
  readonly seed: number;
  /** Ids in the catalogue, for disjoint joints; none: the robot balances. */
  readonly policies: readonly string[];
  /**
   * Further robots, as ROBOT or ROBOT@X,Y,DEGREES; those of the robot's kind have its policies, others the ones that ship
   * for them.
   */
  readonly companions?: readonly string[];
}

/** What the page wants to see beside body poses; the rest is not computed. */
export interface Watch {
  readonly contacts: boolean;
  readonly ghost: boolean;
  /** Body under the inspector; -1 for none. */
  readonly body: number;
}

/** What the page asks of the worker. */
export type HostRequest =
  | { readonly op: "load"; readonly robot: string; readonly scene: string }
  | {
      readonly op: "open";
      readonly world: WorldChoice;
      /** Where the choice names no policy, those that ship for the robot act. */
      readonly wantsShipped: boolean;
    }
  | { readonly op: "openRecording"; readonly bytes: Uint8Array; readonly name: string }
  | { readonly op: "openJournal"; readonly text: string }
  | {
      readonly op: "connect";
      readonly url: string;
      readonly token: string | undefined;
      readonly name: string;
    }
  | { readonly op: "input"; readonly input: Input }
  | { readonly op: "pause"; readonly isPaused: boolean }
  | { readonly op: "step"; readonly count: number }
  | { readonly op: "speed"; readonly factor: number }
  | { readonly op: "seek"; readonly step: number }
  | { readonly op: "watch"; readonly watch: Watch }
  | { readonly op: "record"; readonly isOn: boolean }
  | { readonly op: "share" }
  | { readonly op: "addPolicy"; readonly name: string; readonly bytes: Uint8Array }
  | {
      readonly op: "control";
      readonly action: "acquire" | "takeOver" | "release" | "deny" | "estop" | "clearStop";
    }
  | { readonly op: "transition"; readonly to: "passive" | "damping" | "standing-up" | "running" }
  | { readonly op: "peek"; readonly environment: number }
  | { readonly op: "instruct"; readonly wish: Instruction };

/** A run of numbers in each sample. */
export interface Signal {
  readonly name: string;
  readonly size: number;
  readonly unit: string;
  readonly labels?: readonly string[] | undefined;
}

/** A moment of the world. Arrays are the receiver's. */
export interface Frame {
  /** Simulated time, s, and control steps since the world began. */
  readonly time: number;
  readonly step: number;
  /** World poses of all bodies: position, m, and [w, x, y, z], [7 nbody]. */
  readonly poses: Float32Array;
  /** The same with the arms where the reference asks for them; absent where nobody watches. */
  readonly ghost?: Float32Array | undefined;
  /** Rows of geom, geom, position [3], m, force on the second [3], N; world. */
  readonly contacts?: Float32Array | undefined;
  /** Centre of mass of the robot, world, m. */
  readonly centre: readonly [number, number, number];
  /** Samples since the last frame, oldest first, each as the signals say. */
  readonly samples: Float32Array;
  /** The world did not come here by itself: a reset, a jump. */
  readonly isJump: boolean;
  /** Velocity of the inspected body at its centre, world, m/s and rad/s, and the contact force on it, N. */
  readonly inspected?:
    | { readonly linear: Triple; readonly angular: Triple; readonly force: Triple }
    | undefined;
}

type Triple = readonly [number, number, number];

/** Lowest and highest vx, vy, m/s, and yaw rate, rad/s. */
export type CommandRanges = readonly (readonly [number, number])[];

/** Slow facts about what runs. */
export interface SessionState {
  readonly mode: "local" | "live" | "replay";
  /** What is on the other side; not all can be paused, reset or commanded. */
  readonly kind: "simulation" | "robot" | "training" | "vla";
  readonly isPaused: boolean;
  readonly speed: number;
  readonly world: WorldChoice;
  readonly policyNames: readonly string[];
  /** Trained ranges of vx, vy and yaw rate; a range of zero where the command is ignored. */
  readonly ranges: CommandRanges;
  /** The same of each companion, by name. */
  readonly companionRanges?: Readonly<Record<string, CommandRanges>>;
  readonly motion: string | null;
  readonly amplitude: number;
  readonly isRecording: boolean;
  readonly engine: string;
  readonly modelHash: string;
}

/** The robot, as much as pages need of it. */
export interface RobotFacts {
  readonly name: string;
  readonly title: string;
  readonly base: number;
  readonly feet: readonly [number, number];
  readonly jointNames: readonly string[];
  /** Body that each joint moves, in the robot's order. */
  readonly jointBodies: readonly number[];
  /** N·m. */
  readonly torqueLimits: readonly number[];
  readonly controlTimestep: number;
  /** Further robots of the world, with the body of their base. */
  readonly companions: readonly { readonly name: string; readonly title: string; readonly base: number }[];
}

/** What can be chosen. */
export interface Catalogue {
  readonly robots: readonly { readonly name: string; readonly title: string }[];
  readonly scenes: readonly { readonly name: string; readonly about: string; readonly levels: number }[];
  readonly policies: readonly {
    readonly id: string;
    readonly name: string;
    readonly robot: string;
    readonly joints: readonly string[];
  }[];
  readonly motions: readonly { readonly name: string; readonly seconds: number }[];
}

/** How the link to a server is. */
export interface LinkState {
  readonly phase: "connecting" | "open" | "lost" | "refused";
  readonly latencyMs: number;
  readonly roundTripMs: number;
  readonly dropped: number;
  readonly receivedPerSecond: number;
  readonly robotState: string;
  readonly fault: string;
  readonly holder: string;
  readonly hasControl: boolean;
  /** Somebody else asks for control; it passes after so many ms. */
  readonly takeOver: { readonly name: string; readonly inMs: number } | null;
  readonly estop: { readonly isActive: boolean; readonly by: string; readonly reason: string };
  readonly clients: number;
  readonly battery: number;
  readonly training: {
    readonly run: string;
    readonly stage: string;
    readonly iteration: number;
    readonly environments: number;
    readonly environment: number;
  } | null;
  readonly problem: string;
}

/** Whether a replay came out as it was recorded. */
export interface ReplayState {
  readonly steps: number;
  readonly step: number;
  /** Share of the recording that has been repeated. */
  readonly progress: number;
  readonly checks: number;
  readonly verdict: "checking" | "verified" | "differs" | "unchecked";
  readonly problem: string;
  readonly title: string;
}

/** What the worker tells the page. */
export type HostReport =
  | { readonly op: "scene"; readonly scene: SceneDescription; readonly robot: RobotFacts }
  | { readonly op: "signals"; readonly signals: readonly Signal[] }
  | { readonly op: "frame"; readonly frame: Frame }
  | { readonly op: "session"; readonly session: SessionState }
  | { readonly op: "catalogue"; readonly catalogue: Catalogue }
  | { readonly op: "link"; readonly link: LinkState }
  | { readonly op: "paint"; readonly painting: Painting }
  | { readonly op: "vla"; readonly vla: VlaFacts }
  | { readonly op: "decision"; readonly decision: VlaDecision }
  | { readonly op: "pictures"; readonly pictures: Pictures }
  | { readonly op: "futures"; readonly futures: Futures }
  | { readonly op: "replay"; readonly replay: ReplayState }
  | { readonly op: "recorded"; readonly bytes: Uint8Array; readonly name: string }
  | { readonly op: "recordedAt"; readonly url: string }
  | { readonly op: "shared"; readonly text: string }
  | {
      readonly op: "inspected";
      readonly id: string;
      readonly inspection: PolicyInspection;
      readonly findings: readonly Finding[];
      /** What would change if it took the running policy's place; empty where nothing comparable runs. */
      readonly instead: string;
      readonly changes: readonly PolicyChange[];
    }
  | { readonly op: "event"; readonly text: string }
  | { readonly op: "problem"; readonly code: string; readonly problem: string; readonly remedy: string };
