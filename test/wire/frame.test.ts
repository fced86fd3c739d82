import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Rng } from "../../src/common/index.ts";
import { decodeFrame, encodeFrame, FRAME_FLAG, FRAME_TYPE, FrameError } from "../../src/wire/index.ts";

const header = fc.record({
  type: fc.constantFrom(FRAME_TYPE.sample, FRAME_TYPE.action),
  flags: fc.integer({ min: 0, max: 0xffff }),
  stream: fc.integer({ min: 0, max: 0xffff }),
  sequence: fc.integer({ min: 0, max: 0xffffffff }),
  timeNs: fc.maxSafeNat(),
});

describe("a frame", () => {
  it("comes out as it went in, from any place in memory", () =>
    fc.assert(
      fc.property(header, fc.float32Array({ maxLength: 300 }), fc.nat(7), (head, values, shift) => {
        const encoded = encodeFrame(head, values);
        const moved = new Uint8Array(encoded.length + shift);
        moved.set(encoded, shift);
        expect(decodeFrame(moved.subarray(shift))).toEqual({ ...head, values });
        expect(decodeFrame(Buffer.from(moved.buffer).subarray(shift))).toEqual({ ...head, values });
      }),
    ));

  it("has the bytes that PROTOCOL.md promises", () => {
    const bytes = encodeFrame(
      {
        type: FRAME_TYPE.action,
        flags: FRAME_FLAG.discontinuity,
        stream: 258,
        sequence: 7,
        timeNs: 2 ** 32 + 5,
      },
      [1, -2],
    );
    expect(Buffer.from(bytes).toString("hex")).toBe(
      [
        "4350",
        "01",
        "02",
        "0100",
        "0201",
        "07000000",
        "02000000",
        "0500000001000000",
        "0000803f",
        "000000c0",
      ].join(""),
    );
  });

  it("is refused with a typed error, whatever the bytes are", () => {
    const rng = new Rng(1);
    const whole = encodeFrame({ type: 1, flags: 0, stream: 1, sequence: 1, timeNs: 1 }, [1, 2, 3]);
    let refused = 0;
    for (let trial = 0; trial < 20_000; trial++) {
      const bytes =
        trial % 2 === 0 ? whole.slice(0, rng.integer(whole.length + 1)) : new Uint8Array(rng.integer(64));
      for (let k = 0; k < 1 + rng.integer(4); k++)
        bytes[rng.integer(Math.max(1, bytes.length))] = rng.integer(256);
      try {
        const frame = decodeFrame(bytes);
        expect(24 + 4 * frame.values.length).toBe(bytes.length);
        expect(Number.isSafeInteger(frame.timeNs)).toBe(true);
      } catch (error) {
        expect(error).toBeInstanceOf(FrameError);
        refused++;
      }
    }
    expect(refused).toBeGreaterThan(10_000);
  });
});
