import { WebSocket } from "ws";
import type { BenchResult } from "../src/app/commands/bench.ts";
import { loadSafety } from "../src/app/robot-safety.ts";
import { LiveServer } from "../src/app/server/live-server.ts";
import { loadWorld } from "../src/app/worlds.ts";
import { quantile } from "../src/common/index.ts";
import { createMotorCommand } from "../src/teleop/index.ts";
import { Bridge, monotonicClock, WebSocketLink } from "../src/teleop/node.ts";
import type { ClientSocketConstructor } from "../src/wire/index.ts";
import { benchResult } from "./bench-result.ts";

/**
 * The 500 Hz loop on loopback: a controller sends targets every 2 ms over a real WebSocket to a bridge with a robot
 * simulated in real time on its band, and sees when the sample comes back that says its target was sent to the motors. Both
 * ends share this process' main thread; the loop has its own.
 */
export async function benchBridge(seconds: number): Promise<BenchResult> {
  const world = loadWorld({ robot: "h1_2", scene: "flat", seed: 0 });
  const config = {
    ...(await loadSafety(world.robot)),
    authority: "body",
    isDryRun: false,
    priority: undefined,
  } as const;
  const clock = monotonicClock(() => performance.now());
  await using bridge = await Bridge.open({ kind: "sim", world, isTethered: true }, config, clock);
  await using server = await LiveServer.start(bridge, { host: "127.0.0.1", port: 0 });
  bridge.serve(server.hub);
  await using link = await WebSocketLink.open({
    url: server.socketUrl,
    socket: WebSocket as unknown as ClientSocketConstructor,
    name: "bench",
    nowMs: () => performance.now(),
  });
  const targets = createMotorCommand(link.robot);
  for (const [j, joint] of link.robot.joints.entries()) {
    targets.q[j] = joint.default;
    targets.kp[j] = joint.kp;
    targets.kd[j] = joint.kd;
  }
  for (const [request, phase] of [
    ["damp", "damping"],
    ["stand", "ready"],
  ] as const) {
    link.request(request);
    while (link.sent.phase !== phase) await link.waitUntil(link.now() + 0.01);
  }
  const before = bridge.report;
  const cpu = process.cpuUsage();
  const began = clock();
  const roundTrips = await measure(link, targets, seconds, clock);
  const { user, system } = process.cpuUsage(cpu);
  const { ticks, missed, lateP50, lateP99, lateMax, busySeconds } = bridge.report;
  const elapsed = clock() - began;
  const row = (metric: string, value: number, unit: string) => ({
    metric,
    value,
    unit,
    baseline: null,
    ratio: null,
  });
  if (link.sent.phase !== "running")
    throw new Error(`The robot ended in ${link.sent.phase}: ${link.sent.fault}.`);
  return benchResult("bridge", [
    row("duration", elapsed, "s"),
    row("ticks", ticks - before.ticks, ""),
    row("missed deadlines", missed - before.missed, ""),
    row("tick late, median", 1000 * lateP50, "ms"),
    row("tick late, 99th percentile", 1000 * lateP99, "ms"),
    row("tick late, worst", 1000 * lateMax, "ms"),
    row("round trips", roundTrips.length, ""),
    row("round trip, median", quantile(roundTrips, 0.5), "ms"),
    row("round trip, 99th percentile", quantile(roundTrips, 0.99), "ms"),
    row("round trip, worst", Math.max(...roundTrips.slice(-100_000)), "ms"),
    row("samples lost", bridge.lostSamples, ""),
    row("loop and its robot", (100 * (busySeconds - before.busySeconds)) / elapsed, "% of a core"),
    row("whole process", (100 * (user + system)) / 1e6 / elapsed, "% of a core"),
  ]);
}

/** Sends every 2 ms; returns the round trips in ms. */
async function measure(
  link: WebSocketLink,
  targets: ReturnType<typeof createMotorCommand>,
  seconds: number,
  clock: () => number,
): Promise<number[]> {
  const sentAt = new Float64Array(4096);
  const roundTrips: number[] = [];
  let sequence = 0;
  let answered = 0;
  const isOurs = link.client.subscribe("robot", () => {
    const { sent } = link.heard;
    if (sent.sequence <= answered || sent.sequence > sequence) return;
    answered = sent.sequence;
    roundTrips.push(1000 * (clock() - sentAt[answered % 4096]));
  });
  link.request("run");
  const end = clock() + seconds;
  for (let due = clock(); due < end; due = Math.max(due + 0.002, clock() - 0.01)) {
    sentAt[++sequence % 4096] = clock();
    link.send(targets);
    await link.waitUntil(link.now() + Math.max(0, due + 0.002 - clock()));
  }
  isOurs();
  return roundTrips;
}
