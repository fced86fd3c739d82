import { describe, expect, it } from "vitest";
import { yawOf } from "../../src/common/index.ts";
import { type RobotSpec, robotByName } from "../../src/sim/index.ts";
import { LinkObserver } from "../../src/teleop/control/link-observer.ts";
import { MESSAGE_FAMILIES } from "../../src/teleop/dds/messages/family.ts";
import { drive, pass, restOf, startRunning } from "./contract/robot-link.ts";
import { openLink } from "./support/bridge-fixture.ts";
import { BridgeProcess } from "./support/bridge-process.ts";
import { because, NO_DDS, NO_SDK, PYTHON } from "./support/dds-presence.ts";
import { PatientEnvelope } from "./support/patient-envelope.ts";
import { runPython, TwinProcess } from "./support/twin-process.ts";

const NOT_ASKED =
  process.env.CONTRAPPOSTO_END_TO_END === undefined ? "set CONTRAPPOSTO_END_TO_END=1 (a minute)" : undefined;
const notHere = NOT_ASKED ?? NO_DDS;
const noPython = NOT_ASKED ?? NO_SDK;

// Bridge and twin are processes, as beside a robot: on a machine that is busy elsewhere one of them may come too late.
describe("a bridge beside a robot on DDS", { retry: 1 }, () => {
  it.skipIf(notHere !== undefined)(
    `has the motors released by the built-in controller, and only then writes to them${because(notHere)}`,
    async () => {
      await using twin = await TwinProcess.start("h1", 108, "--motion-service", "ai");
      await twin.hear(/the built-in controller has the motors/);
      await using bridge = await BridgeProcess.onDds("h1", 108);
      await twin.hear(/a program has the motors/);
      await using link = await openLink({ url: bridge.url });
      expect(link.sent.phase).toBe("passive");
      const { motors, commands } = await twin.state();
      expect(motors).toBe("commands");
      expect(commands).toMatchObject({ badCrc: 0, refused: 0 });
    },
  );

  it.skipIf(notHere !== undefined)(
    `knows where the pelvis of an H1 is, whose inertial unit is above a turned waist${because(notHere)}`,
    async () => {
      await using twin = await TwinProcess.start("h1", 109);
      using envelope = new PatientEnvelope("h1");
      await using bridge = await BridgeProcess.onDds("h1", 109, "--envelope", envelope.path);
      await using link = await openLink({ url: bridge.url });
      await startRunning(link);
      const targets = restOf(link);
      const waist = link.robot.joints.findIndex(({ name }) => name === "torso_joint");
      targets.q[waist] = 0.9;
      await drive(link, targets, 3);
      const truth = (await twin.state()).orientation;
      link.send(targets);
      await pass(link, 0.04);
      const { baseQuat } = new LinkObserver(link).observe(0, 0);
      const torso = link.state.imu.quat;
      expect(link.state.q[waist]).toBeGreaterThan(0.6);
      expect(Math.abs(yawOf(torso) - yawOf(truth))).toBeGreaterThan(0.6);
      for (const [k, part] of truth.entries()) expect(baseQuat[k]).toBeCloseTo(part, 1.7);
    },
  );

  it.skipIf(noPython !== undefined).each([
    ["h1", 110],
    ["h1_2", 111],
  ] as const)(
    `takes over the arms of the %s by degrees and gives them back so, as Unitree's SDK sees it${because(noPython)}`,
    async (name, domain) => {
      const robot = robotByName(name);
      const elbow = robot.joints.findIndex((joint) => joint.name.startsWith("left_elbow"));
      await using twin = await TwinProcess.start(name, domain, "--motion-service", "ai", "--no-band");
      using envelope = new PatientEnvelope(name);
      const seen = runPython(PYTHON, WATCH, ...watchArguments(robot, domain, elbow));
      const flags = ["--authority", "arms", "--envelope", envelope.path];
      await using bridge = await BridgeProcess.onDds(name, domain, ...flags);
      await using link = await openLink({ url: bridge.url });
      await startRunning(link);
      const targets = restOf(link);
      targets.q[elbow] += 0.6;
      await drive(link, targets, 2);
      expect(link.state.q[elbow]).toBeCloseTo(targets.q[elbow], 0.7);
      await drive(link, restOf(link), 1);
      await bridge[Symbol.asyncDispose](); // as by Ctrl-C, while the arms are held
      const rows = (await seen) as ArmRow[];
      expect(riseOf(rows)).toBeGreaterThan(0.8); // 1 s is the envelope's
      expect(riseOf(rows)).toBeLessThan(1.3);
      expect(fallOf(rows)).toBeGreaterThan(0.8);
      expect(fallOf(rows)).toBeLessThan(1.3);
      expect(Math.max(...steps(rows))).toBeLessThan(0.1);
      expect(rows.at(-1)?.weight).toBe(0);
      expect(Math.max(...rows.map(({ legs }) => legs))).toBe(0);
      expect(
        rows.some(({ joint, weight }) => weight === 1 && Math.abs(joint - targets.q[elbow]) < 0.01),
      ).toBe(true);
      const { motors, upright } = await twin.state();
      expect(motors).toBe("motion service");
      expect(upright).toBeGreaterThan(0.98);
    },
  );
});

const WATCH = new URL("dds/watch_arm_sdk.py", import.meta.url).pathname;

interface ArmRow {
  readonly time: number;
  readonly weight: number;
  readonly joint: number;
  readonly kp: number;
  readonly legs: number;
}

function watchArguments(robot: RobotSpec, domain: number, joint: number): string[] {
  const messages = robot.hardware?.messages ?? "unitree_hg";
  const { weightSlot } = MESSAGE_FAMILIES[messages];
  const legs = robot.joints.filter(({ group }) => group === "lower").map(({ motorSlot }) => motorSlot);
  const slots = [weightSlot, robot.joints[joint].motorSlot, legs.join()];
  return [`${domain}`, "lo", messages.slice("unitree_".length), ...slots.map(String)];
}

/** How long the weight took from its last 0 to its first 1, s. */
function riseOf(rows: readonly ArmRow[]): number {
  const full = rows.findIndex(({ weight }) => weight === 1);
  return rows[full].time - rows[rows.findLastIndex(({ weight }, i) => i < full && weight === 0)].time;
}

/** How long it took from its last 1 to its first 0 after that, s. */
function fallOf(rows: readonly ArmRow[]): number {
  const full = rows.findLastIndex(({ weight }) => weight === 1);
  const none = rows.findIndex(({ weight }, i) => i > full && weight === 0);
  return rows[none].time - rows[full].time;
}

const steps = (rows: readonly ArmRow[]): number[] =>
  rows.slice(1).map(({ weight }, i) => Math.abs(weight - rows[i].weight));
