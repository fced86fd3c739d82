import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createInterface, type Interface } from "node:readline";
import { fileURLToPath } from "node:url";

const PROGRAM = fileURLToPath(new URL("../../bin/contrapposto.js", import.meta.url));
const PATIENCE_MS = 60_000;

/** A process that says on stderr how it is, and ends with whoever holds it. */
export class Helper implements AsyncDisposable {
  readonly child: ChildProcess;
  /** Hears each line from now on. */
  hear: ((line: string) => void) | undefined;
  readonly #lines: Interface;
  readonly #heard: string[] = [];

  constructor(program: string, args: readonly string[]) {
    this.child = spawn(program, args, { stdio: ["pipe", "ignore", "pipe"] });
    if (this.child.stderr === null) throw new Error("The process has no stderr.");
    this.#lines = createInterface({ input: this.child.stderr });
    this.#lines.on("line", (line) => (this.hear === undefined ? this.#heard.push(line) : this.hear(line)));
  }

  /** `contrapposto` with these words. */
  static contrapposto(...args: readonly string[]): Helper {
    return new Helper(process.execPath, [PROGRAM, ...args]);
  }

  /** The first line that fits, also among those that were said already. Throws after a minute. */
  async says(pattern: RegExp): Promise<RegExpExecArray> {
    const deadline = AbortSignal.timeout(PATIENCE_MS);
    for (;;) {
      for (let line = this.#heard.shift(); line !== undefined; line = this.#heard.shift()) {
        const match = pattern.exec(line);
        if (match !== null) return match;
      }
      await once(this.#lines, "line", { signal: deadline }).catch(() => {
        throw new Error(`${this.child.spawnargs.join(" ")} never said ${pattern}.`);
      });
    }
  }

  /** Processor time of all its threads so far, s. Linux. */
  get cpuSeconds(): number {
    const fields = readFileSync(`/proc/${this.child.pid}/stat`, "utf8").split(") ")[1].split(" ");
    return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    const gone = once(this.child, "exit");
    this.child.kill("SIGTERM");
    const hard = setTimeout(() => this.child.kill("SIGKILL"), 6000);
    await gone;
    clearTimeout(hard);
  }
}

/** Processor time that the host has taken away from this machine since it started, of all cores, s. Linux. */
export function stolenSeconds(): number {
  const [total] = readFileSync("/proc/stat", "utf8").split("\n", 1);
  return Number(total.split(/ +/)[8]) / TICKS_PER_SECOND;
}

const TICKS_PER_SECOND = Number(spawnSync("getconf", ["CLK_TCK"], { encoding: "utf8" }).stdout);

/** Opens things one after the other, and closes them all, the last first, where opening fails half way. */
export async function openAll<T>(open: (opened: AsyncDisposable[]) => Promise<T>): Promise<T> {
  const opened: AsyncDisposable[] = [];
  try {
    return await open(opened);
  } catch (error) {
    await closeAll(opened);
    throw error;
  }
}

export async function closeAll(opened: readonly AsyncDisposable[]): Promise<void> {
  for (const each of [...opened].reverse()) await each[Symbol.asyncDispose]();
}

/** What of the bridge's real-time flags the system lets it have. */
export function schedulingFlags(): string[] {
  const times = ["--sched-runtime", "1000000", "--sched-deadline", "2000000", "--sched-period", "2000000"];
  const may = (...words: string[]) => spawnSync("chrt", [...words, "true"]).status === 0;
  return [
    ...(may("--fifo", "50") ? ["--realtime", "50"] : []),
    ...(may("--deadline", ...times, "0") ? ["--reserve"] : []),
  ];
}
