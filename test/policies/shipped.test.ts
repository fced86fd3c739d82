import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { shippedPath } from "../../src/app/package-root.ts";
import { hashBytes } from "../../src/common/index.ts";
import { readPolicyFile } from "../../src/policies/index.ts";
import { contrapposto } from "../support/run-cli.ts";

const folder = (name: string) => shippedPath("assets", "policies", "h1_2", name);

describe("the shipped legs of the H1-2", () => {
  it("are the ones that their manifest tells of", () => {
    const manifest = JSON.parse(readFileSync(folder("lower.json"), "utf8"));
    const bytes = readFileSync(folder(manifest.file));
    const { spec } = readPolicyFile(bytes);
    expect(hashBytes(bytes)).toBe(manifest.hash);
    expect(spec.provenance).toEqual(manifest.provenance);
    expect(manifest.provenance.command).toContain("train lower --robot h1_2");
    expect(spec.observations.map(({ name }) => name)).toEqual([
      "base_ang_vel",
      "projected_gravity",
      "velocity_command",
      "joint_pos",
      "joint_vel",
      "last_action",
      "gait_phase_feet",
    ]);
  });

  it("walk without being named, and wave", async () => {
    const run = await contrapposto("play", "--headless", "--motion", "wave_right", "--json");
    expect(run.status).toBe(0);
    const { fell, meanVel, policy } = JSON.parse(run.stdout);
    expect(fell).toBe(false);
    expect(policy).toContain("lower");
    expect(meanVel[0]).toBeGreaterThan(0.3);
    expect(meanVel[0]).toBeLessThan(0.6);
    expect(Math.abs(meanVel[1])).toBeLessThan(0.1);
  });
});
