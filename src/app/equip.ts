import { type Command as CommanderCommand, Option } from "commander";
import type { Command } from "./command.ts";
import type { CommandIo } from "./command-io.ts";
import { type Flag, flagsOf, parseFlags } from "./flags.ts";
import { flagAbout, flagHeading, formatExamples } from "./help.ts";

/** Gives a command of the program its flags, arguments, help and action, all from the command's schemas. */
export function equip(leaf: CommanderCommand, summary: string, command: Command, io: CommandIo): void {
  const flags = flagsOf(command.flags);
  const positionals = flagsOf(command.positionals).map((p) => ({ ...p, long: `<${p.long.slice(2)}>` }));
  leaf
    .description([`${summary}.`, unwrapLines(command.description)].filter(Boolean).join("\n\n"))
    .addHelpText("after", formatExamples(command.examples, io.style.bold));
  for (const positional of positionals) {
    leaf.argument(argumentTerm(positional), flagAbout({ ...positional, isRequired: false }));
  }

  for (const flag of flags) {
    const heading = flagHeading(flag);
    for (const option of optionsFor(flag)) {
      leaf.addOption(heading === undefined ? option : option.helpGroup(heading));
    }
  }
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

/** Paragraphs stay, line breaks inside them go: the terminal's width decides those. */
function unwrapLines(text: string): string {
  return text.replace(/(?<!\n)\n(?!\n)/g, " ");
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
