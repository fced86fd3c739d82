import type { DecisionMessage, Outgoing, VlaMessage } from "../../wire/index.ts";

/** A VLA at work, and one of its decisions, as the server tells them. */
export type VlaFacts = VlaMessage;
export type VlaDecision = DecisionMessage;

/** What a VLA is asked to do. */
export type Instruction = Omit<Extract<Outgoing, { op: "instruct" }>, "op">;

/** Colours that geoms have in this scene, sRGB 0 to 1, by their index. */
export type Painting = readonly (readonly [geom: number, rgb: readonly [number, number, number]])[];

/** What the model saw when it decided, [height, width, 4] each. */
export type Pictures = readonly {
  readonly name: string;
  readonly width: number;
  readonly height: number;
  readonly rgba: Uint8ClampedArray<ArrayBuffer>;
}[];

/** What each candidate of a decision leads to. */
export interface Futures {
  /** Number of the decision. */
  readonly decision: number;
  readonly candidates: readonly CandidateFuture[];
}

/** One candidate's future. */
export interface CandidateFuture {
  readonly index: number;
  /** Places of the left and the right hand, where it begins and where each action ends, world, m, [points, 2, 3]. */
  readonly hands: Float32Array;
  /** World poses of all bodies at its end, [7 nbody]. */
  readonly poses: Float32Array;
  readonly outcome: "running" | "succeeded" | "failed" | "timed out";
}
