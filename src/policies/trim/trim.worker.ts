import { workerData } from "node:worker_threads";
import { mean } from "../../common/index.ts";
import { postEach } from "../../sim/node.ts";
import { runEpisodes } from "../evaluation/run-episodes.ts";
import { trimCost } from "./episodes.ts";
import type { TrimShare } from "./trim.ts";

/** What each candidate costs on average. */
async function* judge({ candidates, companions, setup, episodes }: TrimShare): AsyncGenerator<number> {
  for (const bytes of candidates) {
    const costs: number[] = [];
    const controller = [{ name: "trim", bytes }, ...companions];
    for await (const { episode, metrics } of runEpisodes({ ...setup, controller }, episodes))
      costs.push(trimCost(episode, metrics));
    yield mean(costs);
  }
}

await postEach(judge(workerData as TrimShare));
