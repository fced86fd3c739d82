import { existsSync } from "node:fs";
import { pathToFileURL } from "node:url";
import { z } from "zod";
import { UsageError } from "../../common/index.ts";
import { defineCommand } from "../command.ts";
import { shippedPath } from "../package-root.ts";

/** What a benchmark returns: each figure beside its baseline, measured in the same run. */
export interface BenchResult {
  readonly name: string;
  readonly machine: string;
  readonly commit: string;
  readonly results: readonly {
    readonly metric: string;
    readonly value: number;
    readonly unit: string;
    readonly baseline: number | null;
    readonly ratio: number | null;
  }[];
}

const BENCHES = [
  "physics",
  "camera",
  "policy",
  "learn",
  "live",
  "faults",
  "bridge",
  "dds",
  "viewer",
  "vla",
] as const;

/** `contrapposto bench NAME`. */
export const bench = defineCommand({
  description: `Checks that the answer is right, then times it against a baseline in the same run. Run it on an idle machine. The
benchmarks come with a checkout of the source, not with the published package.`,
  positionals: z.strictObject({ name: z.enum(BENCHES).describe("what to measure") }),
  flags: z.strictObject({
    seconds: z.number().positive().default(20).describe("how long bridge and dds are measured, s"),
  }),
  examples: [
    { line: "bench physics", about: "environment against bare MuJoCo, and two workers against one" },
    {
      line: "bench faults",
      about: "breaks everything between a controller and a robot; writes docs/safety.md",
    },
    { line: "bench bridge --seconds 600", about: "deadlines and round trips of the 500 Hz loop" },
    { line: "bench dds", about: "our DDS link against Unitree's Python SDK at 500 Hz" },
    { line: "bench vla", about: "a VLA's decision by number of candidates, prefix shared or copied" },
    { line: "bench policy --json", about: "control step times, for a program" },
  ],
  run: async ({ name, seconds }, io) => {
    const file = shippedPath("bench", `${name}.ts`);
    if (!existsSync(file))
      throw new UsageError(
        "The published package has no benchmarks.",
        "Run them from a checkout of the source.",
      );
    io.note(`measuring ${name}; leave the machine alone meanwhile`);
    const module = (await import(pathToFileURL(file).href)) as Record<
      string,
      (seconds: number) => Promise<BenchResult>
    >;
    const result = await module[`bench${name[0].toUpperCase()}${name.slice(1)}`](seconds);
    io.table(
      ["metric", "value", "unit", "baseline", "ratio"],
      result.results.map(({ metric, value, unit, baseline, ratio }) => [
        metric,
        round(value),
        unit,
        round(baseline),
        round(ratio),
      ]),
    );
    io.result(result, ({ machine, commit }) => `${machine}; commit ${commit}`);
  },
});

function round(value: number | null): string {
  return value === null ? "" : String(Number(value.toPrecision(4)));
}
