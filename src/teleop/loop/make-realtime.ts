import { spawnSync } from "node:child_process";
import { readlinkSync } from "node:fs";
import { basename } from "node:path";
import { errorMessage, UsageError } from "../../common/index.ts";

/** How the motor loop's thread gets its processor; it shares it like all others where neither is asked for. */
export interface LoopScheduling {
  /** Priority (SCHED_FIFO) of the threads that DDS starts, and of the loop where it has no reservation; 1 to 99. */
  readonly realtime?: number | undefined;
  /** Whether the loop's thread has time of its own in every period (SCHED_DEADLINE), which nobody else can take. */
  readonly isReserved?: boolean | undefined;
}

/** Of every period of 2 ms the loop may have this: a tick takes 0.2 ms, and there may be two, ns. */
const [RESERVED_NS, PERIOD_NS] = [1_000_000, 2_000_000];

/**
 * Puts the calling thread before all ordinary ones: SCHED_FIFO, by util-linux' `chrt`. Threads that it starts from then on
 * are so, too. Throws `UsageError` where the system says no.
 *
 * @param priority 1 to 99
 */
export function makeRealtime(priority: number): void {
  schedule(
    ["--fifo"],
    priority,
    `have real-time priority ${priority}`,
    "On Linux, run it as root or with CAP_SYS_NICE, or leave --realtime out.",
  );
}

/**
 * Reserves time for the calling thread in every period of the motor loop: SCHED_DEADLINE, by util-linux' `chrt`. It goes
 * before real-time threads of every priority, and before what Linux keeps for ordinary ones beside them, 50 ms in every
 * second. Throws `UsageError` where the system says no.
 */
export function reserveProcessor(): void {
  const [runtime, period] = [`${RESERVED_NS}`, `${PERIOD_NS}`];
  const times = ["--sched-runtime", runtime, "--sched-deadline", period, "--sched-period", period];
  schedule(
    ["--deadline", "--reset-on-fork", ...times],
    0,
    "reserve time of a processor",
    "On Linux, run it as root or with CAP_SYS_NICE and on all processors, or leave --reserve out.",
  );
}

function schedule(policy: readonly string[], priority: number, what: string, remedy: string): void {
  const [refusal, cause] = refusalOf([...policy, "--pid", `${priority}`]);
  if (refusal === undefined) return;
  const problem = `The motor loop may not ${what}: ${refusal}.`;
  throw new UsageError(problem, remedy, cause === undefined ? {} : { cause });
}

function refusalOf(words: readonly string[]): [refusal?: string, cause?: unknown] {
  try {
    const thread = basename(readlinkSync("/proc/thread-self")); // a link to PID/task/THREAD, of whoever reads it
    const chrt = spawnSync("chrt", [...words, thread], { encoding: "utf8" });
    if (chrt.error !== undefined) return [chrt.error.message, chrt.error];
    return chrt.status === 0 ? [] : [chrt.stderr.trim()];
  } catch (cause) {
    return [errorMessage(cause), cause];
  }
}
