import { expect, it } from "vitest";
import { WebSocket } from "ws";
import { Relay } from "../../../bench/faults/relay.ts";
import { loadMotions } from "../../../src/app/motions.ts";
import { LinkSession } from "../../../src/app/server/link-session.ts";
import { LiveServer } from "../../../src/app/server/live-server.ts";
import { robotPicture } from "../../../src/app/server/robot-picture.ts";
import { Rng } from "../../../src/common/index.ts";
import { HoldPosePolicy } from "../../../src/policies/index.ts";
import { type ClientSocketConstructor, WireClient } from "../../../src/wire/index.ts";
import { BridgeFixture, openLink } from "../../teleop/support/bridge-fixture.ts";
import { h12 } from "../../teleop/support/safety-fixture.ts";
import { h12World } from "../../teleop/support/sim-world.ts";

const nowMs = () => performance.now();

it("steers a robot behind a bridge, and after its cable was cut again as soon as somebody asks for it", {
  timeout: 60_000,
}, async () => {
  const motions = await loadMotions(h12);
  const picture = (await robotPicture(h12World)).message;
  await using bridge = await BridgeFixture.open({}, true); // one that fell while the machine was late could not stand up again
  await using cable = await Relay.open(bridge.server.socketUrl, new Rng(1));
  const notes: string[] = [];
  const open = () => openLink({ url: cable.url });
  const session: LinkSession = new LinkSession(
    h12,
    {
      policy: new HoldPosePolicy(h12, 0.02),
      motions,
      acceleration: 0.5,
      open,
      note: (t) => void notes.push(t),
    },
    () => server.hub,
  );
  await using server = await LiveServer.start(session, { host: "127.0.0.1", port: 0 });
  const end = new AbortController();
  const running = session.run(await open(), picture, end.signal);
  const socket = WebSocket as unknown as ClientSocketConstructor;
  const viewer = new WireClient({ url: server.socketUrl, socket, name: "viewer", nowMs });
  await viewer.connect();
  await viewer.request({ op: "acquire" });
  const shows = (state: string) =>
    expect.poll(() => viewer.last("robotState")?.state, { timeout: 15_000 }).toBe(state);
  // As a person asks: again, where a late machine has let the robot say no.
  const runs = () =>
    expect
      .poll(
        async () => {
          const state = viewer.last("robotState")?.state;
          if (state !== "running") await viewer.request({ op: "transition", to: "running" }).catch(() => {});
          return state;
        },
        { timeout: 20_000, interval: 500 },
      )
      .toBe("running");
  try {
    const seen = new Set<string>();
    viewer.on("robotState", ({ state }) => seen.add(state));
    await runs();
    expect([...seen]).toEqual(expect.arrayContaining(["damping", "standing-up", "ready", "running"]));
    await viewer.request({ op: "motion", motion: "wave_right", amplitude: 1 });
    const motion = () => expect.poll(() => viewer.last("session")?.motion);
    await motion().toEqual({ name: "wave_right", amplitude: 1 });
    cable.cut();
    await shows("fault");
    await motion().toBeNull(); // it would begin in the middle, far from where the arms are
    await expect.poll(() => notes.at(-1), { timeout: 10_000 }).toMatch(/open again/);
    await expect(viewer.request({ op: "transition", to: "running" })).rejects.toThrow(/damping first/);
    await viewer.request({ op: "transition", to: "damping" });
    await shows("damping");
  } finally {
    end.abort();
    await running;
    viewer.close();
  }
});
