import type { z } from "zod";
import { UsageError } from "../../common/index.ts";
import { writeFlags } from "../flags.ts";

/**
 * Throws `UsageError` where a run that goes on is given a flag that says how a run begins: it would change nothing.
 *
 * @param taken flags that a run takes as it goes on, by the first key of their path
 */
export function refuseNewRunFlags(schema: z.ZodObject, flags: object, taken: readonly string[]): void {
  const [first] = writeFlags(schema, flags, taken);
  if (first === undefined) return;
  const [flag] = first.split(/[ =]/);
  throw new UsageError(`${flag} is for a new run.`, "A run goes on as it was begun: leave it out.");
}
