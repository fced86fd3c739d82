import { spawn } from "node:child_process";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import type { BenchResult } from "../src/app/commands/bench.ts";
import { quantile } from "../src/common/index.ts";
import { benchResult } from "./bench-result.ts";

const ROUNDS = 2;
const DOMAIN = 110;
const PYTHON = process.env.CONTRAPPOSTO_PYTHON ?? "python3";

interface Run {
  /** Round trips that came back before the next command, µs. */
  readonly rtts: readonly number[];
  /** Share of a core. */
  readonly cpu: number;
}

/**
 * H1-2 commands out and states back over real DDS on loopback at 500 Hz, checksums on both ways: our link against
 * Unitree's Python SDK, both against the same answering robot, in turns, each in a fresh process.
 */
export async function benchDds(seconds = 20): Promise<BenchResult> {
  const each = seconds / (2 * ROUNDS);
  const [ours, theirs]: [Run[], Run[]] = [[], []];
  for (let round = 0; round < ROUNDS; round++) {
    ours.push(await measure([process.execPath, "--import", "tsx", local("dds/client.ts")], each));
    theirs.push(await measure([PYTHON, local("dds/client.py")], each));
  }
  const row = (metric: string, unit: string, of: (runs: readonly Run[]) => number) => {
    const [value, baseline] = [of(ours), of(theirs)];
    return { metric, value, unit, baseline, ratio: value / baseline };
  };
  const rtts = (runs: readonly Run[]) => runs.flatMap((run) => run.rtts);
  return benchResult("dds", [
    row("round trip, median", "us", (runs) => quantile(rtts(runs), 0.5)),
    row("round trip, p99", "us", (runs) => quantile(rtts(runs), 0.99)),
    row("round trip, longest", "us", (runs) => Math.max(...rtts(runs))),
    row("answered before the next command", "share", (runs) => rtts(runs).length / (500 * each * ROUNDS)),
    row("CPU, share of a core", "share", (runs) => runs.reduce((sum, run) => sum + run.cpu / ROUNDS, 0)),
  ]);
}

async function measure([program, ...args]: readonly string[], seconds: number): Promise<Run> {
  const echo = spawn(process.execPath, [
    "--import",
    "tsx",
    local("dds/echo.ts"),
    `${DOMAIN}`,
    `${seconds + 6}`,
  ]);
  try {
    const client = spawn(program, [...args, `${DOMAIN}`, `${seconds}`]);
    const [answer, complaint] = await Promise.all([text(client.stdout), text(client.stderr)]);
    const line = answer.split("\n").find((each) => each.startsWith("{"));
    if (line === undefined) throw new Error(`${program} measured nothing: ${complaint}`);
    return JSON.parse(line) as Run;
  } finally {
    echo.kill();
  }
}

const local = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
