import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { shippedPath } from "../../src/app/package-root.ts";
import { hashBytes } from "../../src/common/index.ts";
import { readPolicyFile } from "../../src/policies/index.ts";
import { contrapposto } from "../support/run-cli.ts";

describe.each(["h1_2", "h1"])("the shipped legs of the %s", (robot) => {
  const folder = (name: string) => shippedPath("assets", "policies", robot, name);

  it("are the ones that their manifest tells of", () => {
    const manifest = JSON.parse(readFileSync(folder("lower.json"), "utf8"));
    const bytes = readFileSync(folder(manifest.file));
    const { spec } = readPolicyFile(bytes);
    expect(hashBytes(bytes)).toBe(manifest.hash);
    expect(spec.provenance).toEqual(manifest.provenance);
    expect(manifest.provenance.command).toMatch(new RegExp(`train (lower|trim) --robot ${robot} `));
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
    const run = await contrapposto(
      "play",
      "--headless",
      "--robot",
      robot,
      "--motion",
      "wave_right",
      "--json",
    );
    expect(run.status).toBe(0);
    const { fell, meanVel, policy } = JSON.parse(run.stdout);
    expect(fell).toBe(false);
    expect(policy).toContain("lower");
    expect(meanVel[0]).toBeGreaterThan(0.25);
    expect(meanVel[0]).toBeLessThan(0.6);
    expect(Math.abs(meanVel[1])).toBeLessThan(0.15);
  });

  it("step from foot to foot, drag neither, and turn no joint faster than its motor does", async () => {
    const run = await contrapposto(
      ...["eval", "locomotion", "--robot", robot, "--levels", "walk", "--amplitudes", "0", "--json"],
    );
    const { feet, peakVelocityShare } = JSON.parse(run.stdout).levels.walk;
    expect(feet.slip).toBeLessThan(0.2);
    expect(feet.singleSupport).toBeGreaterThan(0.4);
    expect(peakVelocityShare).toBeLessThan(1);
  });

  it("stand for a minute without drift while an arm waves", async () => {
    const run = await contrapposto(
      ...["play", "--headless", "--robot", robot, "--command", "0,0,0", "--motion", "wave_right"],
      ...["--seconds", "60", "--json"],
    );
    const { fell, basePos } = JSON.parse(run.stdout);
    expect(fell).toBe(false);
    expect(Math.hypot(basePos[0], basePos[1])).toBeLessThan(0.1);
  });

  it("stand where they are for a minute, whatever arms and waist do", { timeout: 120_000 }, async () => {
    const run = await contrapposto(
      ...[
        "eval",
        "locomotion",
        "--robot",
        robot,
        "--levels",
        "stand",
        "--amplitudes",
        "1",
        "--seconds",
        "60",
      ],
      ...[
        "--motions",
        "hands_on_hips,box_aside,stretch_up,victory,windmill,hug",
        "--repeats",
        "each",
        "--json",
      ],
    );
    expect(JSON.parse(run.stdout).levels.stand.drift).toMatchObject({ held: 1 });
  });
});

describe.each([
  ["h1_2", "easy"],
  ["h1", "stand"], // while it walks, no more closely than without a network
])("the shipped arms of the %s", (robot, level) => {
  const path = (name: string) => shippedPath("assets", "policies", robot, name);

  it("are the ones that their manifest tells of", () => {
    const manifest = JSON.parse(readFileSync(path("upper.json"), "utf8"));
    const bytes = readFileSync(path(manifest.file));
    expect(hashBytes(bytes)).toBe(manifest.hash);
    expect(readPolicyFile(bytes).spec.provenance).toEqual(manifest.provenance);
  });

  it("follow motions more closely than without a network", { timeout: 60_000 }, async () => {
    const played = await contrapposto(
      ...["eval", "cross-play", "--robot", robot, "--lowers", path("lower.onnx")],
      ...["--uppers", `${path("upper.onnx")},open-loop`],
      ...["--levels", level, "--repeats", "2", "--seconds", "10", "--json"],
    );
    const [learnt, open] = JSON.parse(played.stdout).cells;
    expect(learnt.jointError).toBeLessThan(open.jointError);
    expect(learnt.survival).toBe(1);
  });
});
