import { z } from "zod";
import type { CommandIo } from "./command-io.ts";

/** A command line that a user could copy, and what it does. */
export interface Example {
  /** Without the leading "contrapposto", such as "robot check h1_2". */
  readonly line: string;
  readonly about: string;
}

/**
 * What a command's author writes. Two zod schemas are the only place for its names, types, defaults and descriptions;
 * a description ends with the unit: "physics step, s".
 */
export interface CommandDefinition<P extends z.ZodObject, F extends z.ZodObject> {
  /** Paragraphs below the summary in the command's help. */
  readonly description?: string;
  /** Arguments without a flag, in order; the last one may be an array. */
  readonly positionals?: P;
  /** `seed` becomes `--seed`, `numEnvs` `--num-envs`, and fields of a nested object `env` become `--env.num-envs`. */
  readonly flags: F;
  readonly examples: readonly Example[];
  /** Does the work. Throws what went wrong; a report given to `io.result` before the throw is still printed. */
  run(args: z.output<P> & z.output<F>, io: CommandIo): Promise<void>;
}

/** A command whose argument types are known only to itself. */
export interface Command {
  readonly description: string;
  readonly positionals: z.ZodObject;
  readonly flags: z.ZodObject;
  readonly examples: readonly Example[];
  /** Takes arguments that the two schemas have let through. */
  run(args: Record<string, unknown>, io: CommandIo): Promise<void>;
}

/** Where a command sits in the program, what it is for, and how to get it without loading the others. */
export interface CatalogueEntry {
  /** Verb, or verb and noun: ["robot", "check"]. */
  readonly path: readonly [string] | readonly [string, string];
  /** One line for the list of commands. */
  readonly summary: string;
  load(): Promise<Command>;
}

/** A verb that has nouns below it. */
export interface VerbEntry {
  readonly summary: string;
  readonly examples: readonly Example[];
}

/** The whole program: names and summaries at once, everything else on demand. */
export interface Catalogue {
  readonly entries: readonly CatalogueEntry[];
  /** What the nouns below a verb have in common, by verb. */
  readonly verbs: Readonly<Record<string, VerbEntry>>;
  readonly examples: readonly Example[];
}

/** Declares a command; `commands/catalogue.ts` gives it its name and summary. */
export function defineCommand<F extends z.ZodObject, P extends z.ZodObject = typeof NO_POSITIONALS>(
  definition: CommandDefinition<P, F>,
): Command {
  return {
    description: definition.description ?? "",
    positionals: definition.positionals ?? NO_POSITIONALS,
    flags: definition.flags,
    examples: definition.examples,
    run: (args, io) => definition.run(args as z.output<P> & z.output<F>, io),
  };
}

const NO_POSITIONALS = z.strictObject({});
