import { type ChildProcess, spawn } from "node:child_process";
import { fileURLToPath } from "node:url";

export const ROOT = fileURLToPath(new URL("../../", import.meta.url));

/** Where the sources are compiled to before the tests run. */
export const COMPILED = `${ROOT}.compiled/`;

/** The command line as it is published. */
export const PROGRAM = `${COMPILED}app/main.js`;

/** How a child process ended and what it wrote. */
export interface CliRun {
  readonly status: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs `contrapposto`, as a shell would. */
export function contrapposto(...args: string[]): Promise<CliRun> {
  return finished(startNode([PROGRAM, ...args]));
}

/** Starts Node in the project's folder with streams that are no terminals. */
export function startNode(args: readonly string[], env: Record<string, string> = {}): ChildProcess {
  return spawn(process.execPath, args, { cwd: ROOT, env: { ...process.env, ...env }, stdio: "pipe" });
}

/** Resolves once the child has ended and its streams are drained. */
export async function finished(child: ChildProcess): Promise<CliRun> {
  const [stdout, stderr, end] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    new Promise<[number | null, NodeJS.Signals | null]>((resolve, reject) => {
      child.once("error", reject);
      child.once("close", (status, signal) => resolve([status, signal]));
    }),
  ]);
  return { status: end[0], signal: end[1], stdout, stderr };
}

async function text(stream: NodeJS.ReadableStream | null): Promise<string> {
  let all = "";
  for await (const chunk of stream ?? []) all += chunk;
  return all;
}
