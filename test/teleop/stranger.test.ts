import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { BridgeProcess } from "./support/bridge-process.ts";
import { because, NO_DDS } from "./support/dds-presence.ts";
import { PatientEnvelope } from "./support/patient-envelope.ts";
import { TwinProcess } from "./support/twin-process.ts";

const SCRIPT = fileURLToPath(new URL("../wire/stranger_robot.py", import.meta.url));
const hasPython = spawnSync("python3", ["--version"]).status === 0;
const noDds = hasPython ? NO_DDS : "there is no python3";

/** A client that knows the bridge from PROTOCOL.md alone stands the robot up, moves its elbow, stops it, and takes the stop back. */
async function expectMoves(bridge: BridgeProcess): Promise<void> {
  const { hostname, port } = new URL(bridge.url);
  const python = spawn("python3", [SCRIPT, hostname, port, "left_elbow_pitch_joint"]);
  const [output, errors] = await Promise.all([
    text(python.stdout),
    text(python.stderr),
    once(python, "exit"),
  ]);
  expect(errors).toBe("");
  const seen = JSON.parse(output);
  expect(seen).toMatchObject({
    refused: "NOT_CONTROLLER",
    stopped: "ESTOPPED",
    fault: "EMERGENCY_STOP",
    damped: true,
    states: ["passive", "damping", "standing-up", "ready", "running", "fault", "damping"],
  });
  expect(seen.sent).toBeCloseTo(0.4, 2);
  expect(seen.moved).toBeGreaterThan(0.3);
  expect(seen.health).toContain("loop");
}

describe("a stranger's client in Python at a bridge", { retry: 1 }, () => {
  it.skipIf(!hasPython)("moves a simulated robot", async () => {
    using envelope = new PatientEnvelope("h1_2");
    await using bridge = await BridgeProcess.start(
      "--transport",
      "sim",
      "--tethered",
      "--envelope",
      envelope.path,
    );
    await expectMoves(bridge);
  });

  it.skipIf(noDds !== undefined)(`moves a robot on DDS${because(noDds)}`, async () => {
    using envelope = new PatientEnvelope("h1_2");
    await using twin = await TwinProcess.start("h1_2", 116, "--motion-service", "ai");
    await using bridge = await BridgeProcess.onDds("h1_2", 116, "--envelope", envelope.path);
    await expectMoves(bridge);
    expect((await twin.state()).commands).toMatchObject({ badCrc: 0, refused: 0 });
  });
});
