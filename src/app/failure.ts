import { ContrappostoError, UsageError } from "../common/index.ts";
import { EXIT_STATUS, type ExitStatus } from "./exit-status.ts";

/** An error as the command line reports it. */
export interface Failure {
  readonly status: ExitStatus;
  /** What people read after "error: "; several lines only when the error is a mistake of ours. */
  readonly text: string;
  /** What programs read below `error`. */
  readonly report: { readonly code: string; readonly problem: string; readonly remedy: string };
}

const REPORT_HINT =
  "This is a mistake in Contrapposto, not in what you did. Please report it with the command, this text, and what `contrapposto --version` says.";

/** How an error is told, and the exit status that it leads to. */
export function describeFailure(error: unknown): Failure {
  if (error instanceof ContrappostoError) {
    const { code, problem, remedy } = error;
    const status = error instanceof UsageError ? EXIT_STATUS.wrongUsage : EXIT_STATUS.failed;
    return {
      status: code === "INTERRUPTED" ? EXIT_STATUS.interrupted : status,
      text: oneLine(`${problem} ${remedy}`),
      report: { code, problem, remedy },
    };
  }
  return {
    status: EXIT_STATUS.failed,
    text: `${stackOf(error)}\n${REPORT_HINT}`,
    report: {
      code: "INTERNAL",
      problem: error instanceof Error ? error.message : String(error),
      remedy: REPORT_HINT,
    },
  };
}

function oneLine(text: string): string {
  return text.replace(/\s*\n\s*/g, " ").trim();
}

function stackOf(error: unknown): string {
  if (!(error instanceof Error)) return `Something that is not an error was thrown: ${String(error)}`;
  const own = error.stack ?? error.message;
  return error.cause === undefined ? own : `${own}\ncaused by: ${stackOf(error.cause)}`;
}
