import { beforeAll, describe, expect, it } from "vitest";
import { Engine } from "../../../src/sim/index.ts";
import { TwinLink } from "../../../src/teleop/links/twin-link.ts";
import { describeRobotLink, drive, pass, restOf, startRunning } from "../contract/robot-link.ts";
import { h12Safety, h12World } from "../support/sim-world.ts";

let engine: Engine;
beforeAll(async () => {
  engine = await Engine.load();
});

const open = () => TwinLink.open(engine, h12World, h12Safety);

describeRobotLink("the simulated twin", open);

describe("the simulated twin", () => {
  it("does the same again, to the bit", async () => {
    const play = async () => {
      await using link = await open();
      await startRunning(link);
      await drive(link, restOf(link), 0.2);
      await pass(link, 0.5);
      return [...link.state.q, ...link.state.dq, ...link.state.imu.quat];
    };
    expect(await play()).toEqual(await play());
  });

  it("sinks rather than drops when its motors only damp", async () => {
    await using link = await open();
    await startRunning(link);
    const height = link.state.basePos[2];
    let fastest = 0;
    link.stop();
    for (let i = 0; i < 100; i++) {
      await pass(link, 0.02);
      fastest = Math.max(fastest, ...link.state.dq.map(Math.abs));
    }
    expect(link.state.basePos[2]).toBeLessThan(height - 0.3);
    expect(fastest).toBeLessThan(15);
    await pass(link, 2);
    expect(Math.max(...link.state.dq.map(Math.abs))).toBeLessThan(0.3);
  });

  it("never writes to the motors in a dry run", async () => {
    await using link = await TwinLink.open(engine, h12World, { ...h12Safety, isDryRun: true });
    const written: number[] = [];
    const { port } = link.loop;
    port.write = () => void written.push(link.now());
    await link.waitUntil(0.1);
    link.request("damp");
    await link.waitUntil(0.5);
    expect(link.sent.phase).toBe("damping");
    expect(written).toEqual([]);
  });
});
