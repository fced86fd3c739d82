import { setPriority } from "node:os";
import { UsageError } from "../../common/index.ts";

/** Sets the nice value of the calling thread: on Linux it is the thread's own. Throws `UsageError` where the system says no. */
export function raisePriority(priority: number): void {
  try {
    setPriority(priority);
  } catch (cause) {
    throw new UsageError(
      `The motor loop may not have priority ${priority}.`,
      "Run it as root or with CAP_SYS_NICE, or leave --priority out.",
      { cause },
    );
  }
}
