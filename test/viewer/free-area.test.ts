import { describe, expect, it } from "vitest";
import { between, freeArea } from "../../src/viewer/page/free-area.ts";

const PAGE = { left: 0, top: 0, right: 1280, bottom: 800 };

describe("the free part of the page", () => {
  it("is what bar, side panel and curves leave", () => {
    const bar = { left: 10, top: 10, right: 1270, bottom: 50 };
    const side = { left: 990, top: 60, right: 1270, bottom: 560 };
    const curves = { left: 10, top: 580, right: 1270, bottom: 790 };
    expect(freeArea(PAGE, [bar, side, curves])).toEqual({ left: 0, top: 50, right: 990, bottom: 580 });
  });

  it("never shrinks to nothing, whatever is open on a phone", () => {
    const phone = { left: 0, top: 0, right: 390, bottom: 800 };
    const sheet = { left: 0, top: 60, right: 390, bottom: 790 };
    const { left, top, right, bottom } = freeArea(phone, [sheet]);
    expect(right - left).toBeGreaterThan(140);
    expect(bottom - top).toBeGreaterThan(290);
  });

  it("is reached smoothly, and exactly in the end", () => {
    const half = { ...PAGE, right: 640 };
    expect(between(PAGE, half, 0.5).right).toBe(960);
    expect(between({ ...half, right: 640.3 }, half, 0.01)).toEqual(half);
  });
});
