import type { BenchResult } from "../src/app/commands/bench.ts";
import { benchResult } from "./bench-result.ts";
import { measureBridge, measureRelay } from "./bridge/measure.ts";
import { schedulingFlags } from "./bridge/processes.ts";

/** The baseline's figures are steady after so long. */
const BASELINE_SECONDS = 120;

/**
 * A controller, a bridge and a robot in a process each: targets at 500 Hz over a real WebSocket, LowCmd and LowState over
 * real DDS, on loopback; ours against a relay made of Unitree's Python SDK and `websockets`, with the same robot and the
 * same controller. A round trip is from the controller's `send` until it reads that its targets were written to DDS.
 */
export async function benchBridge(seconds: number): Promise<BenchResult> {
  const ours = await measureBridge(seconds, schedulingFlags());
  const theirs = await measureRelay(Math.min(seconds, BASELINE_SECONDS));
  const row = (metric: string, unit: string, of: (run: typeof ours) => number) => {
    const [value, baseline] = [of(ours), of(theirs)];
    return { metric, value, unit, baseline, ratio: baseline === 0 ? null : value / baseline };
  };
  return benchResult("bridge", [
    row("duration", "s", ({ seconds: measured }) => measured),
    row("writes to the motors", "1/s", ({ loop }) => loop.ticks / loop.seconds),
    row("missed deadlines", "", ({ loop }) => loop.missed),
    row(
      "missed within a second in which the host took processor time away",
      "",
      ({ loop }) => loop.missedRobbed,
    ),
    row("processor time that the host took away", "s", ({ loop }) => loop.stolenSeconds),
    row("tick late, 99th percentile", "ms", ({ loop }) => loop.lateP99Ms),
    row("tick late, worst", "ms", ({ loop }) => loop.lateMaxMs),
    row("targets sent", "1/s", ({ sent, seconds: measured }) => sent / measured),
    row("answered", "share", ({ roundTrips, sent }) => roundTrips.count / sent),
    row("round trip, median", "ms", ({ roundTrips }) => roundTrips.p50),
    row("round trip, 99th percentile", "ms", ({ roundTrips }) => roundTrips.p99),
    row("round trip, 99.9th percentile", "ms", ({ roundTrips }) => roundTrips.p999),
    row("round trip, worst", "ms", ({ roundTrips }) => roundTrips.max),
    row("bridge, processor", "% of a core", ({ cpu }) => 100 * cpu),
  ]);
}
