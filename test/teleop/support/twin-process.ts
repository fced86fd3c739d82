import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import type { TwinReport } from "../../../src/teleop/twin/twin-keyboard.ts";
import { PROGRAM, ROOT } from "../../support/run-cli.ts";

/** `contrapposto twin` as a user runs it, with a keyboard. */
export class TwinProcess implements AsyncDisposable {
  readonly #child: ChildProcess;
  readonly #heard: string[] = [];
  #wake: () => void = () => {};

  private constructor(child: ChildProcess) {
    this.#child = child;
    if (child.stderr === null) throw new Error("the twin has no stderr");
    createInterface({ input: child.stderr }).on("line", (line) => {
      this.#heard.push(line);
      this.#wake();
    });
    child.on("exit", () => this.#wake());
  }

  static async start(robot: string, domain: number, ...flags: string[]): Promise<TwinProcess> {
    const args = [PROGRAM, "twin", "--robot", robot, "--domain", `${domain}`, ...flags];
    const child = spawn(process.execPath, args, { cwd: ROOT, stdio: ["pipe", "ignore", "pipe"] });
    const twin = new TwinProcess(child);
    await twin.hear(/is on DDS domain/);
    return twin;
  }

  say(line: string): void {
    this.#child.stdin?.write(`${line}\n`);
  }

  /** The next line that fits, from now on. */
  async hear(pattern: RegExp): Promise<string> {
    for (;;) {
      for (let line = this.#heard.shift(); line !== undefined; line = this.#heard.shift())
        if (pattern.test(line)) return line;
      if (this.#child.exitCode !== null) throw new Error(`the twin ended before it said ${pattern}`);
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  async state(): Promise<TwinReport> {
    this.say("state");
    return JSON.parse(await this.hear(/^\{/)) as TwinReport;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#child.exitCode !== null) return;
    const gone = once(this.#child, "exit");
    this.#child.kill("SIGINT");
    await gone;
  }
}

/** Runs a Python program to its end and returns the JSON lines that it printed. */
export async function runPython(python: string, script: string, ...args: string[]): Promise<object[]> {
  const child = spawn(python, ["-u", script, ...args], { stdio: ["pipe", "pipe", "pipe"] });
  child.stdin.end("\n"); // Unitree's examples want Enter
  const rows: object[] = [];
  let errors = "";
  createInterface({ input: child.stdout }).on("line", (line) => {
    if (line.startsWith("{")) rows.push(JSON.parse(line) as object);
  });
  child.stderr.on("data", (text: Buffer) => {
    errors += text.toString();
  });
  const [status] = (await once(child, "close")) as [number | null];
  if (status !== 0) throw new Error(`${script} ended with ${status}:\n${errors}`);
  return rows;
}
