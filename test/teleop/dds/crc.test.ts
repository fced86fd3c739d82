import { describe, expect, it } from "vitest";
import { CLayout } from "../../../src/teleop/dds/idl/c-layout.ts";
import type { IdlStruct } from "../../../src/teleop/dds/idl/idl-type.ts";
import { isMessageIntact, messageCrc, sealMessage } from "../../../src/teleop/dds/messages/crc.ts";
import { goLowCmd, goLowState } from "../../../src/teleop/dds/messages/unitree-go.ts";
import { hgLowCmd, hgLowState } from "../../../src/teleop/dds/messages/unitree-hg.ts";

// Vectors measured with Unitree's library.
const zeros = (type: IdlStruct): DataView => new DataView(new ArrayBuffer(new CLayout(type).size));

const words = (...values: number[]): DataView => {
  const view = new DataView(new ArrayBuffer(4 * values.length + 4));
  for (const [i, value] of values.entries()) view.setUint32(4 * i, value, true);
  return view;
};

const goHeader = (message: DataView): DataView => {
  for (const [at, byte] of [0xfe, 0xef, 0xff].entries()) message.setUint8(at, byte);
  return message;
};

describe("Unitree's checksum", () => {
  it.each<[string, DataView, number]>([
    ["of the word 0", words(0), 0xc704dd7b],
    ["of the word 1", words(1), 0xc3c5c0cc],
    ["of a word of digits", words(0x31323334), 0xa695c4aa],
    ["of two words", words(0x12345678, 0x9abcdef0), 0x7d24a31b],
    ["of an empty go LowCmd", zeros(goLowCmd), 0x4b5a4880],
    ["of a go LowCmd with its header", goHeader(zeros(goLowCmd)), 0x322ac991],
    ["of an empty hg LowCmd", zeros(hgLowCmd), 0xfe172f9f],
    ["of an empty go LowState", zeros(goLowState), 0x85f11ea6],
    ["of an empty hg LowState", zeros(hgLowState), 0xd64bb04a],
  ])("%s is the vendor's", (_, message, crc) => {
    expect(messageCrc(message)).toBe(crc);
  });

  it("notices every single flipped bit", () => {
    const message = zeros(hgLowCmd);
    sealMessage(message);
    expect(isMessageIntact(message)).toBe(true);
    for (let at = 0; at < message.byteLength; at++) {
      const bit = 1 << (at % 8);
      message.setUint8(at, message.getUint8(at) ^ bit);
      expect(isMessageIntact(message)).toBe(false);
      message.setUint8(at, message.getUint8(at) ^ bit);
    }
  });
});
