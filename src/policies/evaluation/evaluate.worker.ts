import { workerData } from "node:worker_threads";
import { postEach } from "../../sim/node.ts";
import type { EvalEpisode } from "./locomotion-protocol.ts";
import { type EvaluationSetup, runEpisodes } from "./run-episodes.ts";

const { setup, episodes } = workerData as { setup: EvaluationSetup; episodes: readonly EvalEpisode[] };
await postEach(runEpisodes(setup, episodes));
