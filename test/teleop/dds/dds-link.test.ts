import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type RobotSpec, robotByName } from "../../../src/sim/index.ts";
import { h12 } from "../../../src/sim/robots/h1-2.ts";
import { DdsMotorPort } from "../../../src/teleop/dds/dds-motor-port.ts";
import { MotionServiceError } from "../../../src/teleop/dds/rpc/motion-switcher.ts";
import { RobotMissingError } from "../../../src/teleop/errors.ts";
import { LoopLink } from "../../../src/teleop/links/loop-link.ts";
import { monotonicClock } from "../../../src/teleop/loop/monotonic.ts";
import { createMotorCommand } from "../../../src/teleop/motor-command.ts";
import { describeRobotLink } from "../contract/robot-link.ts";
import { because, NO_DDS } from "../support/dds-presence.ts";
import { patientSafety } from "../support/sim-world.ts";
import { TwinProcess } from "../support/twin-process.ts";

const network = { domain: 105, interface: "lo" };

function openLink(robot: RobotSpec, domain: number): Promise<LoopLink> {
  const { geometry, envelope } = patientSafety(robot);
  // Two processes in real time: on a machine that is busy elsewhere for 40 ms the watchdogs would trip, as they should.
  // They are specified elsewhere; here they are patient.
  const patient = { ...envelope, stateTimeout: 0.5, holdPeriods: 12 };
  return LoopLink.open(
    { kind: "dds", robot, network: { ...network, domain } },
    { geometry, envelope: patient, authority: "body", isDryRun: false },
    monotonicClock(() => performance.now()),
  );
}

describe.skipIf(NO_DDS !== undefined)(`an H1 on DDS${because(NO_DDS)}`, { retry: 1 }, () => {
  let twin: TwinProcess;
  beforeAll(async () => {
    twin = await TwinProcess.start("h1", 117, "--motion-service", "ai");
  });
  afterAll(async () => {
    await twin[Symbol.asyncDispose]();
  });

  describeRobotLink("an H1 on DDS, whose messages are of the other family", async () => {
    twin.say("reset");
    return openLink(robotByName("h1"), 117);
  });
});

describe.skipIf(NO_DDS !== undefined)(`a robot on DDS${because(NO_DDS)}`, { retry: 1 }, () => {
  let twin: TwinProcess;
  beforeAll(async () => {
    twin = await TwinProcess.start("h1_2", network.domain, "--motion-service", "ai");
  });
  afterAll(async () => {
    await twin[Symbol.asyncDispose]();
  });

  describeRobotLink("an H1-2 on DDS", async () => {
    twin.say("reset");
    return openLink(h12, network.domain);
  });

  it("tells of torso, battery, temperatures and remote control, and damps wrists that it does not know", async () => {
    await using port = await DdsMotorPort.open(h12, network);
    await port.engage("body");
    twin.say("stick ly 0.5");
    const command = createMotorCommand(h12);
    command.isEnabled = true;
    command.kd.fill(2);
    const { accepted } = (await twin.state()).commands;
    for (let i = 0; i < 100; i++) {
      port.poll(i);
      port.write(command);
      await new Promise((resolve) => setTimeout(resolve, 4));
    }
    const { state } = port;
    expect(state.sequence).toBeGreaterThan(50);
    expect(Math.hypot(...state.imu.quat)).toBeCloseTo(1, 4);
    expect(state.battery.charge).toBe(1);
    expect([...state.temperature].every((t) => t > 0 && t < 80)).toBe(true);
    expect(state.remote.ly).toBe(0.5);
    expect(port.brokenStates).toBe(0);
    const { commands } = await twin.state();
    expect(commands.accepted - accepted).toBeGreaterThan(50);
    expect(commands).toMatchObject({ badCrc: 0, refused: 0 });
    twin.say("stick ly 0");
  });

  it("mixes in arms only while the built-in controller has the motors", async () => {
    await using port = await DdsMotorPort.open(h12, network);
    await port.engage("body"); // which releases it
    await expect(port.engage("arms")).rejects.toThrow(MotionServiceError);
  });

  it("moves an arm by arm_sdk while the built-in controller stands", async () => {
    await using standing = await TwinProcess.start("h1_2", 107, "--motion-service", "ai", "--no-band");
    await using port = await DdsMotorPort.open(h12, { ...network, domain: 107 });
    await port.engage("arms");
    const elbow = h12.joints.findIndex(({ name }) => name === "left_elbow_pitch_joint");
    const command = createMotorCommand(h12);
    command.isEnabled = true;
    for (const [j, joint] of h12.joints.entries()) {
      command.q[j] = j === elbow ? 1 : joint.default;
      command.kp[j] = joint.kp;
      command.kd[j] = joint.kd;
    }
    for (let i = 0; i < 400 && !(port.state.q[elbow] > 0.8); i++) {
      command.weight = Math.min(1, i / 50);
      port.poll(i);
      port.write(command);
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    expect(port.state.q[elbow]).toBeGreaterThan(0.8);
    const { motors, upright } = await standing.state();
    expect(motors).toBe("motion service");
    expect(upright).toBeGreaterThan(0.98);
  });

  it("says that there is no robot where none is", async () => {
    await using port = await DdsMotorPort.open(h12, { ...network, domain: 106 });
    await expect(port.engage("body")).rejects.toThrow(RobotMissingError);
  });
});
