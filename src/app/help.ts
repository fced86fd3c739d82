import type { Command as CommanderCommand, HelpConfiguration, Option } from "commander";
import type { Example } from "./command.ts";
import type { Flag } from "./flags.ts";
import { formatNumber } from "./table.ts";

/** One line of help about a flag: what it means, its choices and its default. */
export function flagAbout(flag: Flag): string {
  const notes: string[] = [];
  if (flag.kind.kind === "choice") notes.push(`one of: ${flag.kind.choices.join(", ")}`);
  if (flag.isRequired) notes.push("required");
  const shown = formatDefault(flag.defaultValue);
  if (shown !== undefined) notes.push(`default: ${shown}`);
  return notes.length === 0 ? flag.about : `${flag.about} (${notes.join("; ")})`.trim();
}

/** The heading that fields of a nested object stand below; undefined for all other flags. */
export function flagHeading(flag: Flag): string | undefined {
  return flag.path.length > 1 ? `Flags below --${flag.long.slice(2).split(".")[0]}:` : undefined;
}

/** The last part of a command's help. */
export function formatExamples(examples: readonly Example[], bold: (text: string) => string): string {
  if (examples.length === 0) return "";
  const lines = examples.flatMap(({ line, about }) => [`  contrapposto ${line}`, `      ${about}`]);
  return `\n${bold("Examples:")}\n${lines.join("\n")}\n`;
}

/** Our words in commander's help: flags instead of options, and a switch with its negation on one line. */
export function helpStyle(bold: (text: string) => string): HelpConfiguration {
  return {
    showGlobalOptions: true,
    minWidthToWrap: 24,
    styleTitle: (title) => bold(title.replace("Options", "Flags")),
    commandUsage: (command) => usageOf(command),
    subcommandTerm: (command) => command.name(),
    optionTerm: (option) => termOf(option),
  };
}

function usageOf(command: CommanderCommand): string {
  const names = [command.name()];
  for (let above = command.parent; above; above = above.parent) names.unshift(above.name());
  return `${names.join(" ")} ${command.usage().replace("[options]", "[flags]")}`.trimEnd();
}

/** A switch that is on by default is of use only with its negation. */
function termOf(option: Option): string {
  return option.presetArg === "on" ? option.flags.replace("--", "--[no-]") : option.flags;
}

function formatDefault(value: unknown): string | undefined {
  if (value === undefined || value === null || value === false || value === "") return undefined;
  if (value === true) return "on";
  if (typeof value === "number") return formatNumber(value);
  if (Array.isArray(value)) return value.length === 0 ? undefined : value.join(",");
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}
