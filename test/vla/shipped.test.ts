import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { shippedPath } from "../../src/app/package-root.ts";
import { readScorers, readVla } from "../../src/app/vla-files.ts";
import { hashBytes } from "../../src/common/index.ts";
import { readVlaSpec } from "../../src/vla/index.ts";
import { readScorerManifest } from "../../src/vla/taco/scorer-file.ts";
import { contrapposto } from "../support/run-cli.ts";

const folder = (name: string) => shippedPath("assets", "policies", "vla", name);
const manifest = () => JSON.parse(readFileSync(folder("vla.json"), "utf8"));

describe("the VLA that ships", () => {
  it("is the one that its manifest tells of, and any scorers are its own", async () => {
    const { files, modelHash, vla } = manifest();
    for (const [name, hash] of Object.entries(files))
      expect(hashBytes(readFileSync(folder(name)))).toBe(hash);
    const spec = readVlaSpec((await readVla("default")).prefix);
    expect(spec.modelHash).toBe(modelHash);
    expect(spec.provenance).toEqual(vla.provenance);
    for (const bytes of Object.values(await readScorers("default")))
      expect(readScorerManifest(bytes).modelHash).toBe(modelHash);
  });

  it("lifts the box at least every third time (three of four on 24 validation scenes)", async () => {
    const { status, stdout } = await contrapposto(
      ...["eval", "vla", "--vla", "default", "--task", "lift-box", "--split", "validation"],
      ...["--episodes", "6", "--selector", "single", "--json"],
    );
    expect(status).toBe(0);
    expect(JSON.parse(stdout).mean.single.success).toBeGreaterThan(0.3);
  }, 120_000);
});
