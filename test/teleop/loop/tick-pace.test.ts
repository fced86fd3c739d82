import { describe, expect, it } from "vitest";
import { TickPace } from "../../../src/teleop/loop/tick-pace.ts";

/** A thread whose time passes only while it sleeps or looks at the clock; `urgent` are the times at which something ends a sleep. */
function thread({ urgent = [], sleptTooLong = 0 }: { urgent?: number[]; sleptTooLong?: number } = {}) {
  const clock = { time: 1 };
  const pace = new TickPace({
    now: () => (clock.time += 1e-6),
    sleep: (ms) => {
      const end = clock.time + ms / 1000;
      const at = urgent.findIndex((time) => time <= end);
      if (at < 0) {
        clock.time = end + sleptTooLong;
        return false;
      }
      clock.time = Math.max(clock.time, urgent[at]);
      urgent.splice(0, at + 1);
      return true;
    },
  });
  return { clock, pace };
}

function ticks(
  pace: TickPace,
  count: number,
  work: () => void = () => {},
): { times: number[]; missed: number } {
  const times: number[] = [];
  let missed = 0;
  for (let i = 0; i < count; i++) {
    times.push(pace.begin());
    work();
    pace.end((_late, _busy, isMissed) => void (missed += Number(isMissed)));
  }
  return { times, missed };
}

describe("the pace of the motor loop", () => {
  it("is 500 Hz, exactly in the long run, also where sleeps last too long", () => {
    const { pace } = thread({ sleptTooLong: 0.0005 });
    const { times, missed } = ticks(pace, 501);
    expect(times[500] - times[1]).toBeCloseTo(0.998, 4);
    expect(missed).toBe(0);
  });

  it("ticks at once for a command that comes between two ticks, and 2 ms after that again", () => {
    const { pace } = thread({ urgent: [1.0035] });
    const { times } = ticks(pace, 4);
    expect(times[1]).toBeCloseTo(1.002, 4);
    expect(times[2]).toBeCloseTo(1.0035, 4);
    expect(times[3]).toBeCloseTo(1.0055, 4);
  });

  it("never ticks sooner than 1 ms after the last tick, however many commands come", () => {
    const { pace } = thread({ urgent: Array.from({ length: 10_000 }, (_, i) => 1 + i * 1e-4) });
    const { times } = ticks(pace, 200);
    const gaps = times.slice(1).map((time, i) => time - times[i]);
    expect(Math.min(...gaps)).toBeGreaterThan(0.00099);
    expect(Math.max(...gaps)).toBeLessThan(0.00125);
  });

  it("counts a deadline as missed where a tick ends after the next should have begun, and does not hurry after lost time", () => {
    const { clock, pace } = thread();
    let count = 0;
    const { times, missed } = ticks(pace, 8, () => void (clock.time += count++ === 2 ? 0.1 : 0));
    expect(missed).toBe(1);
    expect(times[4] - times[3]).toBeCloseTo(0.002, 4);
  });
});
