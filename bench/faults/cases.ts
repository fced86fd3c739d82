import { setTimeout as sleep } from "node:timers/promises";
import { WebSocket } from "ws";
import { encodeFrame, FRAME_TYPE, SUBPROTOCOL } from "../../src/wire/index.ts";
import type { Relay } from "./relay.ts";
import { type Controller, openLink, type Rig } from "./rig.ts";

/** One way in which things go wrong, and what the robot should make of it. */
export interface FaultCase {
  readonly name: string;
  readonly expected: "damps" | "runs on";
  /** Breaks things; what it returns is told beside the result. The controller is running. */
  inject(rig: Rig, controller: Controller, relay: Relay): Promise<unknown>;
}

const damps = (name: string, inject: FaultCase["inject"]): FaultCase => ({ name, expected: "damps", inject });
const runsOn = (name: string, inject: FaultCase["inject"]): FaultCase => ({
  name,
  expected: "runs on",
  inject,
});

const joint = (controller: Controller, name: string) =>
  controller.link.robot.joints.findIndex((candidate) => candidate.name === name);

export const CASES: readonly FaultCase[] = [
  damps("command silence", async (_, controller) => controller.silence()),
  damps("socket cut", async (_rig, _controller, relay) => relay.cut()),
  damps("half-open TCP", async (_rig, _controller, relay) => {
    relay.isDead = true;
  }),
  damps("30 % loss and 200 ms jitter", async (_rig, _controller, relay) => {
    relay.weather = { loss: 0.3, jitterMs: 200, duplicates: 0 };
  }),
  runsOn("frames reordered by up to 30 ms, a third of them twice", async (_rig, _controller, relay) => {
    relay.weather = { loss: 0, jitterMs: 30, duplicates: 0.33 };
  }),
  damps("NaN", async (_, { targets }) => void targets.q.fill(Number.NaN)),
  damps("infinity", async (_, { targets }) => void targets.tau.fill(Number.POSITIVE_INFINITY)),
  damps(
    "out of range",
    async (_, controller) => void (controller.targets.q[joint(controller, "left_ankle_roll_joint")] = 1.15),
  ),
  damps("swapped joints: knee and hip", async (_, controller) => {
    const { q } = controller.targets;
    const [knee, hip] = [joint(controller, "left_knee_joint"), joint(controller, "left_hip_pitch_joint")];
    [q[knee], q[hip]] = [q[hip], q[knee]];
  }),
  damps("10 rad jump", async (_, { targets }) => void (targets.q[3] += 10)),
  damps("the controller's clock steps back by 1 s", async (_, controller) => {
    const { link, targets } = controller;
    const now = link.now.bind(link);
    link.now = () => now() - 1;
    controller.act = () => void link.send(targets);
  }),
  runsOn("two controllers fighting", async (rig) => {
    let refused = 0;
    for (let i = 0; i < 20; i++) {
      await openLink(rig.url, "rival").catch(() => refused++);
    }
    return `${refused} of 20 attempts refused`;
  }),
  runsOn("lease thief", async (rig, controller) => {
    const { socket, codes } = await stranger(rig);
    const { clientId } = controller.link.client;
    socket.send(JSON.stringify({ op: "hello", versions: [1], name: "thief", resume: clientId }));
    socket.send(JSON.stringify({ op: "transition", to: "passive" }));
    for (let id = 1; id < 16; id++)
      socket.send(
        encodeFrame(
          { type: FRAME_TYPE.action, flags: 0, stream: id, sequence: 1, timeNs: 0 },
          new Float32Array(106),
        ),
      );
    await sleep(200);
    socket.terminate();
    return `answers: ${[...new Set(codes)].join(", ")}`;
  }),
  runsOn("slow observer", async (rig) => {
    const { socket } = await stranger(rig);
    socket.send(JSON.stringify({ op: "hello", versions: [1], name: "slow" }));
    socket.send(JSON.stringify({ op: "subscribe", stream: "robot" }));
    socket.pause();
    await sleep(600);
    socket.terminate();
  }),
  runsOn("oversize frame of an observer", async (rig) => {
    const { socket, closed } = await stranger(rig);
    socket.send(new Uint8Array(4 << 20));
    return `closed with ${await closed}`;
  }),
  damps("oversize frame of the controller", async (_, controller) => {
    controller.act = () => void controller.link.client.send({ op: "estop", reason: "x".repeat(1 << 20) });
  }),
  damps("emergency stop by an observer", async (rig) => {
    const { socket } = await stranger(rig);
    socket.send(JSON.stringify({ op: "hello", versions: [1], name: "observer" }));
    socket.send(JSON.stringify({ op: "estop", reason: "looks wrong" }));
    await sleep(100);
    socket.terminate();
  }),
  damps("the bridge's own thread stands still for 500 ms", async () => {
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 500);
  }),
];

/** Somebody else on the bridge's port. */
async function stranger(rig: Rig): Promise<{ socket: WebSocket; codes: string[]; closed: Promise<number> }> {
  const socket = new WebSocket(rig.url, [SUBPROTOCOL], { perMessageDeflate: false });
  const codes: string[] = [];
  const closed = new Promise<number>((resolve) => socket.on("close", resolve));
  socket.on("error", () => {});
  socket.on("message", (data, isBinary) => {
    if (isBinary) return;
    const message = JSON.parse(String(data)) as { op: string; code?: string };
    if (message.op === "error") codes.push(message.code ?? "");
  });
  await new Promise((resolve) => socket.once("open", resolve));
  return { socket, codes, closed };
}
