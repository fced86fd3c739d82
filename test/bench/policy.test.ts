import { expect, it } from "vitest";
import { benchPolicy } from "../../bench/policy.ts";

it("bench policy checks its network and reports the control step beside the bare network", async () => {
  const { name, results } = await benchPolicy();
  expect(name).toBe("policy");
  const p50 = results.find((row) => row.metric === "control step p50");
  expect(p50?.unit).toBe("ms");
  expect(p50?.value).toBeGreaterThan(0);
  expect(p50?.ratio).toBeCloseTo((p50?.value ?? 0) / (p50?.baseline ?? 1), 12);
});
