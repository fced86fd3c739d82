import type { CompanionRequest, PlantConfig, Topic, World } from "../../../sim/index.ts";
import type { HostMessage, RefusalCode, ServerMessage, StreamPlan } from "../../../wire/index.ts";
import type { VlaSetup } from "../../play-vla.ts";

/** With what a session begins; crosses to its thread. */
export interface SessionSetup {
  readonly robot: string;
  readonly model: string | undefined;
  readonly scene: string;
  readonly seed: number;
  readonly companions?: readonly CompanionRequest[];
  readonly plant: PlantConfig;
  readonly policies: readonly string[];
  readonly preset: string | undefined;
  readonly deploy: string | undefined;
  readonly motion: string | undefined;
  readonly amplitude: number;
  readonly command: readonly [number, number, number];
  /** Folder for recordings, and the file of one that begins with the session. */
  readonly recordings: string;
  readonly record: string | undefined;
  /** `process.hrtime` at which the server's clock is zero, ns. */
  readonly startNs: bigint;
}

/** With what a session begins in which a VLA acts. */
export interface VlaSessionSetup {
  readonly vla: VlaSetup;
  /** Somebody wrote the instruction; else it is the scene's own. */
  readonly isSaid: boolean;
  /** The next scenes follow by themselves. */
  readonly goesOn: boolean;
  /** `process.hrtime` at which the server's clock is zero, ns. */
  readonly startNs: bigint;
}

/** The name under which Foxglove's topics are watched, beside the streams. */
export const TOPICS_WATCH = "foxglove topics";

/** What the server's thread tells the session's. */
export type ToSession =
  | { readonly op: "handle"; readonly id: number; readonly message: HostMessage }
  | { readonly op: "stop"; readonly isActive: boolean }
  | { readonly op: "letGo" }
  | { readonly op: "watch"; readonly streams: readonly string[] }
  | { readonly op: "shelve"; readonly id: number; readonly name: string; readonly bytes: Uint8Array }
  /** A file has been written anew: where it runs, the new one takes over. */
  | { readonly op: "renew"; readonly id: number; readonly name: string; readonly bytes: Uint8Array }
  | { readonly op: "end" };

/** What went wrong, in a form that crosses between threads. */
export interface Failure {
  readonly code: RefusalCode;
  readonly problem: string;
  readonly remedy: string;
}

/** What the session's thread tells the server's. */
export type FromSession =
  | {
      readonly op: "answer";
      readonly id: number;
      readonly value?: unknown;
      readonly failure?: Failure;
    }
  | { readonly op: "broadcast"; readonly message: ServerMessage }
  | { readonly op: "world"; readonly worldId: string; readonly world: World }
  | { readonly op: "declare"; readonly streams: readonly StreamPlan[] }
  | {
      readonly op: "samples";
      readonly timeNs: number;
      readonly flags: number;
      readonly samples: readonly (readonly [stream: string, values: Float32Array])[];
    }
  | { readonly op: "topics"; readonly topics: readonly Topic[] }
  | { readonly op: "message"; readonly topic: string; readonly timeNs: bigint; readonly text: string }
  | { readonly op: "failed"; readonly failure: Failure };
