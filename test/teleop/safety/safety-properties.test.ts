import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createMotorCommand } from "../../../src/teleop/motor-command.ts";
import type { RobotState } from "../../../src/teleop/robot-state.ts";
import { ArmGuard } from "../../../src/teleop/safety/arm-guard.ts";
import { jointLimits } from "../../../src/teleop/safety/envelope.ts";
import { isDriven, nextPhase, type Phase } from "../../../src/teleop/safety/phase.ts";
import { SafetyLayer } from "../../../src/teleop/safety/safety-layer.ts";
import { createTargetChunk } from "../../../src/teleop/safety/target-chunk.ts";
import { envelopeOf, geometryOf, h12, PHASE_REQUESTS, restingState } from "../support/safety-fixture.ts";

const envelope = { ...envelopeOf(h12), standUpSeconds: 0.02 };
const limits = jointLimits(envelope, h12);
const geometry = geometryOf(h12);
const guard = new ArmGuard(h12, geometry, envelope.armClearance, limits);
const joints = h12.joints.length;

/** Numbers as a broken, hostile or confused sender might send them. */
const wild = fc.oneof(
  { weight: 6, arbitrary: fc.double({ min: -3, max: 3, noNaN: true }) },
  fc.double({ noDefaultInfinity: false, noNaN: false }),
  fc.constantFrom(0, -0, Number.MAX_VALUE, -Number.MAX_VALUE, Number.MIN_VALUE),
);
/** Mostly near the default pose, so that runs get far. */
const near = fc.double({ min: -0.4, max: 0.4, noNaN: true });
const jointIndex = fc.nat({ max: joints - 1 });

type Happening =
  | { readonly kind: "ticks"; readonly count: number; readonly dt: number; readonly isSilent: boolean }
  | { readonly kind: "sense"; readonly joint: number; readonly q: number; readonly dq: number }
  | { readonly kind: "tilt"; readonly quat: readonly [number, number, number, number] }
  | { readonly kind: "move"; readonly offsets: readonly number[]; readonly kp: number; readonly tau: number }
  | { readonly kind: "chunk"; readonly values: readonly number[]; readonly times: readonly number[] }
  | { readonly kind: "request"; readonly request: (typeof PHASE_REQUESTS)[number] }
  | { readonly kind: "stop" | "lease" | "recover" | "bring up" };

const happening: fc.Arbitrary<Happening> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant("ticks" as const),
      count: fc.integer({ min: 1, max: 12 }),
      dt: fc.oneof({ weight: 8, arbitrary: fc.constant(0.002) }, fc.double({ min: -0.01, max: 1 })),
      isSilent: fc.boolean(),
    }),
  },
  fc.record({ kind: fc.constant("sense" as const), joint: jointIndex, q: wild, dq: wild }),
  fc.record({ kind: fc.constant("tilt" as const), quat: fc.tuple(wild, wild, wild, wild) }),
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant("move" as const),
      offsets: fc.array(fc.oneof({ weight: 30, arbitrary: near }, wild), {
        minLength: joints,
        maxLength: joints,
      }),
      kp: fc.oneof(fc.double({ min: 0, max: 2000, noNaN: true }), wild),
      tau: fc.oneof(fc.double({ min: -300, max: 300, noNaN: true }), wild),
    }),
  },
  fc.record({
    kind: fc.constant("chunk" as const),
    values: fc.array(wild, { minLength: 3, maxLength: 9 }),
    times: fc.array(fc.double({ min: -0.2, max: 3 }), { minLength: 1, maxLength: 8 }),
  }),
  fc.record({ kind: fc.constant("request" as const), request: fc.constantFrom(...PHASE_REQUESTS) }),
  { weight: 4, arbitrary: fc.constant({ kind: "bring up" as const }) },
  fc.constantFrom<Happening>({ kind: "stop" }, { kind: "lease" }, { kind: "recover" }),
);

/** A safety layer in a world where anything may happen, and a judge of everything that leaves it. */
class Ordeal {
  readonly safety = new SafetyLayer({ robot: h12, geometry, envelope, imuBody: "torso" });
  readonly state: RobotState = restingState(h12);
  readonly #before = createMotorCommand(h12);
  #phaseBefore: Phase = "passive";
  #faultIsReset = false;
  #now = 0;
  #isNews = false;
  #sequence = 0;
  reached = new Set<Phase>();

  happen(event: Happening): void {
    switch (event.kind) {
      case "ticks":
        for (let i = 0; i < event.count; i++) this.#tick(event.dt, event.isSilent);
        break;
      case "sense":
        this.state.q[event.joint] = event.q;
        this.state.dq[event.joint] = event.dq;
        break;
      case "tilt":
        this.state.imu.quat.set(event.quat);
        break;
      case "move":
      case "chunk":
        this.#offer(event);
        break;
      case "request":
        this.#request(event.request);
        break;
      case "bring up":
        for (const request of ["reset", "damp", "stand"] as const) {
          this.#request(request);
          this.#tick(0.002, false);
        }
        for (let i = 0; i < 12; i++) this.#tick(0.002, false);
        this.#request("run");
        break;
      case "stop":
        this.safety.stop();
        break;
      case "lease":
        this.safety.leaseLost();
        break;
      case "recover": {
        const { q, dq, imu } = restingState(h12);
        this.state.q.set(q);
        this.state.dq.set(dq);
        this.state.imu.quat.set(imu.quat);
      }
    }
  }

  #request(request: (typeof PHASE_REQUESTS)[number]): void {
    const from = this.safety.phase;
    const refusal = this.safety.request(request);
    expect(this.safety.phase).toBe(refusal === "none" ? nextPhase(from, request) : from);
    if (from === "fault" && request === "reset") this.#faultIsReset = true;
  }

  #tick(dt: number, isSilent: boolean): void {
    this.#now += dt;
    this.#isNews = !isSilent;
    if (!isSilent) {
      this.state.sequence++;
      this.state.time = this.#now;
    }
    const { command, phase } = this.safety.step(this.#now, this.state);
    this.reached.add(phase);
    this.#judge(command, phase, dt);
    for (const field of ["q", "dq", "kp", "kd", "tau"] as const) this.#before[field].set(command[field]);
    this.#phaseBefore = phase;
    this.#faultIsReset = false;
  }

  #judge(command: ReturnType<typeof createMotorCommand>, phase: Phase, dt: number): void {
    const { q, dq, kp, kd, tau } = command;
    const isMoving = isDriven(phase);
    const wasMoving = isDriven(this.#phaseBefore);
    if (this.#phaseBefore === "fault" && !this.#faultIsReset) expect(phase).toBe("fault");
    for (let j = 0; j < joints; j++) {
      const numbers = [q[j], dq[j], kp[j], kd[j], tau[j]];
      if (!numbers.every(Number.isFinite)) expect.fail(`joint ${j}: ${numbers}`);
      if (phase === "passive" && (kp[j] !== 0 || kd[j] !== 0 || tau[j] !== 0))
        expect.fail("passive, not slack");
      if (phase === "fault" || phase === "damping") {
        if (kp[j] !== 0 || tau[j] !== 0 || !(kd[j] > 0)) expect.fail(`joint ${j} is not damped`);
      }
      if (!isMoving) continue;
      if (q[j] < limits.low[j] - 1e-12 || q[j] > limits.high[j] + 1e-12)
        expect.fail(`joint ${j} out of range`);
      if (kp[j] < 0 || kp[j] > limits.kp[j] || kd[j] < 0 || kd[j] > limits.kd[j]) expect.fail("gains");
      if (Math.abs(tau[j]) > limits.feedForward[j] || Math.abs(dq[j]) > limits.speed[j])
        expect.fail("torque");
      if (wasMoving && Math.abs(q[j] - this.#before.q[j]) > limits.speed[j] * Math.max(0, dt) + 1e-9)
        expect.fail(`joint ${j} leaps by ${q[j] - this.#before.q[j]}`);
      if (Number.isFinite(this.state.q[j] + this.state.dq[j]) && this.#isHeard()) {
        const torque = kp[j] * (q[j] - this.state.q[j]) + kd[j] * (dq[j] - this.state.dq[j]) + tau[j];
        if (Math.abs(torque) > limits.torque[j] * (1 + 1e-9)) expect.fail(`joint ${j}: ${torque} N·m`);
      }
    }
    if (isMoving && wasMoving && this.#isHeard()) this.#judgeArms(q);
  }

  /** Whether the present state is the one that the safety layer goes by. */
  #isHeard(): boolean {
    const { q, dq, imu } = this.state;
    const [w, x, y, z] = imu.quat;
    const norm = w * w + x * x + y * y + z * z;
    const sum = [...q, ...dq, ...imu.gyro].reduce((a, b) => a + b, 0);
    if (q.some((angle) => Math.abs(angle) > 20) || dq.some((speed) => Math.abs(speed) > 1000)) return false;
    if (!Number.isFinite(sum) || !(norm > 0.81 && norm < 1.21)) return false;
    return this.#isNews;
  }

  #judgeArms(q: Float64Array): void {
    const pose = (targets: Float64Array) =>
      targets.map((target, j) => (h12.joints[j].group === "lower" ? this.state.q[j] : target));
    const after = guard.clearanceOf(pose(q));
    if (after >= envelope.armClearance - 1e-9) return;
    expect(after).toBeGreaterThanOrEqual(guard.clearanceOf(pose(this.#before.q)) - 1e-9);
  }

  #offer(event: Extract<Happening, { kind: "move" | "chunk" }>): void {
    const chunk = createTargetChunk(h12);
    chunk.sequence = ++this.#sequence;
    for (const [j, joint] of h12.joints.entries()) {
      chunk.kp[j] = event.kind === "move" ? event.kp : joint.kp;
      chunk.kd[j] = joint.kd;
    }
    if (event.kind === "move") {
      chunk.count = 1;
      chunk.time[0] = this.#now;
      for (const [j, joint] of h12.joints.entries()) chunk.q[j] = joint.default + event.offsets[j];
      chunk.tau.fill(event.tau, 0, joints);
    } else {
      chunk.count = event.times.length;
      for (const [p, time] of event.times.entries()) {
        chunk.time[p] = this.#now + time;
        for (const [j, joint] of h12.joints.entries())
          chunk.q[p * joints + j] = joint.default + event.values[(p + j) % event.values.length];
      }
    }
    this.safety.offer(chunk, this.#now);
  }
}

describe("the safety layer", () => {
  it("lets nothing unsafe out, whatever arrives in whatever order", () => {
    const reached = new Set<Phase>();
    let sent = 0;
    fc.assert(
      fc.property(fc.array(happening, { maxLength: 80 }), (events) => {
        const ordeal = new Ordeal();
        for (const event of events) ordeal.happen(event);
        for (const phase of ordeal.reached) reached.add(phase);
        if (ordeal.safety.sent.sequence > 0) sent++;
      }),
      { numRuns: 400, seed: 5 },
    );
    // The ordeal would prove nothing if the robot had never got anywhere.
    expect(reached.size).toBe(6);
    expect(sent).toBeGreaterThan(10);
  });
});
