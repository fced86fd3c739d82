import { describe, expect, it } from "vitest";
import { hashBytes, hashFloats, hashText, Rng } from "../../src/common/index.ts";

describe("the digest", () => {
  // From a second implementation, in Python on arbitrary-size integers.
  it.each([
    ["", "1ef2bd40183dd94e"],
    ["a", "11caa9f56ef24b24"],
    ["abc", "f1d553f8e7851cb1"],
    ["abcd", "7b41c88f23f7b5b8"],
    ["The quick brown fox jumps over the lazy dog", "941a6c67a59f7332"],
    ["Größe", "877f88d9c6cf2a0f"],
  ])("of %j is known", (text, expected) => {
    expect(hashText(text)).toBe(expected);
  });

  it("of floats covers their exact bits: the sign of zero and the last bit count", () => {
    const digest = hashFloats(Float64Array.of(1.5, -0, Math.PI));
    expect(digest).toBe("2e96a9acd2dc5f5b");
    expect(hashFloats(Float64Array.of(1.5, 0, Math.PI))).not.toBe(digest);
    expect(hashFloats(Float64Array.of(1.5, -0, Math.PI + 4.44e-16))).not.toBe(digest);
  });

  it("of a view in the middle of a buffer is that of a copy of the view", () => {
    const all = Float64Array.from({ length: 10 }, (_, i) => Math.sqrt(i));
    const view = all.subarray(3, 8);
    expect(hashFloats(view)).toBe(hashFloats(view.slice()));
    expect(hashFloats(view)).not.toBe(hashFloats(all.slice(0, 5)));
    const bytes = new Uint8Array(all.buffer, 5, 13); // not aligned to words
    expect(hashBytes(bytes)).toBe(hashBytes(bytes.slice()));
  });

  it("tells lengths apart where only zeros are added", () => {
    const digests = Array.from({ length: 20 }, (_, length) => hashBytes(new Uint8Array(length)));
    expect(new Set(digests).size).toBe(20);
  });

  it("changes about half of its bits when one bit of the input changes", () => {
    const rng = new Rng(1);
    const bytes = Uint8Array.from({ length: 37 }, () => rng.integer(256));
    const before = BigInt(`0x${hashBytes(bytes)}`);
    const flips: number[] = [];
    for (let bit = 0; bit < 8 * bytes.length; bit++) {
      bytes[bit >> 3] ^= 1 << (bit & 7);
      flips.push(onesIn(before ^ BigInt(`0x${hashBytes(bytes)}`)));
      bytes[bit >> 3] ^= 1 << (bit & 7);
    }
    const mean = flips.reduce((a, b) => a + b) / flips.length;
    expect(Math.abs(mean - 32)).toBeLessThan(1);
    expect(Math.min(...flips)).toBeGreaterThan(12);
  });

  it("of 20,000 neighbouring states never collides", () => {
    const state = new Float64Array(8);
    const digests = new Set<string>();
    for (let i = 0; i < 20_000; i++) {
      state[i % 8] += 2 ** -52;
      digests.add(hashFloats(state));
    }
    expect(digests.size).toBe(20_000);
  });
});

function onesIn(word: bigint): number {
  return word.toString(2).replaceAll("0", "").length;
}
