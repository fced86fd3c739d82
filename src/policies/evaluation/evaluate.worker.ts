import { parentPort, workerData } from "node:worker_threads";
import type { EvalEpisode } from "./locomotion-protocol.ts";
import { type EvaluationSetup, runEpisodes } from "./run-episodes.ts";

const { setup, episodes } = workerData as { setup: EvaluationSetup; episodes: readonly EvalEpisode[] };
for await (const outcome of runEpisodes(setup, episodes)) parentPort?.postMessage(outcome);
