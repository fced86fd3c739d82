import type { WorldChoice } from "../host/messages.ts";

/** Where the camera stands and looks, world, m. */
export interface View {
  readonly eye: readonly [number, number, number];
  readonly target: readonly [number, number, number];
}

/** What the page's address says. Everything can be left out. */
export interface Address {
  readonly world: WorldChoice;
  /** It names no policy: those that ship for the robot act, where there are any. */
  readonly wantsShipped: boolean;
  readonly view: View | undefined;
  /** Address of a server to watch; absent for a simulation in the tab. */
  readonly live: string | undefined;
  readonly token: string | undefined;
  /** A session to replay, from a shared link. */
  readonly journal: string | undefined;
  /** Address of a recording to replay. */
  readonly recording: string | undefined;
  readonly isPaused: boolean;
}

/** Stands for no policy: the robot balances. */
const BALANCE = "balance";

/**
 * Reads an address: `?robot=h1&scene=rough:3&policy=walk&seed=2&companion=h1_2@1,0.5&eye=x,y,z,tx,ty,tz#replay=...`.
 *
 * @param isServed whether a live server served the page: it shows that server's world unless `?local` is asked for
 */
export function readAddress(url: URL, isServed = false): Address {
  const query = url.searchParams;
  const hash = new URLSearchParams(url.hash.slice(1));
  const numbers = query.get("eye")?.split(",").map(Number) ?? [];
  const hasView = numbers.length === 6 && numbers.every(Number.isFinite);
  const seed = Number(query.get("seed") ?? 0);
  const companions = query.getAll("companion");
  return {
    world: {
      robot: query.get("robot") ?? "h1_2",
      scene: query.get("scene") ?? "flat",
      seed: Number.isInteger(seed) && seed >= 0 ? seed : 0,
      policies: (query.get("policy") ?? "").split(",").filter((id) => id !== "" && id !== BALANCE),
      ...(companions.length === 0 ? {} : { companions }),
    },
    wantsShipped: !query.has("policy"),
    view: hasView
      ? {
          eye: numbers.slice(0, 3) as unknown as View["eye"],
          target: numbers.slice(3) as unknown as View["target"],
        }
      : undefined,
    live:
      query.has("live") || (isServed && !query.has("local"))
        ? query.get("live") || liveAddress(url)
        : undefined,
    token: query.get("token") ?? hash.get("token") ?? undefined,
    journal: hash.get("replay") ?? undefined,
    recording: query.get("recording") ?? undefined,
    isPaused: query.has("paused"),
  };
}

/** The address that shows the same world from the same place; a replay in the address goes. */
export function writeAddress(url: URL, world: WorldChoice, view: View): URL {
  const next = new URL(url);
  next.hash = "";
  next.searchParams.delete("recording");
  next.searchParams.set("robot", world.robot);
  next.searchParams.set("scene", world.scene);
  next.searchParams.set("policy", world.policies.join(",") || BALANCE);
  setOrDelete(next, "seed", world.seed === 0 ? "" : String(world.seed));
  next.searchParams.delete("companion");
  for (const each of world.companions ?? []) next.searchParams.append("companion", each);
  return withView(next, view);
}

/** The address from the same place, whatever else it says: what a server shows is the server's business. */
export function withView(url: URL, { eye, target }: View): URL {
  const next = new URL(url);
  next.searchParams.set("eye", [...eye, ...target].map((value) => value.toFixed(2)).join(","));
  next.search = next.search
    .replaceAll("%2C", ",")
    .replaceAll("%3A", ":")
    .replaceAll("%40", "@")
    .replaceAll("=&", "&")
    .replace(/=$/, "");
  return next;
}

function setOrDelete(url: URL, key: string, value: string): void {
  if (value === "") url.searchParams.delete(key);
  else url.searchParams.set(key, value);
}

/** The WebSocket beside the page. */
function liveAddress(url: URL): string {
  const socket = new URL("ws", url);
  socket.protocol = url.protocol === "https:" ? "wss:" : "ws:";
  socket.search = "";
  socket.hash = "";
  return socket.href;
}
