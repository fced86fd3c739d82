import { spawnSync } from "node:child_process";
import { readlinkSync } from "node:fs";
import { basename } from "node:path";
import { errorMessage, UsageError } from "../../common/index.ts";

/**
 * Puts the calling thread before all others that share the processor: SCHED_FIFO, by util-linux' `chrt`. Throws
 * `UsageError` where the system says no.
 *
 * @param priority 1 to 99
 */
export function makeRealtime(priority: number): void {
  const [refusal, cause] = refusalOf(priority);
  if (refusal === undefined) return;
  throw new UsageError(
    `The motor loop may not have real-time priority ${priority}: ${refusal}.`,
    "On Linux, run it as root or with CAP_SYS_NICE, or leave --realtime out.",
    cause === undefined ? {} : { cause },
  );
}

function refusalOf(priority: number): [refusal?: string, cause?: unknown] {
  try {
    const thread = basename(readlinkSync("/proc/thread-self")); // a link to PID/task/THREAD, of whoever reads it
    const chrt = spawnSync("chrt", ["--fifo", "--pid", `${priority}`, thread], { encoding: "utf8" });
    if (chrt.error !== undefined) return [chrt.error.message, chrt.error];
    return chrt.status === 0 ? [] : [chrt.stderr.trim()];
  } catch (cause) {
    return [errorMessage(cause), cause];
  }
}
