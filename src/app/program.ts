import { Command as CommanderCommand } from "commander";
import type { Catalogue, CatalogueEntry } from "./command.ts";
import type { CommandIo } from "./command-io.ts";
import { formatExamples, helpStyle } from "./help.ts";

/** What the program writes on its own account: help and version. */
export interface ProgramOutput {
  readonly isColoured: boolean;
  answer(text: string): void;
  complain(text: string): void;
}

/**
 * The command line as commander understands it. Names and summaries are known at once; a command's module is loaded
 * when the arguments have led to it.
 */
export function buildProgram(
  catalogue: Catalogue,
  version: string,
  io: CommandIo,
  output: ProgramOutput,
): CommanderCommand {
  const program = new CommanderCommand("contrapposto")
    .description("Simulate, train, steer and deploy humanoid robots.")
    .version(version, "--version", "print the version")
    .option("--json", "write one JSON object to stdout, and everything else to stderr")
    .helpOption("-h, --help", "show help")
    .helpCommand(false)
    .configureHelp(helpStyle(io.style.bold))
    .configureOutput({
      writeOut: (text) => output.answer(text),
      writeErr: (text) => output.complain(text),
      outputError: () => {},
      getOutHelpWidth: () => process.stdout.columns ?? 100,
      getErrHelpWidth: () => process.stderr.columns ?? 100,
      getOutHasColors: () => output.isColoured,
      getErrHasColors: () => output.isColoured,
    })
    .exitOverride()
    .addHelpText("after", formatExamples(catalogue.examples, io.style.bold));
  const entries = new Map(catalogue.entries.map((entry) => [addEntry(program, catalogue, entry, io), entry]));
  const loadCommand = async (_: CommanderCommand, leaf: CommanderCommand): Promise<void> => {
    const entry = entries.get(leaf);
    if (entry === undefined) return;
    const [command, { equip }] = await Promise.all([entry.load(), import("./equip.ts")]);
    equip(leaf, entry.summary, command, io);
  };
  for (const above of [program, ...program.commands]) above.hook("preSubcommand", loadCommand);
  return program;
}

/** Places an entry's name in the tree, below its verb. */
function addEntry(
  program: CommanderCommand,
  catalogue: Catalogue,
  entry: CatalogueEntry,
  io: CommandIo,
): CommanderCommand {
  const [verb, noun] = entry.path;
  if (noun === undefined) return program.command(verb).summary(entry.summary);
  const existing = program.commands.find((command) => command.name() === verb);
  return (existing ?? addVerb(program, catalogue, verb, io)).command(noun).summary(entry.summary);
}

function addVerb(
  program: CommanderCommand,
  catalogue: Catalogue,
  verb: string,
  io: CommandIo,
): CommanderCommand {
  const about = catalogue.verbs[verb];
  const nouns = catalogue.entries.filter((entry) => entry.path[0] === verb).map((entry) => entry.path[1]);
  return program
    .command(verb)
    .summary(`${about.summary}: ${nouns.join(", ")}`)
    .description(`${about.summary}.`)
    .helpCommand(false)
    .addHelpText("after", formatExamples(about.examples, io.style.bold));
}
