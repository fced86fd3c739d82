import { describe, expect, it } from "vitest";
import { Participant } from "../../../src/teleop/dds/cyclone/participant.ts";
import { Reader } from "../../../src/teleop/dds/cyclone/reader.ts";
import { Writer } from "../../../src/teleop/dds/cyclone/writer.ts";
import { CLayout, extentOf } from "../../../src/teleop/dds/idl/c-layout.ts";
import type { IdlStruct, IdlType } from "../../../src/teleop/dds/idl/idl-type.ts";
import {
  goLowCmd,
  goLowState,
  goSportModeState,
  goWirelessController,
} from "../../../src/teleop/dds/messages/unitree-go.ts";
import { hgBmsState, hgImuState, hgLowCmd, hgLowState } from "../../../src/teleop/dds/messages/unitree-hg.ts";
import { because, NO_SDK, PYTHON } from "../support/dds-presence.ts";
import { runPython } from "../support/twin-process.ts";

const DOMAIN = 101;
const MESSAGES: readonly IdlStruct[] = [
  goLowCmd,
  goLowState,
  goSportModeState,
  goWirelessController,
  hgLowCmd,
  hgLowState,
  hgImuState,
  hgBmsState,
];

/** The name under which Unitree's package makes an empty message. */
const pythonName = (type: IdlStruct): string => type.name.replaceAll("::", "_");

describe(`every message${because(NO_SDK)}`, () => {
  it.skipIf(NO_SDK !== undefined)(
    "is the same here and in Unitree's Python SDK, member by member, both ways",
    async () => {
      using participant = await Participant.open({ domain: DOMAIN, interface: "lo" });
      const pairs = MESSAGES.map((type) => {
        const writer = new Writer(participant, { name: `ours/${pythonName(type)}`, type });
        fill(type, writer.sample, 0, { count: 0 });
        return {
          type,
          writer,
          reader: new Reader(participant, { name: `theirs/${pythonName(type)}`, type }),
        };
      });
      const arrived = new Map<string, string>();
      const pump = setInterval(() => {
        for (const { type, writer, reader } of pairs) {
          writer.write();
          if (reader.take()) arrived.set(type.name, hex(reader.sample));
        }
      }, 20);
      try {
        const rows = await runPython(
          PYTHON,
          new URL("mirror_peer.py", import.meta.url).pathname,
          `${DOMAIN}`,
          "lo",
        );
        const expected = MESSAGES.map((type) => ({ name: pythonName(type), isSame: true }));
        expect(new Set(rows.map((row) => JSON.stringify(row)))).toEqual(
          new Set(expected.map((row) => JSON.stringify(row))),
        );
      } finally {
        clearInterval(pump);
      }
      expect(arrived).toEqual(new Map(pairs.map(({ type, writer }) => [type.name, hex(writer.sample)])));
    },
  );
});

/** Numbers every primitive, in order; the rule of mirror_peer.py. */
function fill(type: IdlType, view: DataView, at: number, counter: { count: number }): void {
  if (typeof type === "object") {
    if (type.kind === "struct")
      for (const member of new CLayout(type).members) fill(member.type, view, at + member.offset, counter);
    if (type.kind === "array") {
      const { size } = extentOf(type.of);
      for (let i = 0; i < type.length; i++) fill(type.of, view, at + i * size, counter);
    }
    return;
  }
  const n = ++counter.count;
  const whole = (n % 100) + 1;
  if (type === "f32") view.setFloat32(at, 0.5 * n, true);
  else if (type === "u8") view.setUint8(at, whole);
  else if (type === "i16" || type === "u16") view.setUint16(at, whole, true);
  else view.setUint32(at, whole, true);
}

const hex = (view: DataView): string =>
  Buffer.from(view.buffer, view.byteOffset, view.byteLength).toString("hex");
