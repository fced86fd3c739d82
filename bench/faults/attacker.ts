import { setTimeout as sleep } from "node:timers/promises";
import { WebSocket } from "ws";
import { Rng } from "../../src/common/index.ts";
import { encodeFrame, FRAME_TYPE, SUBPROTOCOL } from "../../src/wire/index.ts";

// Somebody who means harm, in a process of its own. Arguments: flood | garbage, URL, how many messages, how many a second
// at most. Prints one line of JSON: {sent, connections, codes}.

const HELLO = JSON.stringify({ op: "hello", versions: [1], name: "attacker" });
/** Mistakes end a connection after 20; so many frames fit in before that, every other one being no mistake. */
const FRAMES_EACH = 40;

const [kind, url, count, perSecond] = [
  process.argv[2],
  process.argv[3],
  ...process.argv.slice(4).map(Number),
];
const start = performance.now();
const codes = new Map<number, number>();
let [sent, connections] = [0, 0];
if (kind === "flood") await flood();
else await Promise.all([garbage(new Rng(13)), garbage(new Rng(14))]);
console.log(JSON.stringify({ sent, connections, codes: Object.fromEntries(codes) }));

/** Messages that are in order, but far too many. */
async function flood(): Promise<void> {
  const { socket, closed } = await connect();
  for (let isOver = false; sent < count && !isOver; await sleep(1)) {
    const due = (perSecond / 1000) * (performance.now() - start);
    for (; sent < Math.min(due, count); sent++) socket.send('{"op":"ping","clientTimeNs":1}');
    isOver = socket.readyState !== WebSocket.OPEN;
  }
  const late = sleep(1000).then(() => socket.terminate());
  await Promise.race([closed, late]);
}

/** Bytes that mean nothing, and messages that look like some but are not; one connection after the other. */
async function garbage(rng: Rng): Promise<void> {
  while (sent < count) {
    const { socket, closed } = await connect();
    for (let i = 0; i < FRAMES_EACH; i++) socket.send(i % 2 === 0 ? noise(rng) : imitation(rng));
    sent += FRAMES_EACH;
    await closed;
    const early = start + (1000 * sent) / perSecond - performance.now();
    if (early > 0) await sleep(early);
  }
}

async function connect(): Promise<{ socket: WebSocket; closed: Promise<void> }> {
  const socket = new WebSocket(url, [SUBPROTOCOL], { perMessageDeflate: false });
  const closed = new Promise<void>((resolve) =>
    socket.on("close", (code) => {
      codes.set(code, (codes.get(code) ?? 0) + 1);
      resolve();
    }),
  );
  socket.on("error", () => {});
  await Promise.race([new Promise((resolve) => socket.once("open", resolve)), closed]);
  connections++;
  if (socket.readyState === WebSocket.OPEN) socket.send(HELLO);
  return { socket, closed };
}

/** Up to 64 random bytes, as a binary frame or as text. */
function noise(rng: Rng): Uint8Array | string {
  const bytes = Uint8Array.from({ length: rng.integer(64) }, () => rng.integer(256));
  if (rng.integer(3) === 0) bytes.set([0x43, 0x50, 1, 2].slice(0, bytes.length));
  return rng.integer(2) === 0 ? bytes : `{${String.fromCharCode(...bytes)}`;
}

/** An action frame for any stream, or an operation that is not this client's to ask for. */
function imitation(rng: Rng): Uint8Array | string {
  const any = () => rng.uniform(-1e9, 1e9);
  if (rng.integer(2) === 0)
    return encodeFrame(
      {
        type: FRAME_TYPE.action,
        flags: rng.integer(65536),
        stream: rng.integer(64),
        sequence: rng.integer(2 ** 31),
        timeNs: rng.integer(2 ** 31),
      },
      Float32Array.from({ length: rng.integer(128) }, any),
    );
  const operations = [
    { op: "velocity", velocity: [any(), any(), any()] },
    { op: "transition", to: "passive" },
    { op: "acquire" },
    { op: "clearStop" },
    { op: "reset" },
    { op: "subscribe", stream: `s${any()}` },
    { op: "publish", stream: "targets", joints: ["left_knee_joint"], fields: ["q"] },
  ];
  return JSON.stringify(operations[rng.integer(operations.length)]);
}
