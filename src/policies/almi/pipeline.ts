import { z } from "zod";
import type { Half } from "./stage-config.ts";

/** One stage of ALMI's game: a half trained against frozen networks of the other. */
export interface PlannedStage {
  /** Half and round, such as "lower-2". */
  readonly name: string;
  readonly half: Half;
  /** Stages whose policies it is trained against; none in the first, where arms follow motions open loop. */
  readonly opponents: readonly string[];
  /** The stage whose networks it begins with: the same half, one round earlier. */
  readonly init: string | undefined;
}

/**
 * ALMI's schedule: lower-1, upper-1, lower-2, upper-2, lower-3 for three rounds.
 *
 * @param pool against the last policy of the other half, as ALMI, or against all so far
 */
export function planPipeline(rounds: number, pool: "last" | "all"): PlannedStage[] {
  const stages: PlannedStage[] = [];
  const names = (half: Half) => stages.filter((stage) => stage.half === half).map(({ name }) => name);
  const add = (half: Half, round: number) => {
    const others = names(half === "lower" ? "upper" : "lower");
    stages.push({
      name: `${half}-${round}`,
      half,
      opponents: pool === "last" ? others.slice(-1) : others,
      init: names(half).at(-1),
    });
  };
  for (let round = 1; round <= rounds; round++) {
    add("lower", round);
    if (round < rounds) add("upper", round);
  }
  return stages;
}

const StageRecord = z.strictObject({
  name: z.string(),
  status: z.enum(["waiting", "running", "done"]),
  /** Why it ended, once it has. */
  end: z.enum(["converged", "steps", "minutes", "adopted"]).optional(),
  iterations: z.int().nonnegative(),
  steps: z.number().nonnegative(),
  /** Time that it took so far, min. */
  minutes: z.number().nonnegative(),
});
export type StageRecord = Readonly<z.infer<typeof StageRecord>>;

/** How far a pipeline has come, as it is stored; each stage's own state is in its run folder. */
export const PipelineState = z.array(StageRecord).min(1);
export type PipelineState = readonly StageRecord[];

/** No stage has begun. */
export function startPipeline(plan: readonly PlannedStage[]): PipelineState {
  return plan.map(({ name }) => ({ name, status: "waiting", iterations: 0, steps: 0, minutes: 0 }));
}

/** The stage to train now: the first that is not done. */
export function currentStage(state: PipelineState): StageRecord | undefined {
  return state.find(({ status }) => status !== "done");
}

/** What a session made of a stage. */
export interface StageSession {
  readonly end: NonNullable<StageRecord["end"]> | "interrupted";
  readonly iterations: number;
  readonly steps: number;
  /** Time that the session took, min. */
  readonly minutes: number;
}

/** The state after a session on a stage: done, or under way where it was interrupted. */
export function recordSession(state: PipelineState, name: string, session: StageSession): PipelineState {
  return state.map((stage): StageRecord => {
    if (stage.name !== name) return stage;
    const { end, iterations, steps } = session;
    const after = { name, iterations, steps, minutes: stage.minutes + session.minutes };
    return end === "interrupted" ? { ...after, status: "running" } : { ...after, status: "done", end };
  });
}

/** The state once work on a stage begins. */
export function beginStage(state: PipelineState, name: string): PipelineState {
  return state.map((stage) => (stage.name === name ? { ...stage, status: "running" } : stage));
}
