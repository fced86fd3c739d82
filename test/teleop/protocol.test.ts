import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { robotStreamPlan } from "../../src/teleop/bridge/bridge-streams.ts";
import { FAULT_CAUSES, LIMITS, PHASES } from "../../src/teleop/safety/phase.ts";
import { ROOT } from "../support/run-cli.ts";
import { h12 } from "./support/safety-fixture.ts";

const page = readFileSync(`${ROOT}src/wire/PROTOCOL.md`, "utf8");
const section = page
  .slice(page.indexOf("### A robot's stream"), page.indexOf("## 4."))
  .replaceAll(/\s+/g, " ");

describe("PROTOCOL.md", () => {
  it("names every field of a robot's stream, in its order", () => {
    const places = robotStreamPlan(h12).fields.map(({ name }) => section.indexOf(`\`${name}\``));
    expect(Math.min(...places)).toBeGreaterThan(0);
    expect(places).toEqual(places.toSorted((a, b) => a - b));
  });

  it("gives every phase, fault and limit its number", () => {
    const missing = [
      ...PHASES.map((phase, code) => `${code} \`${phase}\``),
      ...FAULT_CAUSES.map((cause, code) => `${code} ${cause}`),
      ...Object.entries(LIMITS).map(([name, bit]) => `${bit} ${name}`),
    ].filter((text) => !section.includes(text));
    expect(missing).toEqual([]);
  });
});
