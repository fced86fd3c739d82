import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { availableParallelism, cpus, totalmem } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { packageRoot, packageVersion, shippedPath } from "./package-root.ts";

/** The computer that a figure was measured on. */
export interface Machine {
  readonly cpu: string;
  /** Threads that this process may use at once. */
  readonly cores: number;
  /** GiB. */
  readonly memory: number;
  /** Operating system and architecture, such as "linux x64". */
  readonly platform: string;
  readonly node: string;
}

/** Which code produced a result, and where: written beside runs, recordings and benchmarks. */
export interface SoftwareVersions {
  readonly version: string;
  /** Git commit of the checkout, with "-dirty" after it when files differ; "" outside a checkout. */
  readonly commit: string;
  /** MuJoCo. */
  readonly engine: string;
  readonly onnxRuntime: string;
  readonly machine: Machine;
}

/** Reads versions from the packages themselves, so neither engine nor ONNX Runtime is loaded. */
export async function softwareVersions(): Promise<SoftwareVersions> {
  const [commit, engine, onnxRuntime] = await Promise.all([
    gitCommit(),
    dependencyVersion("mujoco-js"),
    dependencyVersion("onnxruntime-node"),
  ]);
  return { version: packageVersion(), commit, engine, onnxRuntime, machine: describeMachine() };
}

/** What the operating system says of this computer. */
function describeMachine(): Machine {
  return {
    cpu: cpus()[0]?.model.trim() ?? "unknown",
    cores: availableParallelism(),
    memory: Math.round((totalmem() / 2 ** 30) * 10) / 10,
    platform: `${process.platform} ${process.arch}`,
    node: process.versions.node,
  };
}

async function gitCommit(): Promise<string> {
  if (!existsSync(shippedPath(".git"))) return "";
  try {
    const git = (...args: string[]) => promisify(execFile)("git", args, { cwd: packageRoot });
    const [head, changes] = await Promise.all([
      git("rev-parse", "HEAD"),
      git("status", "--porcelain", "--untracked-files=no"),
    ]);
    return head.stdout.trim() + (changes.stdout.trim() === "" ? "" : "-dirty");
  } catch {
    return ""; // a checkout on a machine without git, or one owned by somebody else
  }
}

/** The version of an installed package, whose exports may not include its package.json. */
async function dependencyVersion(name: string): Promise<string> {
  let folder = dirname(createRequire(import.meta.url).resolve(name));
  for (;;) {
    const manifest = JSON.parse(await readFile(join(folder, "package.json"), "utf8").catch(() => "{}"));
    if (manifest.version !== undefined) return manifest.version;
    folder = dirname(folder);
  }
}
