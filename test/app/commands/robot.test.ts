import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { contrapposto, finished, PROGRAM, ROOT, startNode } from "../../support/run-cli.ts";

const REFERENCES = `${ROOT}../shared/data/robots`;
const withReferences = describe.skipIf(!existsSync(REFERENCES)); // third-party models beside the checkout

describe.concurrent("robot list", () => {
  it("shows each robot with its joints, and each joint on request", async () => {
    const { stdout } = await contrapposto("robot", "list", "--joints");
    expect(stdout).toMatch(/^h1_2 +21 +12 +9 +0 +unitree_hg/m);
    expect(stdout).toMatch(/^left_knee_joint +lower +-0\.26 +2\.05 +300/m);
  });
});

withReferences.concurrent("robot check", () => {
  it("finds our H1-2 equal to its reference", async () => {
    const reference = `${REFERENCES}/h1_2/h1_2_21dof.xml`;
    const { status, stdout } = await contrapposto("robot", "check", "h1_2", "--against", reference, "--json");
    expect(status).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ pass: true, poses: 100, weldedOurs: [], weldedTheirs: [] });
  });

  it("says what differs between two robots, with status 1", async () => {
    const reference = `${REFERENCES}/h1_2/h1_2_21dof.xml`;
    const { status, stdout, stderr } = await contrapposto("robot", "check", "h1", "--against", reference);
    expect(status).toBe(1);
    expect(stdout).toMatch(/differs: total mass of robot by .*ours \[51\.\d+\], theirs \[67\.\d+\]/);
    expect(stderr).toMatch(/^error: \d+ of \d+ compared quantities differ/);
  });

  it.each([
    ["h3", `${REFERENCES}/h1/h1.xml`, 'error: There is no robot "h3". Use one of: h1, '],
    ["h1", "none.xml", 'error: There is no model file "none.xml".'],
  ])("ends with status 2 for %s against %s", async (robot, against, complaint) => {
    const { status, stderr } = await contrapposto("robot", "check", robot, "--against", against);
    expect(status).toBe(2);
    expect(stderr).toContain(complaint);
  });
});

withReferences("robot import", () => {
  it("makes a robot that list, check and import then know", async () => {
    const home = await mkdtemp(join(tmpdir(), "contrapposto-home-"));
    const run = (...args: string[]) => finished(startNode([PROGRAM, ...args], { CONTRAPPOSTO_HOME: home }));
    try {
      const reference = `${REFERENCES}/h1/h1.xml`;
      const imported = await run("robot", "import", reference, "--name", "twin", "--json");
      expect(imported).toMatchObject({ status: 0, stderr: "" });
      expect(JSON.parse(imported.stdout)).toMatchObject({ folder: join(home, "robots/twin") });
      const [list, check, again] = await Promise.all([
        run("robot", "list"),
        run("robot", "check", "twin", "--against", reference),
        run("robot", "import", reference, "--name", "twin"),
      ]);
      expect(list.stdout).toMatch(/^twin +10 /m);
      expect(check.status).toBe(0);
      expect(again).toMatchObject({ status: 2, stdout: "" });
      expect(again.stderr).toContain('error: There is a robot "twin" already');
    } finally {
      await rm(home, { recursive: true, force: true });
    }
  });
});
