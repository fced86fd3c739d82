import { existsSync } from "node:fs";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { contrapposto, ROOT } from "../../support/run-cli.ts";

const POLICIES = `${ROOT}../shared/data/policies`;
const withPolicies = describe.skipIf(!existsSync(POLICIES)); // third-party weights beside the checkout
const LOWER = `${POLICIES}/almi_h1_2_lower.pt`;

let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "contrapposto-policy-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe("a damaged policy file", () => {
  it.each([
    ["text.onnx", "hello"],
    ["empty.onnx", ""],
    ["cut.pt", "PK\u0003\u0004\u0014"],
  ])("%s ends with one line and status 1", async (name, content) => {
    const path = join(folder, name);
    await writeFile(path, content, "latin1");
    const { status, stdout, stderr } = await contrapposto("policy", "inspect", path);
    expect({ status, stdout }).toEqual({ status: 1, stdout: "" });
    expect(stderr).toMatch(/^error: .*\n$/);
    expect(stderr).not.toContain("mistake in Contrapposto");
  });
});

describe("policy inspect of the legs that ship", () => {
  it("tells what is added to the answer of their network in swing", async () => {
    const { stdout } = await contrapposto("policy", "inspect", "assets/policies/h1_2/lower.onnx");
    const angle = String.raw`-?\d+(\.\d+)?`;
    expect(stdout).toMatch(
      new RegExp(
        `^in swing +hip_pitch ${angle}, knee ${angle}, ankle_pitch ${angle} rad more at its height$`,
        "m",
      ),
    );
    const others = await contrapposto("policy", "inspect", "assets/policies/h1/lower.onnx");
    expect(others.stdout).not.toContain("in swing");
  });
});

withPolicies.concurrent("policy inspect", () => {
  it("shows the observation vector term by term", async () => {
    const { status, stdout } = await contrapposto("policy", "inspect", LOWER);
    expect(status).toBe(0);
    expect(stdout).toMatch(/^velocity_command +6 +8 +1 +2,2,0\.25/m);
    expect(stdout).toMatch(/^joint_pos +9 +29 /m);
    expect(stdout).toMatch(/^left_knee_joint +0\.8 +300 +4 +300 +0\.25$/m);
  });

  it("says that a policy is for another robot, with status 1 and the findings in the object", async () => {
    const file = `${POLICIES}/unitree_h1_walk.onnx`;
    const { status, stdout } = await contrapposto("policy", "inspect", file, "--robot", "h1_2", "--json");
    expect(status).toBe(1);
    const answer = JSON.parse(stdout);
    expect(answer.observationSize).toBe(41);
    expect(answer.findings[0]).toMatchObject({ severity: "error", code: "WRONG_ROBOT" });
    expect(answer.error.code).toBe("POLICY_UNFIT");
  });

  it("offers the presets that exist", async () => {
    const { status, stderr } = await contrapposto("policy", "inspect", LOWER, "--preset", "almi-lower");
    expect(status).toBe(2);
    expect(stderr).toMatch(/^error: There is no policy preset "almi-lower"\. Use one of: almi-h1-2-lower/);
  });
});

withPolicies("policy import", () => {
  it("writes a file that describes itself, and does not overwrite it unasked", async () => {
    const out = join(folder, "lower.onnx");
    const first = await contrapposto("policy", "import", LOWER, "--out", out, "--name", "lower", "--json");
    expect(first).toMatchObject({ status: 0, stderr: "" });
    const bytes = await readFile(out);
    expect(JSON.parse(first.stdout)).toMatchObject({ out, bytes: bytes.length, spec: { name: "lower" } });

    const [inspected, again] = await Promise.all([
      contrapposto("policy", "inspect", out, "--json"),
      contrapposto("policy", "import", LOWER, "--out", out),
    ]);
    expect(JSON.parse(inspected.stdout)).toMatchObject({
      name: "lower",
      source: "contrapposto",
      robot: "h1_2",
    });
    expect(again).toMatchObject({ status: 2, stdout: "" });
    expect(again.stderr).toMatch(/exists\. Choose another --out, or add --replace\.\n$/);
    expect(await readFile(out)).toEqual(bytes);
    expect((await readdir(folder)).filter((name) => name.endsWith(".tmp"))).toEqual([]);
  });
});
