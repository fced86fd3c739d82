import type { ControlState, JointTargets } from "../sim/index.ts";

/**
 * What acts: reads the state of one robot and writes targets for the joints it drives, leaving the others alone.
 * A motion clip, an ONNX file, a pair of halves and a VLA with its chunk queue are all policies.
 */
export interface Policy {
  readonly name: string;
  /** Names of the joints it writes, in its own order. */
  readonly joints: readonly string[];
  /** Seconds between two calls of `act`. */
  readonly controlTimestep: number;
  /** Forgets the episode: recurrent state, histories, queues. */
  reset(): void;
  /** Writes `targets` for this policy's joints from `state`; resolves once they are complete. */
  act(state: ControlState, targets: JointTargets): Promise<void>;
}
