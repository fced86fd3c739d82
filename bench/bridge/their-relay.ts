import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { WebSocket } from "ws";
import { robotByName } from "../../src/sim/index.ts";
import { decodeFrame, encodeFrame, FRAME_TYPE } from "../../src/wire/index.ts";
import { type LoopCounts, LoopWatch, type Way } from "./measure.ts";
import { NETWORK, openTwin, standing } from "./our-bridge.ts";
import { closeAll, Helper, openAll } from "./processes.ts";

const PYTHON = process.env.CONTRAPPOSTO_PYTHON ?? "python3";
const SCRIPT = fileURLToPath(new URL("./relay.py", import.meta.url));
const REPORT_MS = 1000;

/** `relay.py` on Unitree's Python SDK to the same twin, sent the same targets as our bridge. */
export function openRelay(): Promise<Way> {
  return openAll(async (opened) => {
    await openTwin(opened);
    const relay = new Helper(PYTHON, ["-u", SCRIPT, NETWORK[1]]);
    opened.push(relay);
    const [, port] = await relay.says(/^port (\d+)/);
    const socket = new WebSocket(`ws://127.0.0.1:${port}`, { perMessageDeflate: false });
    await once(socket, "open");
    opened.push({ [Symbol.asyncDispose]: async () => socket.terminate() });
    return wayOver(socket, relay, opened);
  });
}

function wayOver(socket: WebSocket, relay: Helper, opened: AsyncDisposable[]): Way {
  const { q, dq, tau, kp, kd } = standing(robotByName("h1_2"));
  const row = Float32Array.of(0, ...q, ...dq, ...tau, ...kp, ...kd);
  const loop = new LoopWatch();
  relay.hear = (line) => {
    if (line.startsWith("{")) loop.hear(JSON.parse(line) as LoopCounts);
  };
  const asking = setInterval(() => relay.child.stdin?.write("how punctual?\n"), REPORT_MS);
  opened.push({ [Symbol.asyncDispose]: async () => clearInterval(asking) });
  const way = {
    sent: 0,
    answered: (_sequence: number) => {},
    send() {
      const header = { type: FRAME_TYPE.action, flags: 0, stream: 1, sequence: ++this.sent, timeNs: 0 };
      socket.send(encodeFrame(header, row));
    },
    loop,
    get cpuSeconds() {
      return relay.cpuSeconds;
    },
    check() {
      if (socket.readyState !== WebSocket.OPEN) throw new Error("The relay has closed the connection.");
    },
    [Symbol.asyncDispose]: () => closeAll(opened),
  };
  socket.on("message", (data: Buffer) => way.answered(decodeFrame(data).sequence));
  return way;
}
