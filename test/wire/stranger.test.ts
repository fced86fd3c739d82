import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { FixtureHub, until } from "./fixture-hub.ts";

const SCRIPT = fileURLToPath(new URL("./stranger.py", import.meta.url));
const hasPython = spawnSync("python3", ["--version"]).status === 0;

describe("a stranger's client in Python, written from PROTOCOL.md", () => {
  it.skipIf(!hasPython)("watches, keeps time, controls, sends actions and stops the robot", async () => {
    await using hub = await FixtureHub.open();
    let step = 0;
    const publishing = setInterval(() => hub.server.hub.publish("pose", [0, ++step, -step]), 5);
    const python = spawn("python3", [SCRIPT, "127.0.0.1", String(hub.server.port)]);
    const [output, errors] = await Promise.all([
      text(python.stdout),
      text(python.stderr),
      once(python, "exit"),
    ]);
    clearInterval(publishing);
    expect(errors).toBe("");
    const seen = JSON.parse(output);
    expect(seen).toMatchObject({ welcome: 1, refused: "NOT_CONTROLLER", done: "done", stopped: "ESTOPPED" });
    expect(seen.q.every(([a, b]: number[]) => a > 0 && b === -a)).toBe(true);
    expect(seen.ageMs).toBeGreaterThan(-seen.roundTripMs);
    expect(seen.ageMs).toBeLessThan(200);
    expect(hub.host.actions).toEqual([
      { values: [0, 1, 2, Math.fround(0.02), 3, 4], timeNs: expect.any(Number), by: "c1" },
    ]);
    expect(hub.host.actions[0].timeNs).toBeLessThanOrEqual(hub.server.hub.nowNs());
    expect(hub.host.stops).toEqual([true]);
    await until(() => hub.host.losses === 1, "the lease's end");
  });
});
