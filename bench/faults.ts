import { readFileSync, writeFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import type { BenchResult } from "../src/app/commands/bench.ts";
import { Rng } from "../src/common/index.ts";
import { monotonicClock } from "../src/teleop/node.ts";
import { benchResult } from "./bench-result.ts";
import { ATTACK_CASES } from "./faults/attack-cases.ts";
import { CASES, type FaultCase } from "./faults/cases.ts";
import { NETWORK_CASES } from "./faults/network-cases.ts";
import { PROCESS_CASES } from "./faults/process-cases.ts";
import { Relay } from "./faults/relay.ts";
import { Rig } from "./faults/rig.ts";

/** What became of the robot in one case. */
export interface FaultOutcome {
  readonly name: string;
  readonly expected: FaultCase["expected"];
  readonly isAsExpected: boolean;
  /** From the moment that things broke to the first command that damps, ms; undefined where the robot ran on. */
  readonly dampedAfterMs: number | undefined;
  readonly what: string;
}

const now = monotonicClock(() => performance.now());

/** Breaks everything that can break between a controller and a simulated robot, and writes what happened to docs/safety.md. */
export async function benchFaults(): Promise<BenchResult> {
  const outcomes: FaultOutcome[] = [];
  const runs = [
    ...CASES.map((fault) => () => suffer(fault)),
    ...ATTACK_CASES,
    ...PROCESS_CASES,
    ...NETWORK_CASES,
  ];
  for (const run of runs) {
    outcomes.push(await patiently(run));
    publish(outcomes); // what is known is kept, should a later case break the bench itself
  }
  return benchResult(
    "faults",
    outcomes.map(({ name, isAsExpected, dampedAfterMs }) => ({
      metric: `${isAsExpected ? "" : "NOT AS EXPECTED: "}${name}`,
      value: dampedAfterMs ?? 0,
      unit: dampedAfterMs === undefined ? "ran on" : "ms to damping",
      baseline: null,
      ratio: null,
    })),
  );
}

/** A machine shared with other work makes loops late all by itself, so a case may be tried again; how often is told. */
const ATTEMPTS = 4;

/** Runs one case on a robot of its own. */
export function suffer(fault: FaultCase): Promise<FaultOutcome> {
  return patiently(() => tryOnce(fault));
}

async function patiently(run: () => Promise<FaultOutcome>): Promise<FaultOutcome> {
  for (let attempt = 1; ; attempt++) {
    try {
      const outcome = await run();
      if (outcome.isAsExpected || attempt === ATTEMPTS)
        return attempt === 1 ? outcome : { ...outcome, what: `${outcome.what}; attempt ${attempt}` };
    } catch (error) {
      if (attempt === ATTEMPTS) throw error;
    }
  }
}

async function tryOnce({ name, expected, inject }: FaultCase): Promise<FaultOutcome> {
  await using rig = await Rig.open(expected === "runs on");
  await using relay = await Relay.open(rig.url, new Rng(7));
  await using controller = await rig.controller(relay.url);
  let dampedAt = Number.NaN;
  let lowest = Number.POSITIVE_INFINITY;
  let fastest = 0;
  await rig.afterCommand();
  const broken = now();
  rig.bridge.watch = (state, sent) => {
    if (sent.phase === "fault" && Number.isNaN(dampedAt)) dampedAt = state.time;
    lowest = Math.min(lowest, state.basePos[2]);
    for (const speed of state.dq) fastest = Math.max(fastest, Math.abs(speed));
  };
  const told = await inject(rig, controller, relay);
  await sleep(expected === "damps" ? 2500 : 700);
  const isAsExpected = expected === "damps" ? rig.isDamped : rig.phase === "running";
  const hasDamped = !Number.isNaN(dampedAt);
  if (dampedAt < broken)
    throw new Error("The robot had damped before anything broke; the news was under way.");
  const sank = `sank to ${lowest.toFixed(2)} m, joints ${fastest.toFixed(0)} rad/s at most`;
  const parts = [
    hasDamped ? `${rig.fault}; ${sank}` : "followed its controller throughout",
    ...(typeof told === "string" ? [told] : []),
  ];
  return {
    name,
    expected,
    isAsExpected,
    dampedAfterMs: hasDamped ? 1000 * (dampedAt - broken) : undefined,
    what: parts.join("; "),
  };
}

const PAGE = new URL("../docs/safety.md", import.meta.url);
const [BEGIN, END] = ["<!-- fault matrix: made by `contrapposto bench faults` -->", "<!-- end -->"];

function publish(outcomes: readonly FaultOutcome[]): void {
  const rows = outcomes.map(
    ({ name, expected, isAsExpected, dampedAfterMs, what }) =>
      `| ${name} | ${expected}${isAsExpected ? "" : " (**did not**)"} | ${dampedAfterMs?.toFixed(0) ?? ""} | ${what} |`,
  );
  const table = [
    "| what breaks | the robot | damped after, ms | what happened |",
    "|---|---|---|---|",
    ...rows,
  ].join("\n");
  const text = readFileSync(PAGE, "utf8");
  const [before, after] = [text.split(BEGIN)[0], text.split(END)[1]];
  writeFileSync(PAGE, `${before}${BEGIN}\n\n${table}\n\n${END}${after}`);
}
