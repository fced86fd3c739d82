import { parentPort, receiveMessageOnPort } from "node:worker_threads";

/** What a thread is told that is to end after the job it is at. */
export const END = "end";

/**
 * In a thread of `spreadWork`: posts each result as it comes, until there are no more or the thread is told to end. Jobs are
 * never cut off: native code that is in the middle of something when its thread is ended may take the process with it.
 */
export async function postEach<Result>(results: AsyncIterable<Result> | Iterable<Result>): Promise<void> {
  for await (const result of results) {
    parentPort?.postMessage(result);
    if (parentPort !== null && receiveMessageOnPort(parentPort)?.message === END) break;
  }
}
