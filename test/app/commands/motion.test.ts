import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { contrapposto, ROOT } from "../../support/run-cli.ts";

describe.concurrent("motion list", () => {
  it("orders at least sixty motions from easy to hard", async () => {
    const { stdout } = await contrapposto("motion", "list", "--json");
    const { motions, joints } = JSON.parse(stdout) as { motions: { hardness: number }[]; joints: string[] };
    expect(joints).toHaveLength(9);
    expect(motions.length).toBeGreaterThanOrEqual(60);
    const hardness = motions.map((motion) => motion.hardness);
    expect(hardness).toEqual([...hardness].sort((a, b) => a - b));
  });

  it("keeps those that have every tag and the split", async () => {
    const { stdout } = await contrapposto(
      "motion",
      "list",
      "--tag",
      "both,periodic",
      "--split=eval",
      "--json",
    );
    const { motions } = JSON.parse(stdout) as { motions: { tags: string[]; split: string }[] };
    expect(motions.length).toBeGreaterThan(0);
    for (const { tags, split } of motions) {
      expect(tags).toEqual(expect.arrayContaining(["both", "periodic"]));
      expect(split).toBe("eval");
    }
  });

  it("refuses a tag that does not exist", async () => {
    const { status, stderr } = await contrapposto("motion", "list", "--tag", "boht");
    expect(status).toBe(2);
    expect(stderr).toMatch(/^error: There is no choice for --tag "boht"\. Use one of: both, /);
  });
});

describe.concurrent("motion show", () => {
  it("draws one curve a joint", async () => {
    const { stdout } = await contrapposto("motion", "show", "wave_right");
    expect(stdout).toMatch(/^right_elbow_pitch_joint +-?\d\.\d\d +\d\.\d\d +[▁▂▃▄▅▆▇█]{60}$/m);
  });

  it("scales the frames about the default pose", async () => {
    const show = async (amplitude: string) => {
      const run = await contrapposto("motion", "show", "wave_right", "--amplitude", amplitude, "--json");
      return JSON.parse(run.stdout) as { frames: number[][] };
    };
    const [none, half, full] = await Promise.all([show("0"), show("0.5"), show("1")]);
    const middle = Math.floor(full.frames.length / 2);
    full.frames[middle].forEach((angle, joint) => {
      const rest = none.frames[middle][joint];
      expect(half.frames[middle][joint]).toBeCloseTo(rest + 0.5 * (angle - rest), 12);
    });
    expect(full.frames[middle]).not.toEqual(none.frames[middle]);
  });
});

describe("motion make", () => {
  it("makes the shipped motions again, byte for byte", async () => {
    const out = await mkdtemp(join(tmpdir(), "contrapposto-motions-"));
    try {
      const { status, stdout } = await contrapposto("motion", "make", "--out", out, "--json");
      expect(status).toBe(0);
      const { files } = JSON.parse(stdout) as { files: { file: string }[] };
      expect(files).toHaveLength(3);
      for (const { file } of files) {
        const shipped = await readFile(file.replace(out, `${ROOT}assets/motions`));
        expect((await readFile(file)).equals(shipped)).toBe(true);
      }
    } finally {
      await rm(out, { recursive: true, force: true });
    }
  });
});
