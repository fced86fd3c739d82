import { CommanderError } from "commander";
import { UsageError } from "../common/index.ts";
import type { Catalogue } from "./command.ts";
import { EXIT_STATUS, type ExitStatus } from "./exit-status.ts";
import { describeFailure } from "./failure.ts";
import { Interrupt } from "./interrupt.ts";
import { packageVersion } from "./package-root.ts";
import { buildProgram } from "./program.ts";
import { Terminal } from "./terminal.ts";

/**
 * Runs one command line and resolves to the status that the process should end with; whatever goes wrong has been
 * reported by then.
 *
 * @param argv without the interpreter and the script
 */
export async function runCommandLine(argv: readonly string[], catalogue: Catalogue): Promise<ExitStatus> {
  process.stdout.on("error", endWhenReaderLeft);
  const words = normalize(argv);
  using interrupt = new Interrupt(() => terminal.note("Stopping. Press Ctrl-C again to end at once."));
  const terminal = new Terminal(words.includes("--json"), interrupt);
  const onStray = (error: unknown) => process.exit(report(terminal, error));
  process.once("uncaughtException", onStray);
  const help = { answer: "", complaint: "" };
  try {
    const program = buildProgram(catalogue, packageVersion(), terminal, {
      isColoured: process.stdout.isTTY === true && process.stdout.hasColors(),
      answer: (text) => void (help.answer += text),
      complain: (text) => void (help.complaint += text),
    });
    await program.parseAsync(words, { from: "user" });
    terminal.finish();
    return interrupt.happened ? EXIT_STATUS.interrupted : EXIT_STATUS.done;
  } catch (error) {
    if (!(error instanceof CommanderError)) return report(terminal, error);
    if (help.complaint !== "") terminal.note(help.complaint.trimEnd());
    if (error.exitCode !== 0) return report(terminal, usageError(error, words, catalogue));
    const kind = error.code === "commander.version" ? "version" : "help";
    terminal.result({ [kind]: help.answer.trimEnd() }, () => help.answer.trimEnd());
    terminal.finish();
    return EXIT_STATUS.done;
  } finally {
    process.off("uncaughtException", onStray);
  }
}

/** A reader that has seen enough, such as `head`, closes the pipe: that is no failure. */
function endWhenReaderLeft(error: NodeJS.ErrnoException): void {
  if (error.code !== "EPIPE") throw error;
  process.exit(EXIT_STATUS.done);
}

function report(terminal: Terminal, error: unknown): ExitStatus {
  const failure = describeFailure(error);
  terminal.finish(failure);
  return failure.status;
}

/** `help a b` means `a b --help`, and `--snake_case` means `--snake-case`. */
function normalize(argv: readonly string[]): string[] {
  const end = argv.indexOf("--") < 0 ? argv.length : argv.indexOf("--");
  const words = argv.map((word, i) =>
    i < end && word.startsWith("--")
      ? word.replace(/^[^=]+/, (flag) => flag.replace(/(?<=[a-z0-9])_/gi, "-"))
      : word,
  );
  return words[0] === "help" ? [...words.slice(1), "--help"] : words;
}

/** Commander's complaint in our form: problem and remedy. */
function usageError(error: CommanderError, words: readonly string[], catalogue: Catalogue): UsageError {
  if (error.code === "commander.help")
    return new UsageError("No command given.", "Choose one of those above.");
  const [problem, suggestion] = error.message
    .replace(/^error: /, "")
    .replace(/^option '(\S+) <(.*)>' argument missing/, (_, flag, value) => `${flag} needs a value: ${value}`)
    .replaceAll(/(?<![-\w'])option(?![-\w])/g, "flag")
    .replaceAll("'", '"')
    .split("\n");
  const remedy = suggestion?.replace(/^\(|\)$/g, "") ?? `See: ${helpLine(words, catalogue)}`;
  return new UsageError(`${problem.charAt(0).toUpperCase()}${problem.slice(1).replace(/\.$/, "")}.`, remedy);
}

/** How to ask for help about the command that the words lead to. */
function helpLine(words: readonly string[], catalogue: Catalogue): string {
  const paths = catalogue.entries.flatMap(({ path }) => [path.slice(0, 1), [...path]]);
  const known = paths.filter((path) => path.every((name, i) => words[i] === name));
  const [longest = []] = known.sort((a, b) => b.length - a.length);
  return ["contrapposto", ...longest, "--help"].join(" ");
}
