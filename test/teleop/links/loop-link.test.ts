import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { schedulingFlags } from "../../../bench/bridge/processes.ts";
import { LoopLink } from "../../../src/teleop/links/loop-link.ts";
import type { LoopScheduling } from "../../../src/teleop/loop/make-realtime.ts";
import { monotonicClock } from "../../../src/teleop/loop/monotonic.ts";
import { describeRobotLink, expectDamped, pass, startRunning } from "../contract/robot-link.ts";
import { h12Safety, h12World } from "../support/sim-world.ts";

const open = (scheduling: LoopScheduling = {}) =>
  LoopLink.open(
    { kind: "sim", world: h12World },
    { ...h12Safety, authority: "body", isDryRun: false, ...scheduling },
    monotonicClock(() => performance.now()),
  );

describeRobotLink("a motor loop in a thread, on a robot simulated in real time", () => open());

describe("a motor loop in a thread", () => {
  it("keeps 500 Hz, and damps by itself when its owner's thread stands still", async () => {
    await using link = await open();
    await startRunning(link);
    const { ticks } = link.channel.report;
    const start = link.now();
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 300); // this thread does nothing at all
    const elapsed = link.now() - start;
    expect(link.channel.report.ticks - ticks).toBeGreaterThan(0.9 * 500 * elapsed);
    await pass(link, 0.01);
    expect([link.sent.phase, link.sent.fault]).toEqual(["fault", "command silence"]);
    expectDamped(link);
  });

  it.skipIf(!schedulingFlags().includes("--reserve"))(
    "has time of a processor to itself where it is asked for and the system lets it (needs root)",
    async () => {
      await using link = await open({ realtime: 50, isReserved: true });
      await startRunning(link);
      expect(policies()).toContain(DEADLINE);
      expect(link.sent.phase).toBe("running");
    },
  );
});

const DEADLINE = 6;

/** How each thread of this process is scheduled, by Linux' numbers. */
function policies(): number[] {
  const threads = readdirSync("/proc/self/task");
  return threads.map((thread) =>
    Number(readFileSync(`/proc/self/task/${thread}/stat`, "utf8").split(") ")[1].split(" ")[38]),
  );
}
