import { tmpdir } from "node:os";
import { performance } from "node:perf_hooks";
import { WebSocket } from "ws";
import type { BenchResult } from "../src/app/commands/bench.ts";
import { LiveServer } from "../src/app/server/live-server.ts";
import { SessionHost } from "../src/app/server/session/session-host.ts";
import { quantile } from "../src/common/index.ts";
import { PlantConfig } from "../src/sim/index.ts";
import { type ClientSocketConstructor, WireClient } from "../src/wire/index.ts";
import { benchResult } from "./bench-result.ts";

const SECONDS = 8;
const CROWD = 20;
const STREAMS = ["state", "contacts", "timing"] as const;

interface Watched {
  /** Simulated seconds per second, as the simulation's thread measures it. */
  readonly realTimeFactor: number;
  /** Control steps that began later than they should, ms, 99 of 100 below. */
  readonly lateMs: number;
  readonly latencies: readonly number[];
  /** Samples received, of those that were made. */
  readonly share: number;
  readonly bytesPerSecond: number;
  /** Share of one core that the server's thread takes, its clients included. */
  readonly load: number;
}

/**
 * What viewers cost: a simulated H1-2 in real time, watched over loopback by one client and by twenty beside one that
 * never reads, each with three streams at 50 Hz. Clients run in the server's own thread, so latencies are the worst case.
 */
export async function benchLive(): Promise<BenchResult> {
  const alone = await watch(1, false);
  const crowd = await watch(CROWD, true);
  const row = (metric: string, value: number, unit: string, baseline: number | null) => ({
    metric,
    value,
    unit,
    baseline,
    ratio: baseline === null || baseline === 0 ? null : value / baseline,
  });
  const p = (watched: Watched, share: number) => quantile(watched.latencies, share);
  return await benchResult("live", [
    row(
      "real-time factor, 20 viewers and one that never reads; baseline one viewer",
      crowd.realTimeFactor,
      "",
      alone.realTimeFactor,
    ),
    row("lateness of control steps, p99", crowd.lateMs, "ms", alone.lateMs),
    row("samples received of those made", crowd.share, "", alone.share),
    row("state latency, p50", p(crowd, 0.5), "ms", p(alone, 0.5)),
    row("state latency, p99", p(crowd, 0.99), "ms", p(alone, 0.99)),
    row("bytes to each viewer", crowd.bytesPerSecond / 1e3, "kB/s", alone.bytesPerSecond / 1e3),
    row("server thread for each viewer, client included", (100 * crowd.load) / CROWD, "% of a core", null),
  ]);
}

async function watch(viewers: number, hasStuck: boolean): Promise<Watched> {
  const startNs = process.hrtime.bigint();
  await using host = new SessionHost({
    ...{ robot: "h1_2", model: undefined, scene: "flat", seed: 0, plant: PlantConfig.parse({}) },
    ...{
      policies: [],
      preset: undefined,
      deploy: undefined,
      motion: "wave_right",
      amplitude: 1,
      command: [0, 0, 0],
    },
    ...{ recordings: tmpdir(), record: undefined, startNs },
  });
  await host.opened;
  await using server = await LiveServer.start(host, { host: "127.0.0.1", port: 0, startNs });
  host.attach(server.hub);
  if (hasStuck) await openStuck(server.socketUrl);
  const clients = await Promise.all(
    Array.from({ length: viewers }, async (_, i) => {
      const client = new WireClient({
        url: server.socketUrl,
        socket: WebSocket as unknown as ClientSocketConstructor,
        name: `viewer ${i}`,
        nowMs: () => performance.now(),
      });
      await client.connect();
      return client;
    }),
  );
  const seen = await observe(clients);
  for (const client of clients) client.close();
  return seen;
}

/** A client that subscribes to everything and never reads again. */
async function openStuck(url: string): Promise<void> {
  const socket = new WebSocket(url);
  await new Promise((resolve) => socket.once("open", resolve));
  socket.send(JSON.stringify({ op: "hello", versions: [1], name: "stuck" }));
  for (const stream of STREAMS) socket.send(JSON.stringify({ op: "subscribe", stream }));
  await new Promise((resolve) => setTimeout(resolve, 200));
  socket.pause();
}

async function observe(clients: readonly WireClient[]): Promise<Watched> {
  const latencies: number[] = [];
  const late: number[] = [];
  let bytes = 0;
  let received = 0;
  let realTimeFactor = 0;
  let [first, last] = [Number.NaN, Number.NaN];
  let isCounting = false;
  for (const client of clients)
    for (const stream of STREAMS)
      client.subscribe(stream, (sample) => {
        if (!isCounting) return;
        bytes += 24 + 4 * sample.values.length;
        if (stream === "timing" && client === clients[0]) late.push(sample.field("lateMs")[0]);
        if (stream !== "state") return;
        received++;
        latencies.push(client.ageMs(sample));
        if (client !== clients[0]) return;
        realTimeFactor = sample.field("realTimeFactor")[0];
        if (Number.isNaN(first)) first = sample.sequence;
        last = sample.sequence;
      });
  await new Promise((resolve) => setTimeout(resolve, 3000)); // code warms up, clocks agree
  isCounting = true;
  const before = performance.eventLoopUtilization();
  await new Promise((resolve) => setTimeout(resolve, SECONDS * 1000));
  isCounting = false;
  const load = performance.eventLoopUtilization(before).utilization;
  const made = (last - first + 1) * clients.length;
  const share = received / made;
  if (!(share > 0.5)) throw new Error(`Only ${received} of ${made} samples came: nothing to measure.`);
  return {
    realTimeFactor,
    lateMs: quantile(late, 0.99),
    latencies,
    share,
    bytesPerSecond: bytes / SECONDS / clients.length,
    load,
  };
}
