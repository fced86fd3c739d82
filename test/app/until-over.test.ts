import { getEventListeners } from "node:events";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { untilOver } from "../../src/app/until-over.ts";

describe("what runs until it is over", () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it("ends at Ctrl-C", async () => {
    const interrupt = new AbortController();
    const over = untilOver({ signal: interrupt.signal, seconds: undefined });
    interrupt.abort();
    await over;
  });

  it("ends at once where Ctrl-C came while it was being opened", async () => {
    await untilOver({ signal: AbortSignal.abort(), seconds: undefined });
  });

  it("ends after its time", async () => {
    const over = untilOver({ signal: new AbortController().signal, seconds: 5 });
    await vi.advanceTimersByTimeAsync(5000);
    await over;
  });

  it("does not take months for no time at all", async () => {
    const ended = vi.fn();
    void untilOver({ signal: new AbortController().signal, seconds: 1e8 }).then(ended);
    await vi.advanceTimersByTimeAsync(3_600_000);
    expect(ended).not.toHaveBeenCalled();
  });

  it("leaves no timer and no listener behind where something else ends it", async () => {
    const { signal } = new AbortController();
    await untilOver({ signal, seconds: 3600 }, Promise.resolve());
    expect(vi.getTimerCount()).toBe(0);
    expect(getEventListeners(signal, "abort")).toEqual([]);
  });

  it("fails with what ends it", async () => {
    const { signal } = new AbortController();
    await expect(untilOver({ signal, seconds: 1 }, Promise.reject(new Error("broke")))).rejects.toThrow(
      "broke",
    );
    expect(vi.getTimerCount()).toBe(0);
  });
});
