/**
 * The root of every error that Contrapposto throws on purpose: what was found, and what to do about it.
 * `code` is stable and meant for programs; the message is meant for people.
 */
export abstract class ContrappostoError extends Error {
  abstract readonly code: string;
  readonly problem: string;
  readonly remedy: string;

  constructor(problem: string, remedy: string, options?: ErrorOptions) {
    super(`${problem} ${remedy}`, options);
    this.name = new.target.name;
    this.problem = problem;
    this.remedy = remedy;
  }
}

/** A value given by the user that cannot be used; the command line ends with status 2. */
export class UsageError extends ContrappostoError {
  readonly code: string = "USAGE";
}

/** A name that is not among those that exist; lists the closest ones. */
export class UnknownNameError extends UsageError {
  override readonly code = "UNKNOWN_NAME";

  constructor(kind: string, name: string, available: Iterable<string>) {
    const names = [...available].sort(
      (a, b) => editDistance(name, a) - editDistance(name, b) || a.localeCompare(b),
    );
    const shown = names.slice(0, 8).join(", ");
    const more = names.length > 8 ? `, and ${names.length - 8} more` : "";
    super(
      `There is no ${kind} "${name}".`,
      names.length > 0 ? `Use one of: ${shown}${more}.` : "None exist.",
    );
  }
}

/** The message of whatever was thrown, for people. */
export function errorMessage(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const substitution = row[j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(substitution, row[j] + 1, next[j - 1] + 1));
    }
    row = next;
  }
  return row[b.length] ?? a.length;
}
