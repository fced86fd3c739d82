import { describe, expect, it } from "vitest";
import { halves, shareOut } from "../../src/common/index.ts";

describe("a part", () => {
  it("is shared out without gaps, as evenly as can be, whatever is too much left empty", () => {
    for (const [count, shares] of [
      [10, 3],
      [2, 5],
      [0, 2],
      [7, 1],
    ]) {
      const dealt = shareOut({ first: 4, count }, shares);
      expect(dealt.length).toBe(shares);
      const rows = dealt.flatMap((part) => Array.from({ length: part.count }, (_, k) => part.first + k));
      expect(rows).toEqual(Array.from({ length: count }, (_, k) => 4 + k));
      const counts = dealt.map((part) => part.count);
      expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(1);
    }
  });

  it("of a batch is a half, and one alone is whole", () => {
    expect(halves(5)).toEqual([
      { first: 0, count: 2 },
      { first: 2, count: 3 },
    ]);
    expect(halves(1)).toEqual([{ first: 0, count: 1 }]);
  });
});
