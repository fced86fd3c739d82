import { execFileSync } from "node:child_process";
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { DiskFullError } from "../../../src/app/files.ts";
import { curvesSvg } from "../../../src/app/runs/curves-svg.ts";
import { claimRunPath, RunFolder } from "../../../src/app/runs/run-folder.ts";
import { maskedCrc32c } from "../../../src/app/runs/tensorboard.ts";
import { float32Tensor, type TensorFile } from "../../../src/learn/index.ts";
import { TemporaryFolder } from "./quiet-io.ts";

const checkpoint = (value: number, size = 1): TensorFile => ({
  tensors: { value: float32Tensor("", [size], new Float32Array(size).fill(value)) },
  metadata: {},
});

describe("a run folder", () => {
  it("keeps the last three checkpoints and hands out the newest", async () => {
    using place = new TemporaryFolder();
    using run = await RunFolder.create(join(place.path, "run"), { a: 1 }, {});
    expect(run.latestCheckpoint()).toBeUndefined();
    for (const iteration of [1, 9, 10, 100]) await run.saveCheckpoint(iteration, checkpoint(iteration));
    expect(readdirSync(join(run.path, "checkpoints"))).toEqual(
      [9, 10, 100].map((i) => `${String(i).padStart(6, "0")}.safetensors`),
    );
    expect(run.latestCheckpoint()?.tensors.value.data[0]).toBe(100);
    expect(await RunFolder.open(run.path).config()).toEqual({ a: 1 });
  });

  it("refuses a folder that holds no run", () => {
    using place = new TemporaryFolder();
    expect(() => RunFolder.open(place.path)).toThrow(/no run folder/);
  });

  it("logs one line of JSON per iteration, leaving out what is no number", async () => {
    using place = new TemporaryFolder();
    using run = await RunFolder.create(join(place.path, "run"), {}, {});
    await run.log(24, { reward: 0.5, "term.alive": 0.15 });
    await run.log(48, { reward: Number.NaN, "term.alive": 0.15 });
    expect(await run.metrics()).toEqual([
      { step: 24, reward: 0.5, "term.alive": 0.15 },
      { step: 48, "term.alive": 0.15 },
    ]);
  });

  it("hands out the newest beyond a million iterations, too", async () => {
    using place = new TemporaryFolder();
    using run = await RunFolder.create(join(place.path, "long"), {}, {});
    for (const iteration of [999_999, 1_000_000]) await run.saveCheckpoint(iteration, checkpoint(iteration));
    expect(run.latestCheckpoint()?.tensors.value.data[0]).toBe(1_000_000);
  });

  it("forgets what was logged after the checkpoint that it goes on from, and a line that broke off", async () => {
    using place = new TemporaryFolder();
    using run = await RunFolder.create(join(place.path, "run"), {}, {});
    for (const step of [24, 48, 72]) await run.log(step, { reward: step });
    appendFileSync(join(run.path, "metrics.jsonl"), '{"step":96,"rew');
    await run.rewind(48);
    await run.log(72, { reward: 7 });
    expect(await run.metrics()).toEqual([
      { step: 24, reward: 24 },
      { step: 48, reward: 48 },
      { step: 72, reward: 7 },
    ]);
  });

  it("is no run before it holds all that it needs to go on", async () => {
    using place = new TemporaryFolder();
    const path = join(place.path, "run");
    const stopped = RunFolder.create(path, {}, {}, async (folder) => {
      await folder.keep("opponents/1.onnx", Uint8Array.of(1));
      throw new Error("stopped");
    });
    await expect(stopped).rejects.toThrow("stopped");
    expect(RunFolder.isAt(path)).toBe(false);
    using run = await RunFolder.create(path, {}, {}, (folder) => folder.saveCheckpoint(0, checkpoint(7)));
    expect(run.latestCheckpoint()?.tensors.value.data[0]).toBe(7);
  });

  it("tells TensorBoard where it went back to, the very beginning included, and nothing in a new run", async () => {
    using place = new TemporaryFolder();
    const sizeOf = async (name: string, from?: number) => {
      using run = await RunFolder.create(join(place.path, name), {}, {});
      if (from !== undefined) await run.rewind(from);
      await run.log(24, { reward: 1 });
      const [events] = readdirSync(run.path).filter((file) => file.includes("tfevents"));
      return readFileSync(join(run.path, events)).length;
    };
    const fresh = await sizeOf("fresh");
    const sizes = [await sizeOf("begun-again", 0), await sizeOf("gone-back", 48)];
    expect(sizes).toEqual([fresh + 31, fresh + 31]); // a record of 15 bytes in a frame of 16
  });

  it("never shares its path with another run of the same second", async () => {
    using place = new TemporaryFolder();
    const paths = [1, 2, 3].map(() => claimRunPath(place.path, "lower", "h1_2"));
    expect(new Set(paths).size).toBe(3);
  });

  it("draws its curves as well-formed SVG, also of nothing and of names that need escaping", async () => {
    using place = new TemporaryFolder();
    using run = await RunFolder.create(join(place.path, "run"), {}, {});
    await run.drawCurves("nothing yet", ["reward"]);
    expectWellFormed(readFileSync(join(run.path, "curves.svg"), "utf8"));
    for (const step of [24, 48, 72]) await run.log(step, { reward: step, "a<b&c": 1 / step });
    await run.drawCurves('lower "1" & more', ["reward", "a<b&c", "missing"]);
    const svg = readFileSync(join(run.path, "curves.svg"), "utf8");
    expectWellFormed(svg);
    expect(svg.match(/<path /g)?.length).toBe(2);
    expect(svg).not.toMatch(/NaN|Infinity|undefined/);
    expectWellFormed(curvesSvg("one point", "x", [{ name: "flat", x: [1], y: [5] }]));
  });
});

describe("a full disk", () => {
  it.skipIf(!existsSync("/dev/full"))(
    "is named when metrics no longer fit (skipped without /dev/full)",
    async () => {
      using place = new TemporaryFolder();
      using run = await RunFolder.create(join(place.path, "run"), {}, {});
      symlinkSync("/dev/full", join(run.path, "metrics.jsonl"));
      await expect(run.log(24, { reward: 1 })).rejects.toThrow(DiskFullError);
    },
  );

  it("leaves the last good checkpoint as it was (skipped where a small disk cannot be mounted)", async (context) => {
    using place = new TemporaryFolder();
    const disk = join(place.path, "disk");
    mkdirSync(disk);
    try {
      execFileSync("mount", ["-t", "tmpfs", "-o", "size=256k", "tmpfs", disk], { stdio: "ignore" });
    } catch {
      return context.skip();
    }
    try {
      using run = await RunFolder.create(join(disk, "run"), {}, {});
      await run.saveCheckpoint(1, checkpoint(1, 16_000));
      await expect(run.saveCheckpoint(2, checkpoint(2, 60_000))).rejects.toThrow(DiskFullError);
      expect(run.latestCheckpoint()?.tensors.value.data[0]).toBe(1);
      expect(readdirSync(join(run.path, "checkpoints"))).toEqual(["000001.safetensors"]);
    } finally {
      execFileSync("umount", [disk]);
    }
  });
});

describe("an event file", () => {
  it("has the checksums of the format", () => {
    // RFC 3720, appendix B.4, and "123456789", with TFRecord's rotation and offset undone.
    const crc = (bytes: Uint8Array) => {
      const rotated = (maskedCrc32c(bytes) - 0xa282ead8) >>> 0;
      return ((rotated << 15) | (rotated >>> 17)) >>> 0;
    };
    expect(crc(new Uint8Array(32))).toBe(0x8a9136aa);
    expect(crc(new TextEncoder().encode("123456789"))).toBe(0xe3069283);
  });

  const python = hasTensorBoard();
  it.skipIf(!python)(
    "opens in TensorBoard, also after going back to a checkpoint (skipped without it)",
    async () => {
      using place = new TemporaryFolder();
      const path = join(place.path, "run");
      using first = await RunFolder.create(path, {}, {});
      for (const step of [24, 48, 72]) await first.log(step, { reward: step, "term.alive": 0.25 });
      first[Symbol.dispose]();
      // Event files are read in the order of their names, which hold the second.
      const [name] = readdirSync(path).filter((file) => file.includes("tfevents"));
      writeFileSync(join(path, name.replace(/tfevents\.\d+/, "tfevents.1")), readFileSync(join(path, name)));
      execFileSync("rm", [join(path, name)]);
      using second = RunFolder.open(path);
      await second.rewind(48);
      await second.log(72, { reward: 7, "term.alive": 0.25 });
      second[Symbol.dispose]();
      const script = `
import json, sys
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
events = EventAccumulator(sys.argv[1])
events.Reload()
print(json.dumps({tag: [[e.step, e.value] for e in events.Scalars(tag)] for tag in events.Tags()["scalars"]}))`;
      const read = JSON.parse(execFileSync("python3", ["-c", script, path], { encoding: "utf8" }));
      expect(read).toEqual({
        reward: [
          [24, 24],
          [48, 48],
          [72, 7],
        ],
        "term/alive": [24, 48, 72].map((step) => [step, 0.25]),
      });
    },
  );
});

function hasTensorBoard(): boolean {
  try {
    execFileSync("python3", ["-c", "import tensorboard.backend.event_processing.event_accumulator"], {
      stdio: "ignore",
    });
    return true;
  } catch {
    return false;
  }
}

/** Every tag is closed in order, every attribute quoted, every ampersand part of an entity. */
function expectWellFormed(svg: string): void {
  const open: string[] = [];
  const rest = svg.replace(
    /<(\/?)([\w:]+)((?:\s+[\w:-]+="[^"<]*")*)\s*(\/?)>/g,
    (_, close, name, _attributes, empty) => {
      if (close) expect(open.pop()).toBe(name);
      else if (!empty) open.push(name);
      return "";
    },
  );
  expect(open).toEqual([]);
  expect(rest).not.toMatch(/[<>]/);
  expect(svg.replace(/&(lt|gt|amp|quot);/g, "")).not.toContain("&");
}
