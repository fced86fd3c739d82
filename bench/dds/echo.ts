import { Participant } from "../../src/teleop/dds/cyclone/participant.ts";
import { Reader } from "../../src/teleop/dds/cyclone/reader.ts";
import { Writer } from "../../src/teleop/dds/cyclone/writer.ts";
import { sealMessage } from "../../src/teleop/dds/messages/crc.ts";
import { hgLowCmd, hgLowState } from "../../src/teleop/dds/messages/unitree-hg.ts";
import { SEQUENCE, TICK } from "./offsets.ts";

// A robot that does nothing but answer: each command's number comes back as the state's clock. Arguments: domain, s.
const idle = new Int32Array(new SharedArrayBuffer(4));
const [domain, seconds] = process.argv.slice(2).map(Number);
using participant = await Participant.open({ domain, interface: "lo" });
const reader = new Reader(participant, { name: "rt/lowcmd", type: hgLowCmd });
const writer = new Writer(participant, { name: "rt/lowstate", type: hgLowState });
const end = performance.now() + 1000 * seconds;
while (performance.now() < end) {
  if (reader.take()) {
    writer.sample.setUint32(TICK, reader.sample.getUint32(SEQUENCE, true), true);
    sealMessage(writer.sample);
    writer.write();
  } else Atomics.wait(idle, 0, 0, 0.02);
}
