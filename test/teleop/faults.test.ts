import { describe, expect, it } from "vitest";
import { CASES } from "../../bench/faults/cases.ts";
import { suffer } from "../../bench/faults.ts";

/** Some of the fault matrix, with real sockets; `contrapposto bench faults` runs all of it. */
describe("a robot behind a bridge", () => {
  it.each(
    ["socket cut", "half-open TCP", "NaN", "emergency stop by an observer"].map((name) => {
      const fault = CASES.find((candidate) => candidate.name === name);
      if (fault === undefined) throw new Error(`There is no case "${name}".`);
      return [name, fault] as const;
    }),
  )("is damped in the end: %s", async (_, fault) => {
    const outcome = await suffer(fault);
    expect(outcome.isAsExpected, outcome.what).toBe(true);
    expect(outcome.dampedAfterMs).toBeLessThan(1000);
  });
});
