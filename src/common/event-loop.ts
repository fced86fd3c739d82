/**
 * Lets everything that waits for its turn have it: signals, sockets, timers. A long loop whose awaits are answered at
 * once would keep them waiting until it ends.
 */
export function eventLoopTurn(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 0));
}
