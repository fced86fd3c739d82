import type { WireClient } from "../../wire/index.ts";
import { commandRanges } from "./command-ranges.ts";
import type { SessionState } from "./messages.ts";

/** What runs on the server, for the page; undefined before the server has said it. Robots and training runs have no session. */
export function liveSessionState(client: WireClient): SessionState | undefined {
  const session = client.last("session");
  const world = client.last("world");
  if (world === undefined || (session === undefined && world.kind === "simulation")) return undefined;
  const policies = session?.policies ?? [];
  return {
    mode: "live",
    kind: world.kind,
    isPaused: session?.isPaused ?? false,
    speed: session?.speed ?? 1,
    world: {
      robot: world.robot.name,
      scene: world.sceneName,
      seed: session?.seed ?? 0,
      policies: policies.map(({ id }) => id),
    },
    policyNames: policies.map(({ name }) => name),
    ranges: commandRanges(session?.ranges ?? []),
    companionRanges: Object.fromEntries(
      (session?.companions ?? []).map(({ name, ranges }) => [name, commandRanges(ranges)]),
    ),
    motion: session?.motion?.name ?? null,
    amplitude: session?.motion?.amplitude ?? 1,
    isRecording: (session?.recording ?? null) !== null,
    engine: world.engine ?? "",
    modelHash: world.modelHash ?? "",
  };
}
