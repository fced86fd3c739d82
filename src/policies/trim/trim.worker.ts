import { parentPort, workerData } from "node:worker_threads";
import { mean } from "../../common/index.ts";
import { runEpisodes } from "../evaluation/run-episodes.ts";
import { trimCost } from "./episodes.ts";
import type { TrimShare } from "./trim.ts";

const { candidates, companions, setup, episodes } = workerData as TrimShare;
for (const bytes of candidates) {
  const costs: number[] = [];
  const controller = [{ name: "trim", bytes }, ...companions];
  for await (const { episode, metrics } of runEpisodes({ ...setup, controller }, episodes))
    costs.push(trimCost(episode, metrics));
  parentPort?.postMessage(mean(costs));
}
