import { join } from "node:path";
import { z } from "zod";
import { defineCommand } from "../command.ts";
import { writeAtomically } from "../files.ts";
import { writeFlags } from "../flags.ts";
import { softwareVersions } from "../provenance.ts";
import { tacoFigures, tacoPage } from "../reproduce/taco-page.ts";
import { runTacoPlan } from "../reproduce/taco-plan.ts";
import { tacoResults } from "../reproduce/taco-results.ts";
import { FULL_SIZE, QUICK_SIZE, TacoSize } from "../reproduce/taco-size.ts";
import { Interrupted, Workshop } from "../reproduce/workshop.ts";

const Flags = z.strictObject({
  quick: z
    .boolean()
    .default(false)
    .describe("every part once in about ten minutes, too small to show anything"),
  // Without defaults: what is not given is --quick's or the headline's.
  ...TacoSize.partial().shape,
  policy: z.array(z.string()).default([]).meta({
    description: "runs of train vla on mixed data that take the place of the first policies",
    placeholder: "folder",
  }),
  work: z.string().default("runs/taco-reproduction").meta({
    description: "folder of everything in between; begun again, it goes on there",
    placeholder: "folder",
  }),
  out: z
    .string()
    .default("docs/results")
    .meta({ description: "folder of the results", placeholder: "folder" }),
  workers: z.int().positive().default(2).describe("threads"),
});
type Flags = z.output<typeof Flags>;

/** `contrapposto reproduce taco`. */
export const reproduceTaco = defineCommand({
  description: `Makes demonstrations, trains policies and counters, and runs everything that docs/taco.md claims: the headline with its
seeds, all selectors, controls, numbers of candidates, ablations and shifted scenes. Writes taco.json, taco.md and figures.
It does what is not done yet: after Ctrl-C the same command goes on.`,
  flags: Flags,
  examples: [
    { line: "reproduce taco", about: "everything at full size: many hours on two cores" },
    { line: "reproduce taco --quick --work /tmp/taco --out /tmp/taco", about: "a smoke test of ten minutes" },
    {
      line: "reproduce taco --policy runs/vla/20260101-120000_flow --policy-seeds 1 --parts selectors",
      about: "the headline and the selectors for a policy that there is",
    },
  ],
  run: async (flags, io) => {
    const size = sizeOf(flags);
    const { work, out, workers, policy: policies } = flags;
    const workshop = await Workshop.open({ folder: work, size, workers, policies, io });
    try {
      const outcomes = await runTacoPlan(workshop, size);
      const results = tacoResults(outcomes, size, await softwareVersions());
      await writeAtomically(join(out, "taco.json"), `${JSON.stringify(results, null, 1)}\n`);
      await writeAtomically(join(out, "taco.md"), tacoPage(results, commandOf(flags)));
      for (const [file, figure] of Object.entries(tacoFigures(results)))
        await writeAtomically(join(out, file), figure);
      io.result(
        { end: "done", out, ...results },
        ({ gain, isShown }) =>
          `TACO minus single: ${(100 * gain.mean).toFixed(1)} points (${(100 * gain.low).toFixed(1)} to ${(100 * gain.high).toFixed(1)}); primary endpoint ${isShown ? "met" : "not met"}; tables in ${join(out, "taco.md")}`,
      );
    } catch (error) {
      if (!(error instanceof Interrupted)) throw error;
      io.result({ end: "interrupted", work }, () => "interrupted; the same command goes on");
    }
  },
});

/** The size asked for: single flags before --quick, and that before the headline's. */
function sizeOf(flags: Flags): TacoSize {
  const given = Object.entries(flags).filter(([key, value]) => key in TacoSize.shape && value !== undefined);
  return TacoSize.parse({ ...(flags.quick ? QUICK_SIZE : FULL_SIZE), ...Object.fromEntries(given) });
}

/** The command that makes the same tables. */
function commandOf(flags: Flags): string {
  return ["contrapposto reproduce taco", ...writeFlags(Flags, flags, ["work", "out", "workers"])].join(" ");
}
