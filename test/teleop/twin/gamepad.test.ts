import { describe, expect, it } from "vitest";
import { REMOTE_KEYS } from "../../../src/teleop/robot-state.ts";
import { expectDamped, restOf, startRunning, until } from "../contract/robot-link.ts";
import { openLink } from "../support/bridge-fixture.ts";
import { BridgeProcess } from "../support/bridge-process.ts";
import { because, NO_DDS, NO_SDK, PYTHON } from "../support/dds-presence.ts";
import { Gamepad } from "../support/gamepad.ts";
import { PatientEnvelope } from "../support/patient-envelope.ts";
import { runPython, TwinProcess } from "../support/twin-process.ts";

const WATCH = new URL("watch_remote.py", import.meta.url).pathname;
const glance = () => new Promise((resolve) => setTimeout(resolve, 200));

describe("a gamepad at the twin", { retry: 1 }, () => {
  it.skipIf(NO_SDK !== undefined)(
    `is the robot's remote control to a program on Unitree's SDK${because(NO_SDK)}`,
    async () => {
      using pad = new Gamepad();
      await using twin = await TwinProcess.start("h1", 113, "--gamepad", pad.path);
      const seen = runPython(PYTHON, WATCH, "113", "lo", "go");
      await new Promise((resolve) => setTimeout(resolve, 2500)); // the SDK looks for the twin
      pad.axis("ly", -0.5);
      pad.axis("rx", 1);
      await glance();
      pad.axis("ly", 0);
      pad.button("A", true);
      await glance();
      pad.button("A", false);
      pad.button("select", true);
      const rows = (await seen) as { where: string; sticks: number[]; keys: number }[];
      for (const where of ["topic", "state"]) {
        const readings = rows.filter((row) => row.where === where);
        expect(readings).toContainEqual({ where, sticks: [0, 0.5, 1, 0], keys: 0 });
        expect(readings).toContainEqual({ where, sticks: [0, 0, 1, 0], keys: REMOTE_KEYS.A });
        expect(readings.at(-1)?.keys).toBe(REMOTE_KEYS.select);
      }
      expect((await twin.state()).motors).toBe("nobody");
    },
  );

  it.skipIf(NO_DDS !== undefined)(
    `stops a robot that a bridge drives, by L2 with B${because(NO_DDS)}`,
    async () => {
      using pad = new Gamepad();
      await using twin = await TwinProcess.start("h1_2", 115, "--gamepad", pad.path);
      using envelope = new PatientEnvelope("h1_2");
      await using bridge = await BridgeProcess.onDds("h1_2", 115, "--envelope", envelope.path);
      await using link = await openLink({ url: bridge.url });
      await startRunning(link);
      pad.axis("L2", 1);
      for (let i = 0; i < 10; i++) {
        link.send(restOf(link));
        await link.waitUntil(link.now() + 0.02);
      }
      expect(link.sent.phase).toBe("running");
      pad.button("B", true);
      await until(link, "fault");
      expect(link.sent.fault).toBe("emergency stop");
      expectDamped(link);
      expect((await twin.state()).commands).toMatchObject({ badCrc: 0, refused: 0 });
    },
  );
});
