import { describe, expect, it } from "vitest";
import { fromYaw } from "../../../src/common/index.ts";
import { jointNames, robotByName } from "../../../src/sim/index.ts";
import { jointLimits } from "../../../src/teleop/safety/envelope.ts";
import { LIMITS } from "../../../src/teleop/safety/phase.ts";
import { createTargetChunk } from "../../../src/teleop/safety/target-chunk.ts";
import { envelopeOf, h12, SafetyBench } from "../support/safety-fixture.ts";

const isAllZero = (values: Float64Array) => values.every((value) => value === 0);

describe("the phases of a robot", () => {
  it("begin passive, with motors off and no torque", () => {
    const bench = new SafetyBench();
    const { command, phase } = bench.run(0.1);
    expect(phase).toBe("passive");
    expect(command.isEnabled).toBe(false);
    for (const values of [command.kp, command.kd, command.tau]) expect(isAllZero(values)).toBe(true);
  });

  it("lead from passive by damping and standing up to ready, and from there to running", () => {
    const bench = new SafetyBench();
    bench.run(0.02);
    expect(bench.ask("damp")).toBe("none");
    expect(bench.safety.phase).toBe("damping");
    expect(bench.ask("stand")).toBe("none");
    expect(bench.safety.phase).toBe("standing-up");
    bench.run(bench.envelope.standUpSeconds + 0.1);
    expect(bench.safety.phase).toBe("ready");
    expect(bench.ask("run")).toBe("none");
    expect(bench.safety.phase).toBe("running");
    expect(bench.ask("damp")).toBe("none");
    expect(bench.safety.phase).toBe("damping");
    expect(bench.ask("relax")).toBe("none");
    expect(bench.safety.phase).toBe("passive");
  });

  it.each(["stand", "run", "reset"] as const)("do not lead from passive to what '%s' asks for", (request) => {
    const bench = new SafetyBench();
    bench.run(0.02);
    expect(bench.ask(request)).toBe("wrong phase");
    expect(bench.safety.phase).toBe("passive");
    expect(bench.safety.sent.refusal).toBe("wrong phase");
  });

  it("stay in damping while the robot still moves, when asked to let go", () => {
    const bench = new SafetyBench();
    bench.run(0.02);
    bench.ask("damp");
    bench.state.dq[3] = 2;
    bench.run(0.02);
    expect(bench.ask("relax")).toBe("still moving");
    expect(bench.safety.phase).toBe("damping");
  });

  it("stay in standing-up while a joint has not come along", () => {
    const bench = new SafetyBench();
    bench.state.q[bench.joint("left_knee_joint")] = 1.6;
    bench.stand();
    expect(bench.safety.phase).toBe("standing-up");
    bench.state.q[bench.joint("left_knee_joint")] = 0.8;
    bench.run(0.01);
    expect(bench.safety.phase).toBe("ready");
  });

  it("damp with every motor, from any phase, at an emergency stop, until a deliberate reset", () => {
    for (const reach of [
      (bench: SafetyBench) => bench.run(0.02),
      (bench: SafetyBench) => bench.ask("damp"),
      (bench: SafetyBench) => bench.stand(),
      (bench: SafetyBench) => bench.start(),
    ]) {
      const bench = new SafetyBench();
      reach(bench);
      bench.safety.stop();
      const { command, phase, fault } = bench.run(bench.tick);
      expect([phase, fault]).toEqual(["fault", "emergency stop"]);
      expect(isAllZero(command.kp) && isAllZero(command.tau)).toBe(true);
      expect(command.kd.every((kd) => kd > 0)).toBe(true);
      for (const request of ["damp", "stand", "run", "relax"] as const) bench.ask(request);
      expect(bench.safety.phase).toBe("fault");
      expect(bench.ask("reset")).toBe("none");
      expect(bench.safety.phase).toBe("damping");
    }
  });

  it("remember the first cause of a fault", () => {
    const bench = new SafetyBench().start();
    bench.safety.stop("tilt");
    bench.safety.stop("battery");
    expect(bench.run(0.01).fault).toBe("tilt");
  });
});

describe("standing up", () => {
  it("starts at the measured pose and ends at the default pose, without a jump", () => {
    const bench = new SafetyBench();
    const knee = bench.joint("right_knee_joint");
    bench.state.q[knee] = 1.5;
    bench.run(0.02);
    bench.ask("damp");
    bench.ask("stand");
    expect(bench.safety.sent.command.q[knee]).toBeCloseTo(1.5, 2);
    let last = bench.safety.sent.command.q[knee];
    let fastest = 0;
    bench.run(bench.envelope.standUpSeconds, {
      each: () => {
        const { q } = bench.safety.sent.command;
        fastest = Math.max(fastest, Math.abs(q[knee] - last) / bench.tick);
        last = q[knee];
        bench.state.q.set(q);
      },
    });
    expect(bench.safety.sent.command.q[knee]).toBeCloseTo(0.8, 6);
    expect(fastest).toBeLessThan(0.5);
  });

  it.each<[string, (bench: SafetyBench) => void, string]>([
    ["leans too far", (b) => b.state.imu.quat.set([Math.cos(0.5), Math.sin(0.5), 0, 0]), "tilt"],
    ["kneels", (b) => foldLegs(b), "base height"],
    ["is hot", (b) => b.state.temperature.fill(70), "joint temperature"],
    ["has an empty battery", (b) => void (b.state.battery.charge = 0.1), "battery"],
    ["has a motor that reports a fault", (b) => void (b.state.motorFault[2] = 4), "motor fault"],
  ])("is refused to a robot that %s", (_, spoil, cause) => {
    const bench = new SafetyBench();
    spoil(bench);
    bench.run(0.02);
    bench.ask("damp");
    expect(bench.ask("stand")).toBe(cause);
    expect(bench.safety.phase).toBe("damping");
  });

  it("finds its way out of arms that have fallen against the chest", () => {
    const bench = new SafetyBench();
    const fallen = [0.278, -0.177, 0.156, 1.466, 0.274, 0.165, -0.209, 1.466]; // of a limp robot on its band
    bench.state.q.set(fallen, bench.joint("left_shoulder_pitch_joint"));
    bench.run(0.02);
    bench.ask("damp");
    bench.ask("stand");
    bench.run(bench.envelope.standUpSeconds + 1, {
      each: () => bench.state.q.set(bench.safety.sent.command.q),
    });
    expect(bench.safety.phase).toBe("ready");
  });

  it("is refused while no state arrives", () => {
    const bench = new SafetyBench();
    bench.run(0.02);
    bench.ask("damp");
    bench.run(0.1, { isSilent: true });
    expect(bench.safety.request("stand")).toBe("state silence");
  });

  it("does not mind what the robot cannot tell: battery, temperature and base height", () => {
    const bench = new SafetyBench();
    bench.state.temperature.fill(Number.NaN);
    bench.state.battery.charge = Number.NaN;
    expect(bench.stand().safety.phase).toBe("ready");
  });
});

describe("a running robot", () => {
  it("gets the targets that were sent, when they are within all limits", () => {
    const bench = new SafetyBench().start();
    const { command, limits, sequence } = bench.drive(0.5, { left_elbow_pitch_joint: 0.5 });
    expect(command.q[bench.joint("left_elbow_pitch_joint")]).toBeCloseTo(0.5, 9);
    expect(command.kp[bench.joint("left_knee_joint")]).toBe(300);
    expect(limits).toBe(0);
    expect(sequence).toBeGreaterThan(20);
  });

  it("turns gradually from the held pose to a controller's first targets", () => {
    const bench = new SafetyBench().stand();
    bench.ask("run");
    bench.offer({ left_knee_joint: 1.2 });
    const { command, limits } = bench.run(0.01);
    expect(command.q[bench.joint("left_knee_joint")]).toBeLessThan(0.81);
    expect(limits & LIMITS.blend).not.toBe(0);
  });

  it("never leaves the joints' range, whatever is asked", () => {
    const bench = new SafetyBench().start();
    const { command, limits } = bench.drive(0.5, { left_ankle_roll_joint: 0.6 });
    expect(command.q[bench.joint("left_ankle_roll_joint")]).toBeCloseTo(0.261799 - 0.02, 9);
    expect(limits & LIMITS.position).not.toBe(0);
  });

  it("pushes on where an angle was cut, but not against the end of the joint's range", () => {
    const bench = new SafetyBench().start();
    const ankle = bench.joint("left_ankle_roll_joint");
    const push = 40 * (0.6 - 0.241799);
    expect(bench.drive(0.1, { left_ankle_roll_joint: 0.6 }).command.tau[ankle]).toBeCloseTo(push, 6);
    bench.state.q[ankle] = 0.241799 - 0.05;
    expect(bench.drive(0.1, { left_ankle_roll_joint: 0.6 }).command.tau[ankle]).toBeCloseTo(push / 2, 6);
    bench.state.q[ankle] = 0.26;
    expect(bench.drive(0.1, { left_ankle_roll_joint: 0.6 }).command.tau[ankle]).toBe(0);
  });

  it("moves targets no faster than the joints' speed", () => {
    const bench = new SafetyBench().start();
    bench.offer({ left_shoulder_pitch_joint: -0.35 });
    const { command, limits } = bench.run(bench.tick);
    const speed = 9 * 0.6;
    expect(0.4 - command.q[bench.joint("left_shoulder_pitch_joint")]).toBeCloseTo(speed * bench.tick, 9);
    expect(limits & LIMITS.rate).not.toBe(0);
  });

  it("weakens gains until a motor is asked for no more than its torque", () => {
    const bench = new SafetyBench().start();
    const ankle = bench.joint("left_ankle_pitch_joint");
    bench.state.q[ankle] = 0.5; // 0.9 rad above the target: with 50 N·m/rad, 45 N·m; then the speed adds to it
    bench.state.dq[ankle] = 8;
    bench.offer({}, { kp: 1000, kd: 100 });
    const { command, limits } = bench.run(bench.tick);
    const torque =
      command.kp[ankle] * (command.q[ankle] - bench.state.q[ankle]) -
      command.kd[ankle] * bench.state.dq[ankle];
    expect(Math.abs(torque)).toBeCloseTo(0.95 * 60, 6);
    expect(torque).toBeLessThan(0);
    expect(limits & LIMITS.torque).not.toBe(0);
    expect(limits & LIMITS.gain).not.toBe(0);
  });

  it("holds its targets for two control periods after one is overdue, then damps", () => {
    const bench = new SafetyBench().start();
    bench.offer({ left_elbow_pitch_joint: 0.6 });
    bench.run(0.058);
    expect(bench.safety.phase).toBe("running");
    expect(bench.safety.sent.limits & LIMITS.held).not.toBe(0);
    bench.run(0.006);
    expect([bench.safety.phase, bench.safety.fault]).toEqual(["fault", "command silence"]);
  });

  it("faults on silence of the state", () => {
    const bench = new SafetyBench().start();
    bench.offer();
    bench.run(bench.envelope.stateTimeout - bench.tick, { isSilent: true });
    expect(bench.safety.phase).toBe("running");
    bench.run(2 * bench.tick, { isSilent: true });
    expect([bench.safety.phase, bench.safety.fault]).toEqual(["fault", "state silence"]);
  });

  it("takes states that are no numbers for silence, and never computes with them", () => {
    const bench = new SafetyBench().start();
    bench.state.q[4] = Number.NaN;
    bench.offer();
    const { command } = bench.run(bench.envelope.stateTimeout + 2 * bench.tick);
    expect(bench.safety.fault).toBe("state silence");
    expect([...command.q, ...command.kp, ...command.kd, ...command.tau].every(Number.isFinite)).toBe(true);
  });

  it.each<[string, Record<string, number>, string]>([
    ["leap", { left_knee_joint: 0.8 + 1.25 }, "target jump"],
    ["leap by 10 rad", { left_knee_joint: 10.8 }, "target jump"],
    ["lie far outside the range", { left_ankle_roll_joint: 1.1 }, "joint position"],
    ["are not a number", { torso_joint: Number.NaN }, "not finite"],
    ["are infinite", { torso_joint: Number.NEGATIVE_INFINITY }, "not finite"],
  ])("refuses targets that %s, and damps if nothing better comes", (_, q, cause) => {
    const bench = new SafetyBench().start();
    expect(bench.offer(q)).toBe(cause);
    expect(bench.safety.refusedChunks).toBe(1);
    bench.drive(0.2, q);
    expect([bench.safety.phase, bench.safety.fault]).toEqual(["fault", cause]);
  });

  it("forgives one bad target between good ones", () => {
    const bench = new SafetyBench().start();
    bench.offer({ torso_joint: Number.NaN });
    bench.run(0.02);
    expect(bench.safety.sent.limits & LIMITS.refused).not.toBe(0);
    bench.drive(0.2);
    expect(bench.safety.phase).toBe("running");
    expect(bench.safety.sent.limits).toBe(0);
  });

  it("refuses swapped joints: the left arm's targets in the right arm's places", () => {
    const robot = h12;
    const bench = new SafetyBench().start();
    const swapped = Object.fromEntries(
      robot.joints.map(({ name }) => {
        const other = name.replace(/^left|^right/, (side) => (side === "left" ? "right" : "left"));
        return [
          name,
          name.includes("knee") ? -0.9 : (robot.joints.find((j) => j.name === other)?.default ?? 0),
        ];
      }),
    );
    expect(bench.offer(swapped)).not.toBe("none");
  });

  it("refuses negative gains", () => {
    expect(new SafetyBench().start().offer({}, { kp: -5 })).toBe("not finite");
  });

  it("ignores chunks that come late or twice", () => {
    const bench = new SafetyBench().start();
    const chunk = createTargetChunk(h12);
    for (const [j, joint] of h12.joints.entries()) {
      chunk.q[j] = joint.default;
      chunk.kp[j] = joint.kp;
    }
    chunk.count = 1;
    chunk.time[0] = bench.now;
    chunk.sequence = 1; // the bench has sent more than that
    chunk.q[bench.joint("torso_joint")] = 0.5;
    expect(bench.safety.offer(chunk, bench.now)).toBe("none");
    bench.run(0.02);
    expect(bench.safety.sent.command.q[bench.joint("torso_joint")]).toBe(0);
  });

  it("refuses chunks of another time, as after a step of the sender's clock", () => {
    for (const shift of [-3600, -0.2, 2, 3600]) {
      const bench = new SafetyBench().start();
      const chunk = createTargetChunk(h12);
      for (const [j, joint] of h12.joints.entries()) chunk.q[j] = joint.default;
      chunk.count = 1;
      chunk.sequence = 1e6;
      chunk.time[0] = bench.now + shift;
      expect(bench.safety.offer(chunk, bench.now)).toBe("clock");
    }
  });

  it.each<[string, (bench: SafetyBench) => void, string]>([
    ["tips over", (b) => b.state.imu.quat.set([Math.cos(0.45), 0, Math.sin(0.45), 0]), "tilt"],
    ["sinks to its knees", (b) => foldLegs(b), "base height"],
    ["overheats", (b) => void (b.state.temperature[3] = 81), "joint temperature"],
    ["runs out of battery", (b) => void (b.state.battery.charge = 0.04), "battery"],
    ["has a joint faster than it can be", (b) => void (b.state.dq[3] = 25), "joint speed"],
    ["has an encoder that is outside its range", (b) => void (b.state.q[5] = 0.5), "joint position"],
    ["loses a motor", (b) => void (b.state.motorFault[7] = 1), "motor fault"],
  ])("damps when it %s", (_, spoil, cause) => {
    const bench = new SafetyBench().start();
    spoil(bench);
    bench.drive(0.02);
    expect([bench.safety.phase, bench.safety.fault]).toEqual(["fault", cause]);
  });

  it("does not take a twist of the waist for a lean", () => {
    const bench = new SafetyBench().start();
    bench.state.q[bench.joint("torso_joint")] = 1.2;
    bench.state.imu.quat.set(fromYaw(1.2));
    bench.drive(0.1, { torso_joint: 0.5 });
    expect(bench.safety.phase).toBe("running");
  });

  it("overlooks a single glitch of a speed reading", () => {
    const bench = new SafetyBench().start();
    bench.state.dq[3] = 40;
    bench.offer();
    bench.run(bench.tick);
    bench.state.dq[3] = 0;
    bench.drive(0.1);
    expect(bench.safety.phase).toBe("running");
  });

  it("damps when its controller's lease is lost", () => {
    const bench = new SafetyBench().start();
    bench.safety.leaseLost();
    expect([bench.run(0.01).phase, bench.safety.fault]).toEqual(["fault", "lease lost"]);
  });

  it("damps after the loop has slept, as a stopped process does", () => {
    const bench = new SafetyBench().start();
    bench.offer();
    bench.now += 0.5;
    bench.run(bench.tick);
    expect([bench.safety.phase, bench.safety.fault]).toEqual(["fault", "late loop"]);
  });

  it.each([-1e-3, Number.NaN])("damps when its own clock is broken by %s", (shift) => {
    const bench = new SafetyBench().start();
    bench.offer();
    bench.hear();
    bench.safety.step(bench.now + shift, bench.state);
    expect([bench.safety.phase, bench.safety.fault]).toEqual(["fault", "clock"]);
  });

  it("waits a while in the default pose for a controller's first command, then damps", () => {
    const bench = new SafetyBench().stand();
    bench.ask("run");
    bench.run(bench.envelope.firstCommandSeconds - 0.01);
    expect(bench.safety.phase).toBe("running");
    bench.run(0.03);
    expect([bench.safety.phase, bench.safety.fault]).toEqual(["fault", "command silence"]);
  });
});

describe("a dry run", () => {
  it("goes through all phases and never lets out a gain, a torque or an enabled motor", () => {
    const bench = new SafetyBench({ isDryRun: true });
    const watch = () => {
      const { command } = bench.safety.sent;
      expect([command.kp, command.kd, command.tau, command.dq].every(isAllZero)).toBe(true);
      expect(command.isEnabled).toBe(false);
    };
    bench.stand();
    watch();
    bench.ask("run");
    for (let i = 0; i < 20; i++) {
      bench.offer({}, { tau: 5 });
      bench.run(0.02, { each: watch });
    }
    expect(bench.safety.phase).toBe("running");
    expect(bench.safety.sent.limits & LIMITS.dryRun).not.toBe(0);
    bench.safety.stop();
    bench.run(0.1, { each: watch });
  });
});

describe("arms over the maker's own controller", () => {
  it("leave the legs alone in every phase", () => {
    const bench = new SafetyBench({ authority: "arms" });
    const lower = new Set(jointNames(h12, "lower"));
    const legsAreFree = () => {
      const { command } = bench.safety.sent;
      for (const [j, { name }] of h12.joints.entries())
        if (lower.has(name)) expect([command.kp[j], command.kd[j], command.tau[j]]).toEqual([0, 0, 0]);
    };
    bench.stand();
    legsAreFree();
    bench.ask("run");
    bench.drive(0.4);
    legsAreFree();
    expect(bench.safety.sent.command.kp[bench.joint("left_elbow_pitch_joint")]).toBe(80);
    bench.safety.stop();
    bench.run(0.1);
    legsAreFree();
  });

  it("come and go by a weight that ramps", () => {
    const bench = new SafetyBench({ authority: "arms" });
    bench.run(0.02);
    bench.ask("damp");
    expect(bench.safety.sent.command.weight).toBe(0);
    bench.ask("stand");
    bench.run(0.5);
    expect(bench.safety.sent.command.weight).toBeCloseTo(0.5, 1);
    bench.run(bench.envelope.standUpSeconds);
    expect(bench.safety.sent.command.weight).toBe(1);
    bench.safety.stop();
    bench.run(0.25);
    expect(bench.safety.sent.command.weight).toBeCloseTo(0.75, 1);
    bench.run(1);
    expect(bench.safety.sent.command.weight).toBe(0);
  });

  it("are not let go of before they are given back", () => {
    const bench = new SafetyBench({ authority: "arms" });
    bench.stand();
    bench.ask("damp");
    bench.run(0.3);
    expect(bench.ask("relax")).toBe("still moving");
    bench.run(1);
    expect(bench.safety.sent.command.weight).toBe(0);
    expect(bench.ask("relax")).toBe("none");
  });
});

describe("an operating envelope", () => {
  it.each(["h1", "h1_2", "h1_2_27dof"])(
    "of %s leaves every joint its default pose and no more than its makers allow",
    (name) => {
      const robot = robotByName(name);
      const limits = jointLimits(envelopeOf(robot), robot);
      for (const [j, joint] of robot.joints.entries()) {
        expect(limits.low[j]).toBeGreaterThanOrEqual(joint.range[0]);
        expect(limits.high[j]).toBeLessThanOrEqual(joint.range[1]);
        expect(limits.torque[j]).toBeLessThanOrEqual(joint.torqueLimit);
        expect(limits.speed[j]).toBeLessThanOrEqual(joint.velocityLimit);
        expect(limits.dampingKd[j]).toBeGreaterThan(0);
      }
    },
  );

  it("is refused for a robot that it does not name", () => {
    expect(() => jointLimits(envelopeOf(robotByName("h1")), h12)).toThrow(/for h1, not for h1_2/);
  });
});

/** Thighs level, shanks hanging: the soles are 0.62 m below the pelvis at most. */
function foldLegs({ state, robot }: SafetyBench): void {
  for (const [j, { name }] of robot.joints.entries()) {
    if (name.includes("hip_pitch")) state.q[j] = -2;
    if (name.includes("knee")) state.q[j] = 2;
  }
}
