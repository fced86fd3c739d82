import { existsSync, readFileSync } from "node:fs";
import { beforeAll, describe, expect, it } from "vitest";
import { createController, HoldPosePolicy } from "../../src/policies/index.ts";
import { Engine } from "../../src/sim/index.ts";
import { CommandRamp } from "../../src/teleop/control/command-ramp.ts";
import { driveLink } from "../../src/teleop/control/drive-link.ts";
import { TwinLink } from "../../src/teleop/links/twin-link.ts";
import { ROOT } from "../support/run-cli.ts";
import { envelopeOf, geometryOf, h12 } from "./support/safety-fixture.ts";
import { h12Safety, h12World } from "./support/sim-world.ts";

const WALK = `${ROOT}../shared/data/policies/almi_h1_2_lower.onnx`;

let engine: Engine;
beforeAll(async () => {
  engine = await Engine.load();
});

describe("driving a robot over a link", () => {
  it.skipIf(!existsSync(WALK))(
    "walks a released policy through the whole safety layer (needs ../shared/data)",
    async () => {
      await using link = await TwinLink.open(engine, h12World, {
        geometry: geometryOf(h12),
        envelope: envelopeOf(h12),
      });
      const policy = await createController(h12, [{ name: "almi", bytes: readFileSync(WALK) }], 0.02);
      const start = [...link.state.basePos];
      const result = await driveLink({
        link,
        policy,
        request: { command: () => [0.5, 0, 0] },
        seconds: 6,
        acceleration: 0.5,
        step: () => {},
      });
      expect([result.phase, result.fault, result.steps]).toEqual(["running", "none", 300]);
      expect(link.state.basePos[0] - start[0]).toBeGreaterThan(1.6);
      await link.waitUntil(link.now() + 0.01);
      expect(link.sent.phase).toBe("damping");
    },
  );

  it("tells why a robot would not stand up, and never runs the policy then", async () => {
    await using link = await TwinLink.open(engine, h12World, h12Safety);
    link.loop.port.state.motorFault[3] = 1;
    const result = await driveLink({
      link,
      policy: new HoldPosePolicy(h12, 0.02),
      request: { command: () => [0, 0, 0] },
      seconds: 1,
      acceleration: 1,
    });
    expect([result.refusal, result.steps]).toEqual(["motor fault", 0]);
  });

  it("tells a robot that does not answer, and a drive that was called off, from one that refuses", async () => {
    await using link = await TwinLink.open(engine, h12World, h12Safety);
    link.request = () => {}; // as if it were lost on the way
    const drive = (signal?: AbortSignal) =>
      driveLink({
        link,
        policy: new HoldPosePolicy(h12, 0.02),
        request: { command: () => [0, 0, 0] },
        seconds: 1,
        acceleration: 1,
        ...(signal === undefined ? {} : { signal }),
      });
    const silent = await drive();
    expect([silent.refusal, silent.steps]).toEqual(["no answer", 0]);
    expect((await drive(AbortSignal.abort())).refusal).toBe("called off");
  });

  it("goes on while the word that the robot runs is late", async () => {
    await using link = await TwinLink.open(engine, h12World, h12Safety);
    const request = link.request.bind(link);
    let runAt = Number.POSITIVE_INFINITY;
    link.request = (what) => {
      if (what === "run") runAt = link.now() + 1;
      else request(what);
    };
    const result = await driveLink({
      link,
      policy: new HoldPosePolicy(h12, 0.02),
      request: { command: () => [0, 0, 0] },
      seconds: 1.5,
      acceleration: 1,
      step: () => {
        if (link.now() > runAt) request("run");
      },
    });
    expect([result.phase, result.steps]).toEqual(["running", 75]);
  });

  it("ends when the robot faults, and says with what", async () => {
    await using link = await TwinLink.open(engine, h12World, h12Safety);
    const result = await driveLink({
      link,
      policy: new HoldPosePolicy(h12, 0.02), // stands stiffly, and falls within seconds once it is let off the band
      request: { command: () => [0, 0, 0] },
      seconds: 20,
      acceleration: 1,
    });
    expect(result.phase).toBe("fault");
    expect(["tilt", "base height"]).toContain(result.fault);
  });
});

describe("a command ramp", () => {
  it("changes no component faster than it may, and arrives", () => {
    const ramp = new CommandRamp(0.5);
    const out = new Float64Array(3);
    let last = 0;
    for (let i = 0; i < 60; i++) {
      ramp.follow([0.5, -0.1, 0], 0.02, out);
      expect(out[0] - last).toBeLessThanOrEqual(0.01 + 1e-12);
      last = out[0];
    }
    expect([...out]).toEqual([0.5, -0.1, 0]);
  });
});
