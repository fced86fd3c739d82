import { setTimeout as sleep } from "node:timers/promises";
import { expect, it } from "vitest";
import { Engine } from "../../src/sim/index.ts";
import { LocalHost } from "../../src/viewer/host/local-host.ts";
import type { HostReport } from "../../src/viewer/host/messages.ts";
import { nodeSite } from "./support/node-site.ts";

it("a pause asked for in the middle of a step is told after the last picture", async () => {
  const reports: HostReport[] = [];
  const host = await LocalHost.open(
    {
      engine: await Engine.load(),
      site: await nodeSite(),
      report: (report) => void reports.push(report),
      now: () => performance.now(),
      wait: (ms) => sleep(ms),
      dropped: new Map(),
    },
    { robot: "h1_2", scene: "flat", seed: 0, policies: [] },
  );
  const advance = host.advance.bind(host);
  const paused = new Promise<void>((resolve) => {
    let steps = 0;
    host.advance = () => {
      if (++steps === 5) resolve(host.handle({ op: "pause", isPaused: true }));
      return advance();
    };
  });
  await paused;
  await sleep(200);
  await host.close();
  const told = reports.findIndex((report) => report.op === "session" && report.session.isPaused);
  const shown = reports.findLastIndex((report) => report.op === "frame");
  expect(told).toBeGreaterThan(shown);
  const last = reports[shown];
  expect(last?.op === "frame" && last.frame.step).toBe(5);
});
