import { chmod, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  DiskFullError,
  FileAccessError,
  FileMissingError,
  fileError,
  readBytes,
  readFolder,
  readText,
  WrongFileKindError,
  writeAtomically,
} from "../../src/app/files.ts";
import { shippedPath } from "../../src/app/package-root.ts";
import { softwareVersions } from "../../src/app/provenance.ts";

let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "contrapposto-files-"));
  await mkdir(join(folder, "deep/er"), { recursive: true });
  await writeFile(join(folder, "walk.onnx"), "w");
  await writeFile(join(folder, "deep/er/leg.stl"), "leg");
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe("reading", () => {
  it("names the closest neighbour of a file that is missing", async () => {
    const failure = readText(join(folder, "wlak.onnx"));
    await expect(failure).rejects.toThrow(FileMissingError);
    await expect(failure).rejects.toThrow(/wlak\.onnx"\. Use one of: walk\.onnx/);
  });

  it("says when the folder is missing too", async () => {
    await expect(readBytes(join(folder, "none/x"))).rejects.toThrow("does not exist either");
  });

  it("tells a folder from a file", async () => {
    await expect(readBytes(folder)).rejects.toThrow(WrongFileKindError);
    await expect(readBytes(join(folder, "walk.onnx/x"))).rejects.toThrow(WrongFileKindError);
  });

  it("gathers a folder by slash-separated relative path", async () => {
    expect([...(await readFolder(folder)).keys()]).toEqual(["deep/er/leg.stl", "walk.onnx"]);
  });

  it.skipIf(process.getuid?.() === 0)("says when permission is missing (not as root)", async () => {
    const path = join(folder, "secret");
    await writeFile(path, "s");
    await chmod(path, 0);
    await expect(readBytes(path)).rejects.toThrow(FileAccessError);
  });
});

describe("writing", () => {
  it("makes folders, replaces whole files and leaves nothing else behind", async () => {
    const path = join(folder, "runs/a/config.json");
    await writeAtomically(path, "old");
    await writeAtomically(path, Uint8Array.of(110, 101, 119));
    expect(await readFile(path, "utf8")).toBe("new");
    expect(await readdir(join(folder, "runs/a"))).toEqual(["config.json"]);
  });

  it("leaves the old file and no rest when it fails", async () => {
    const path = join(folder, "taken");
    await mkdir(path);
    await expect(writeAtomically(path, "x")).rejects.toThrow(WrongFileKindError);
    expect((await readdir(folder)).filter((name) => name.endsWith(".tmp"))).toEqual([]);
  });

  it.skipIf(process.platform !== "linux")("says when the disk is full (needs /dev/full)", async () => {
    const failure = await writeFile("/dev/full", "x").catch((error: unknown) => fileError(error, "a.mcap"));
    expect(failure).toBeInstanceOf(DiskFullError);
  });
});

describe("what is shipped", () => {
  it("is found from the package's root", async () => {
    expect(JSON.parse(await readText(shippedPath("package.json"))).name).toBe("contrapposto");
  });

  it("is told apart by versions of code, engines and machine", async () => {
    const versions = await softwareVersions();
    expect(versions.engine).toMatch(/^\d+\.\d+\.\d+/);
    expect(versions.onnxRuntime).toMatch(/^\d+\.\d+\.\d+/);
    expect(versions.commit).toMatch(/^([0-9a-f]{40}(-dirty)?)?$/);
    expect(versions.machine.cores).toBeGreaterThan(0);
    expect(versions.machine.memory).toBeGreaterThan(0);
  });
});
