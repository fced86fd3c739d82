import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { PROGRAM } from "../../support/run-cli.ts";

/** A command of the program that serves a page, in a process of its own. */
export interface RunningServer extends AsyncDisposable {
  /** Address of the page, or of the socket where there is none, as the command printed it. */
  readonly url: string;
  readonly process: ChildProcess;
  /** Dies at once, as a machine that loses power. */
  kill(): Promise<void>;
}

/** Starts a command and waits until it says where its page is. Rejects with what it printed where it ends before. */
export async function runServer(...args: readonly string[]): Promise<RunningServer> {
  const child = spawn(process.execPath, [PROGRAM, ...args], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  const gone = once(child, "exit");
  const url = await pageOf(child);
  const end = async (signal: NodeJS.Signals) => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill(signal);
    await gone;
  };
  return {
    ...{ url, process: child },
    kill: () => end("SIGKILL"),
    [Symbol.asyncDispose]: () => end("SIGKILL"),
  };
}

function pageOf(child: ChildProcess): Promise<string> {
  let printed = "";
  return new Promise((resolve, reject) => {
    const hear = (text: Buffer) => {
      printed += text;
      const url = /(?:http|ws)s?:\/\/[\w.:[\]-]+\/?/.exec(printed)?.[0];
      if (url !== undefined) resolve(url);
    };
    child.stdout?.on("data", hear);
    child.stderr?.on("data", hear);
    child.once("exit", (code) => reject(new Error(`It ended with ${code}: ${printed}`)));
  });
}
