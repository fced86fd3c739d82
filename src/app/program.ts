import { Command as CommanderCommand, Option } from "commander";
import type { Catalogue, CatalogueEntry, Command } from "./command.ts";
import type { CommandIo } from "./command-io.ts";
import { type Flag, flagsOf, parseFlags } from "./flags.ts";
import { flagAbout, formatExamples, helpStyle } from "./help.ts";

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
      getOutHasColors: () => output.isColoured,
      getErrHasColors: () => output.isColoured,
    })
    .exitOverride()
    .addHelpText("after", formatExamples(catalogue.examples, io.style.bold));
  const entries = new Map(catalogue.entries.map((entry) => [addEntry(program, catalogue, entry, io), entry]));
  const loadCommand = async (_: CommanderCommand, leaf: CommanderCommand): Promise<void> => {
    const entry = entries.get(leaf);
    if (entry !== undefined) equip(leaf, entry, await entry.load(), io);
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

/** Gives a command its flags, arguments and action. */
function equip(leaf: CommanderCommand, entry: CatalogueEntry, command: Command, io: CommandIo): void {
  const flags = flagsOf(command.flags);
  const positionals = flagsOf(command.positionals).map((p) => ({ ...p, long: `<${p.long.slice(2)}>` }));
  leaf
    .description([`${entry.summary}.`, command.description].filter(Boolean).join("\n\n"))
    .addHelpText("after", formatExamples(command.examples, io.style.bold));
  for (const positional of positionals) {
    leaf.argument(argumentTerm(positional), flagAbout({ ...positional, isRequired: false }));
  }

  for (const flag of flags) for (const option of optionsFor(flag)) leaf.addOption(option);
  leaf.action(async () => {
    const written = writtenFlags(leaf, flags);
    const named = writtenPositionals(leaf, positionals);
    await command.run(
      {
        ...parseFlags(command.positionals, positionals, named),
        ...parseFlags(command.flags, flags, written),
      },
      io,
    );
  });
}

function argumentTerm(positional: Flag): string {
  const name = positional.long.slice(1, -1) + (isVariadic(positional) ? "..." : "");
  return positional.isRequired ? `<${name}>` : `[${name}]`;
}

function isVariadic(flag: Flag): boolean {
  return flag.kind.kind === "list" && !flag.kind.fixed;
}

function optionsFor(flag: Flag): Option[] {
  if (flag.kind.kind !== "boolean") {
    const option = new Option(`${flag.long} <${flag.placeholder}>`, flagAbout(flag));
    return [option.argParser((text: string, before?: string[]) => [...(before ?? []), text])];
  }
  const on = new Option(flag.long, flagAbout(flag));
  if (flag.defaultValue === true) on.preset("on");
  return [on, new Option(flag.long.replace("--", "--no-")).hideHelp()];
}

function writtenFlags(leaf: CommanderCommand, flags: readonly Flag[]): Map<string, string[] | boolean> {
  const written = new Map<string, string[] | boolean>();
  for (const flag of flags) {
    const value: unknown = leaf.getOptionValue(new Option(flag.long).attributeName());
    if (flag.kind.kind === "boolean" && value !== undefined) written.set(flag.long, value !== false);
    else if (Array.isArray(value)) written.set(flag.long, value);
  }
  return written;
}

function writtenPositionals(
  leaf: CommanderCommand,
  positionals: readonly Flag[],
): Map<string, readonly string[]> {
  const written = new Map<string, readonly string[]>();
  positionals.forEach((positional, i) => {
    const texts = isVariadic(positional) ? leaf.args.slice(i) : leaf.args.slice(i, i + 1);
    if (texts.length > 0) written.set(positional.long, texts);
  });
  return written;
}
