import { Participant } from "../../src/teleop/dds/cyclone/participant.ts";
import { Reader } from "../../src/teleop/dds/cyclone/reader.ts";
import { Writer } from "../../src/teleop/dds/cyclone/writer.ts";
import { isMessageIntact, sealMessage } from "../../src/teleop/dds/messages/crc.ts";
import { hgLowCmd, hgLowState } from "../../src/teleop/dds/messages/unitree-hg.ts";
import { SEQUENCE, TICK } from "./offsets.ts";

// 500 commands a second with checksum, and how long each answer took. Arguments: domain, s. Prints {rtts, cpu}.
const idle = new Int32Array(new SharedArrayBuffer(4));
const sleep = (ms: number) => Atomics.wait(idle, 0, 0, ms);
const [domain, seconds] = process.argv.slice(2).map(Number);
using participant = await Participant.open({ domain, interface: "lo" });
const writer = new Writer(participant, { name: "rt/lowcmd", type: hgLowCmd });
const reader = new Reader(participant, { name: "rt/lowstate", type: hgLowState });
while (writer.readers === 0 || reader.writers === 0) sleep(10);
sleep(500);
const rtts: number[] = [];
const before = process.cpuUsage();
let due = performance.now();
for (let sequence = 1; sequence <= 500 * seconds; sequence++) {
  writer.sample.setUint32(SEQUENCE, sequence, true);
  sealMessage(writer.sample);
  const sent = performance.now();
  writer.write();
  due += 2;
  for (let now = sent; now < due; now = performance.now()) {
    if (reader.take() && reader.sample.getUint32(TICK, true) === sequence) {
      if (!isMessageIntact(reader.sample)) throw new Error("an answer's checksum is wrong");
      rtts.push(1000 * (performance.now() - sent));
      break;
    }
    sleep(0.02);
  }
  const rest = due - performance.now();
  if (rest > 0) sleep(rest);
  else due -= rest;
}
const { user, system } = process.cpuUsage(before);
process.stdout.write(`${JSON.stringify({ rtts, cpu: (user + system) / 1e6 / seconds })}\n`);
