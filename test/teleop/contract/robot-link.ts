import { describe, expect, it } from "vitest";
import { createMotorCommand, type MotorCommand } from "../../../src/teleop/motor-command.ts";
import type { RobotLink } from "../../../src/teleop/robot-link.ts";
import { LIMITS, type Phase } from "../../../src/teleop/safety/phase.ts";
import { createTargetChunk } from "../../../src/teleop/safety/target-chunk.ts";

/** What every link to a robot does, whatever is between it and the motors. */
export function describeRobotLink(name: string, open: () => Promise<RobotLink>): void {
  describe(`a robot link: ${name}`, () => {
    const withLink = (sentence: string, test: (link: RobotLink) => Promise<void>) =>
      it(sentence, async () => {
        await using link = await open();
        await test(link);
      });

    withLink("tells the robot's state from the beginning, and lets time pass", async (link) => {
      const { joints } = link.robot;
      expect(link.state.sequence).toBeGreaterThan(0);
      expect(link.state.q).toHaveLength(joints.length);
      expect([...link.state.q, ...link.state.dq, ...link.state.imu.gyro].every(Number.isFinite)).toBe(true);
      expect(Math.hypot(...link.state.imu.quat)).toBeCloseTo(1, 3);
      const [before, sequence] = [link.now(), link.state.sequence];
      await pass(link, 0.1);
      expect(link.now() - before).toBeGreaterThanOrEqual(0.1 - 1e-6);
      expect(link.state.sequence).toBeGreaterThan(sequence);
    });

    withLink("begins passive, and moves nothing then", async (link) => {
      expect(link.sent.phase).toBe("passive");
      for (let i = 0; i < 5; i++) {
        link.send(restOf(link));
        await pass(link, 0.02);
      }
      expect(link.sent.phase).toBe("passive");
      expect(Math.max(...link.sent.command.kp, ...link.sent.command.kd)).toBe(0);
    });

    withLink("refuses to run before it stands, and says why", async (link) => {
      link.request("run");
      await pass(link, 0.2);
      expect([link.sent.phase, link.sent.refusal]).toEqual(["passive", "wrong phase"]);
    });

    withLink("stands the robot up in its default pose", async (link) => {
      await standUp(link);
      for (const [j, joint] of link.robot.joints.entries())
        expect(Math.abs(link.state.q[j] - joint.default)).toBeLessThan(0.25);
    });

    withLink("follows targets while running, and says which it followed", async (link) => {
      await startRunning(link);
      const waist = link.robot.joints.findIndex(({ name }) => name === "torso_joint");
      const targets = restOf(link);
      targets.q[waist] = 0.3;
      await drive(link, targets, 0.6);
      expect(link.sent.phase).toBe("running");
      expect(link.sent.sequence).toBeGreaterThan(10);
      expect(link.sent.command.q[waist]).toBeCloseTo(0.3, 5);
      expect(link.state.q[waist]).toBeGreaterThan(0.15);
    });

    withLink("follows a chunk of targets in its own time", async (link) => {
      await startRunning(link);
      const waist = link.robot.joints.findIndex(({ name }) => name === "torso_joint");
      const chunk = createTargetChunk(link.robot);
      chunk.count = 3;
      const now = link.now();
      for (let point = 0; point < chunk.count; point++) {
        chunk.time[point] = now + 0.2 * (point + 1);
        for (const [j, joint] of link.robot.joints.entries())
          chunk.q[point * link.robot.joints.length + j] = joint.default;
        chunk.q[point * link.robot.joints.length + waist] = 0.1 * (point + 1);
      }
      for (const [j, joint] of link.robot.joints.entries()) {
        chunk.kp[j] = joint.kp;
        chunk.kd[j] = joint.kd;
      }
      link.sendChunk(chunk);
      await link.waitUntil(now + 0.3);
      expect(link.sent.command.q[waist]).toBeGreaterThan(0.08);
      expect(link.sent.command.q[waist]).toBeLessThan(0.25);
      // The word from a busy machine comes late; 0.16 s after the chunk's end the robot would damp.
      for (let t = 0.62; t < 0.75 && link.sent.command.q[waist] < 0.3 - 1e-6; t += 0.02)
        await link.waitUntil(now + t);
      expect(link.sent.phase).toBe("running");
      expect(link.sent.command.q[waist]).toBeCloseTo(0.3, 5);
    });

    withLink("sends what is within limits, and says what it cut", async (link) => {
      await startRunning(link);
      const waist = link.robot.joints.findIndex(({ name }) => name === "torso_joint");
      const targets = restOf(link);
      targets.kp[waist] = 5000;
      await drive(link, targets, 0.3);
      expect(link.sent.command.kp[waist]).toBeLessThan(1000);
      expect(link.sent.limits & LIMITS.gain).not.toBe(0);
    });

    withLink("damps when commands stop coming", async (link) => {
      await startRunning(link);
      await pass(link, 0.4);
      expect([link.sent.phase, link.sent.fault]).toEqual(["fault", "command silence"]);
      expectDamped(link);
    });

    withLink("damps when it is sent what is no number", async (link) => {
      await startRunning(link);
      const targets = restOf(link);
      targets.q[0] = Number.NaN;
      await drive(link, targets, 0.4);
      expect(link.sent.phase).toBe("fault");
      expectDamped(link);
    });

    withLink("damps at an emergency stop, and goes on only after a reset", async (link) => {
      await startRunning(link);
      link.stop();
      await until(link, "fault");
      expect(link.sent.fault).toBe("emergency stop");
      expectDamped(link);
      link.request("run");
      link.request("stand");
      await pass(link, 0.2);
      expect(link.sent.phase).toBe("fault");
      link.request("reset");
      await until(link, "damping");
    });
  });
}

/** The robot's default pose with its own gains. */
export function restOf({ robot }: RobotLink): MotorCommand {
  const command = createMotorCommand(robot);
  for (const [j, joint] of robot.joints.entries()) {
    command.q[j] = joint.default;
    command.kp[j] = joint.kp;
    command.kd[j] = joint.kd;
  }
  return command;
}

export function pass(link: RobotLink, seconds: number): Promise<void> {
  return link.waitUntil(link.now() + seconds);
}

/** Lets time pass until the robot is in a phase; fails after 8 s. */
export async function until(link: RobotLink, phase: Phase): Promise<void> {
  const deadline = link.now() + 8;
  while (link.sent.phase !== phase && link.now() < deadline) await pass(link, 0.01);
  expect([link.sent.phase, link.sent.fault, link.sent.refusal][0]).toBe(phase);
}

async function standUp(link: RobotLink): Promise<void> {
  link.request("damp");
  await until(link, "damping");
  await pass(link, 0.1);
  link.request("stand");
  await until(link, "ready");
}

export async function startRunning(link: RobotLink): Promise<void> {
  await standUp(link);
  link.request("run");
  await drive(link, restOf(link), 0.4);
  await until(link, "running");
}

/** Sends the same targets at 50 Hz for so long. */
export async function drive(link: RobotLink, targets: MotorCommand, seconds: number): Promise<void> {
  const start = link.now();
  for (let k = 0; k < seconds * 50; k++) {
    link.send(targets);
    await link.waitUntil(start + (k + 1) * 0.02);
  }
}

export function expectDamped({ sent: { command } }: RobotLink): void {
  expect(Math.max(...command.kp)).toBe(0);
  expect(Math.max(...command.tau.map(Math.abs))).toBe(0);
  expect(Math.min(...command.kd)).toBeGreaterThan(0);
}
