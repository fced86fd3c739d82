import { once } from "node:events";
import { UsageError } from "../../../common/index.ts";
import { spawnWorker } from "../../../sim/node.ts";
import { LiveServer } from "../live-server.ts";
import { pageRoutes } from "../page-routes.ts";
import { deferredRoute, worldsRoute } from "../routes.ts";
import { TrainingHost, type TrainingShow } from "./training-host.ts";

/** What the thread that shows a run is told. */
export type ToTraining = { readonly op: "iterated"; readonly iteration: number } | { readonly op: "end" };

/** A server that looks into a training run, on a thread of its own. Hold it with `await using`. */
export interface ServedTraining extends AsyncDisposable {
  /** Address of its page. */
  readonly url: string;
  iterated(iteration: number): void;
}

/** Serves a run on a loopback port. Throws `UsageError` where that cannot be done. */
export async function serveTraining(show: TrainingShow, port: number): Promise<ServedTraining> {
  const worker = spawnWorker(new URL("./training.worker", import.meta.url), { show, port });
  const exit = once(worker, "exit");
  const [answer] = (await once(worker, "message")) as [{ url: string } | { problem: string }];
  if ("problem" in answer)
    throw new UsageError(`The training run cannot be served: ${answer.problem}`, "Choose another --serve.");
  const tell = (message: ToTraining) => worker.postMessage(message);
  return {
    url: answer.url,
    iterated: (iteration) => tell({ op: "iterated", iteration }),
    async [Symbol.asyncDispose]() {
      tell({ op: "end" });
      await exit;
    },
  };
}

/** The thread's whole life: shows the run until it is told to end. */
export async function showTraining(
  show: TrainingShow,
  port: number,
  started: (url: string) => void,
  listen: (take: (message: ToTraining) => void) => void,
): Promise<void> {
  using host = await TrainingHost.open(show);
  await using server = await LiveServer.start(host, {
    host: "127.0.0.1",
    port,
    routes: [worldsRoute(host.worlds), deferredRoute(pageRoutes(() => {}))],
  });
  host.attach(server.hub);
  await new Promise<void>((done) => {
    listen((message) => (message.op === "end" ? done() : host.iterated(message.iteration)));
    started(server.url);
  });
}
