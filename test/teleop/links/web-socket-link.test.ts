import { describe, expect, it } from "vitest";
import { NoAnswerError } from "../../../src/teleop/errors.ts";
import { WebSocketLink } from "../../../src/teleop/links/web-socket-link.ts";
import type { RobotLink } from "../../../src/teleop/robot-link.ts";
import { describeRobotLink, pass, startRunning } from "../contract/robot-link.ts";
import { BridgeFixture, linkOptions, openLink } from "../support/bridge-fixture.ts";

/** A link whose end also ends the bridge. */
async function open(): Promise<RobotLink> {
  const fixture = await BridgeFixture.open();
  const link = await fixture.link();
  const close = link[Symbol.asyncDispose].bind(link);
  return Object.assign(link, {
    [Symbol.asyncDispose]: async () => {
      await close();
      await fixture[Symbol.asyncDispose]();
    },
  });
}

describeRobotLink("a bridge over a WebSocket", open);

describe("a link over a WebSocket", () => {
  it("says that nobody answers where there is no bridge", async () => {
    const failure = openLink({ url: "ws://127.0.0.1:9/ws" });
    await expect(failure).rejects.toThrow(NoAnswerError);
    await expect(failure).rejects.toThrow("ECONNREFUSED");
  }, 10_000);

  it("says which robot there is, and leaves it to whoever has it", async () => {
    await using fixture = await BridgeFixture.open();
    await using link = await fixture.link();
    const robot = await WebSocketLink.robotAt(linkOptions({ url: fixture.server.socketUrl }));
    expect(robot.joints).toEqual(link.robot.joints);
    expect(link.client.hasControl).toBe(true);
  });

  it("gives the robot up when it closes, which damps it", async () => {
    await using fixture = await BridgeFixture.open();
    const link = await fixture.link();
    await startRunning(link);
    await link[Symbol.asyncDispose]();
    await using watcher = await fixture.link();
    await pass(watcher, 0.1);
    expect(watcher.sent.phase).toBe("fault");
    expect(["lease lost", "command silence"]).toContain(watcher.sent.fault);
  });

  it("is refused control that somebody else has", async () => {
    await using fixture = await BridgeFixture.open();
    await using first = await fixture.link();
    await expect(fixture.link()).rejects.toThrow(/has control/);
    expect(first.client.hasControl).toBe(true);
  });
});
