import { describe, expect, it } from "vitest";
import { quantile, Rng } from "../../src/common/index.ts";

const draw = (rng: Rng, count: number) => Array.from({ length: count }, () => rng.uint32());

describe("the random source", () => {
  it("draws what an independent implementation of xoshiro128** draws from the state 1, 2, 3, 4", () => {
    const rng = new Rng(0);
    rng.state = [1, 2, 3, 4];
    expect(draw(rng, 10)).toEqual([
      11520, 0, 5927040, 70819200, 2031721883, 1637235492, 1287239034, 3734860849, 3729100597, 4258142804,
    ]);
  });

  // Seeding and forking, written a second time in Python on arbitrary-size integers.
  it.each([
    [0, [3809008728, 1133695204, 53579671, 2891528803, 139681546, 2203266335]],
    [42, [2837322924, 544945897, 479756282, 3500138142, 339756180, 113173290]],
    [0xffffffff, [835879718, 1921286648, 2356205009, 1885780724, 980451116, 1053911718]],
  ])("draws the known numbers of seed %i", (seed, expected) => {
    expect(draw(new Rng(seed), 6)).toEqual(expected);
  });

  it.each([
    ["noise", [426282424, 4128373085, 3949808340, 3681857834, 2836139320, 560172048]],
    [3, [3610959154, 2644092444, 2461197065, 1047882733, 1662655646, 3525183604]],
  ])("draws the known numbers of the fork %j of seed 7", (label, expected) => {
    expect(draw(new Rng(7).fork(label), 6)).toEqual(expected);
  });

  it("continues where a stored state left off", () => {
    const rng = new Rng(5);
    draw(rng, 17);
    const { state } = rng;
    const expected = draw(rng, 5);
    const restored = new Rng(0);
    restored.state = JSON.parse(JSON.stringify(state));
    expect(draw(restored, 5)).toEqual(expected);
  });

  it("refuses the state of four zeros, from which every draw would be zero", () => {
    expect(() => {
      new Rng(1).state = [0, 0, 0, 0];
    }).toThrow(RangeError);
  });
});

describe("a fork", () => {
  it("takes nothing from its parent, and does not feel what the parent draws later", () => {
    const parent = new Rng(1);
    const before = parent.state;
    const child = parent.fork("child");
    expect(parent.state).toEqual(before);
    draw(parent, 3);
    expect(draw(child, 3)).toEqual(draw(new Rng(1).fork("child"), 3));
  });

  it("differs by label and by parent", () => {
    const firsts = [1, 2, 3].flatMap((seed) =>
      ["a", "b", "ab", "ba", "", 0, 1, 10].map((label) => new Rng(seed).fork(label).state.join()),
    );
    expect(new Set(firsts).size).toBe(firsts.length);
  });

  it("of 100,000 labels never meets another", () => {
    const parent = new Rng(9);
    const states = new Set<string>();
    for (let i = 0; i < 100_000; i++) states.add(parent.fork(i).state.join());
    expect(states.size).toBe(100_000);
  });

  it("is uncorrelated with its parent and with the next fork", () => {
    const parent = new Rng(11);
    const sources = [parent.fork(0), parent.fork(1), parent];
    const n = 20_000;
    const columns = sources.map((rng) => Array.from({ length: n }, () => rng.uniform(-1, 1)));
    for (const [a, b] of [
      [0, 1],
      [0, 2],
      [1, 2],
    ] as const) {
      const correlation = columns[a].reduce((sum, x, i) => sum + x * columns[b][i], 0) / (n / 3);
      expect(Math.abs(correlation)).toBeLessThan(4 / Math.sqrt(n));
    }
  });
});

describe("the distributions", () => {
  it("fill [low, high) evenly: every tenth holds a tenth of 100,000 draws", () => {
    const rng = new Rng(3);
    const counts = new Array<number>(10).fill(0);
    for (let i = 0; i < 100_000; i++) counts[Math.floor((rng.uniform(-2, 3) + 2) * 2)]++;
    // Chi-squared with 9 degrees of freedom exceeds 27.9 once in a thousand.
    const chi2 = counts.reduce((sum, count) => sum + (count - 10_000) ** 2 / 10_000, 0);
    expect(chi2).toBeLessThan(27.9);
  });

  it("keep integers inside their range and reach both ends", () => {
    const rng = new Rng(4);
    const seen = new Set(Array.from({ length: 1000 }, () => rng.integer(6)));
    expect([...seen].sort()).toEqual([0, 1, 2, 3, 4, 5]);
  });

  it("pick every item, and refuse to pick from nothing", () => {
    const rng = new Rng(4);
    expect(new Set(Array.from({ length: 100 }, () => rng.pick(["a", "b", "c"])))).toEqual(
      new Set(["a", "b", "c"]),
    );
    expect(() => rng.pick([])).toThrow(RangeError);
  });

  it("have the moments and the tails of the normal distribution", () => {
    const rng = new Rng(6);
    const n = 100_000;
    const sample = Float64Array.from({ length: n }, () => (rng.normal(3, 2) - 3) / 2);
    const moment = (k: number) => sample.reduce((sum, x) => sum + x ** k, 0) / n;
    expect(moment(1)).toBeCloseTo(0, 1.6);
    expect(moment(2)).toBeCloseTo(1, 1.6);
    expect(moment(3)).toBeCloseTo(0, 1.2);
    expect(moment(4)).toBeCloseTo(3, 0.8);
    for (const [share, expected] of [
      [0.025, -1.959964],
      [0.5, 0],
      [0.975, 1.959964],
    ] as const) {
      expect(Math.abs(quantile(sample, share) - expected)).toBeLessThan(0.03);
    }
  });

  it("give a finite normal draw also from the rarest uniform", () => {
    const rng = new Rng(0);
    rng.state = [1, 0, 3, 4]; // the next word is 0
    expect(Math.abs(rng.normal())).toBeLessThan(Math.sqrt(64 * Math.LN2) + 1e-9);
    for (let i = 0; i < 10_000; i++) expect(Math.abs(rng.normal())).toBeLessThan(6.7);
  });
});
