import type { WireClient } from "../../wire/index.ts";
import type { LinkState } from "./messages.ts";

/** What a client knows of its link, for the page. */
export function linkStateOf(client: WireClient, latencyMs: number, perSecond: number): LinkState {
  const control = client.last("control");
  const robot = client.last("robotState");
  const stop = client.last("estop");
  const training = client.last("training");
  const { status } = client;
  return {
    phase: status === "closed" ? "lost" : status,
    latencyMs,
    roundTripMs: client.roundTripMs,
    dropped: [...client.dropped.values()].reduce((sum, count) => sum + count, 0),
    receivedPerSecond: perSecond,
    robotState: robot?.state ?? "",
    fault: robot?.fault?.text ?? "",
    holder: control?.holder?.name ?? "",
    hasControl: client.hasControl,
    takeOver: control?.takeOver ?? null,
    estop: { isActive: stop?.isActive ?? false, by: stop?.by ?? "", reason: stop?.reason ?? "" },
    clients: client.last("clients")?.clients.length ?? 1,
    battery: client.last("health")?.battery?.charge ?? Number.NaN,
    training: training === undefined ? null : training,
    problem: client.last("error")?.problem ?? "",
  };
}
