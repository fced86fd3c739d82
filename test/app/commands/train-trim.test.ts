import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { readPolicyFile } from "../../../src/policies/index.ts";
import { contrapposto } from "../../support/run-cli.ts";
import { TemporaryFolder } from "../runs/quiet-io.ts";

const LEGS = "assets/policies/h1_2/lower.onnx";

/** Trims the legs that ship in episodes of a second. */
async function trimIn(runs: string, ...flags: string[]) {
  const run = await contrapposto(
    ...["train", "trim", "--init", LEGS, "--seconds", "1", "--runs", runs, "--json"],
    ...flags,
  );
  expect(run.status).toBe(0);
  return JSON.parse(run.stdout);
}

const isOffset = (axis: string) => axis === "lean" || axis.startsWith("swing.");

describe("contrapposto train trim", () => {
  it("tries gains on real robots, and keeps a policy that says how it was made", async () => {
    using place = new TemporaryFolder();
    const result = await trimIn(place.path, "--generations", "2", "--population", "4", "--episodes", "2");
    expect(result.generations).toBe(2);
    for (const cost of [result.before, result.after]) {
      expect(cost).toBeGreaterThan(0.05);
      expect(cost).toBeLessThan(1.5);
    }
    expect(result.trim.gait_phase_feet).not.toBe(1);
    const [name] = readdirSync(join(place.path, "trim"));
    expect(result.run).toBe(join(place.path, "trim", name));
    const { spec } = readPolicyFile(readFileSync(join(result.run, "policy.onnx")));
    expect(spec.provenance?.command).toContain(
      `contrapposto train trim --robot h1_2 --seed 0 --init ${LEGS}`,
    );
    expect(spec.provenance?.metrics).toEqual({ before: result.before, after: result.after });
  });

  it("takes the gains that it is told where it is to try none", async () => {
    using place = new TemporaryFolder();
    const begin = ["--generations", "0", "--begin", "joint_vel.torso=0.1,lean=0.02"];
    const { trim, before, after, steps } = await trimIn(place.path, ...begin, "--episodes", "1");
    expect(trim).toMatchObject({
      "joint_vel.torso": expect.closeTo(0.1, 9),
      lean: expect.closeTo(0.02, 9),
      joint_pos: 1,
    });
    expect(after).not.toBe(before);
    expect(steps).toBe(2 * 4 * 50); // two policies, four episodes of a second each
  });

  it("tries the axes that it is told alone, by standing alone where it is told that", async () => {
    using place = new TemporaryFolder();
    const asked = [
      "--axes",
      "joint_pos.torso,joint_pos.elbow_pitch",
      "--only",
      "stand",
      "--begin",
      "joint_vel.torso=0.5",
    ];
    const search = ["--generations", "1", "--population", "4", "--episodes", "1"];
    const { trim, steps } = await trimIn(place.path, ...asked, ...search);
    const changed = Object.keys(trim).filter((axis) => trim[axis] !== (isOffset(axis) ? 0 : 1));
    expect(changed.sort()).toEqual(["joint_pos.elbow_pitch", "joint_pos.torso", "joint_vel.torso"]);
    expect(trim).toMatchObject({ "joint_vel.torso": expect.closeTo(0.5, 9) });
    expect(steps).toBe((4 + 2 * 4) * 3 * 50); // episodes of three seconds
  });

  it("refuses gains of what the legs don't observe, before it tries any", async () => {
    const run = await contrapposto("train", "trim", "--init", LEGS, "--begin", "joint_pos.knee=0.5");
    expect(run.status).toBe(2);
    expect(run.stderr).toContain('no axis "joint_pos.knee"');
    expect(run.stderr).toContain("joint_pos.elbow_pitch");
    const other = await contrapposto("train", "trim", "--init", LEGS, "--axes", "joint_pos.knee");
    expect(other.status).toBe(2);
    expect(other.stderr).toContain('no axis "joint_pos.knee"');
  });

  it("refuses legs of another robot", async () => {
    const run = await contrapposto("train", "trim", "--robot", "h1", "--init", LEGS);
    expect(run.status).not.toBe(0);
    expect(run.stderr).toContain("h1_2");
  });
});
