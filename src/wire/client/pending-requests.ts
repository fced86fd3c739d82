import { RefusedError } from "../errors.ts";
import type { ServerMessage } from "../messages/server-message.ts";

interface Pending {
  resolve(): void;
  reject(error: Error): void;
}

/** Requests whose answers are still to come, by id. */
export class PendingRequests {
  readonly #pending = new Map<number, Pending>();
  #nextId = 1;

  /** A new id, and a promise of its answer. */
  open(): { id: number; answer: Promise<void> } {
    const id = this.#nextId++;
    const answer = new Promise<void>((resolve, reject) => this.#pending.set(id, { resolve, reject }));
    return { id, answer };
  }

  /** Gives an answer to whoever waits for it; true where somebody did. */
  settle(message: ServerMessage): boolean {
    if ((message.op !== "done" && message.op !== "error") || message.id === undefined) return false;
    const pending = this.#pending.get(message.id);
    if (pending === undefined) return false;
    this.#pending.delete(message.id);
    if (message.op === "done") pending.resolve();
    else pending.reject(new RefusedError(message.code, message.problem, message.remedy));
    return true;
  }

  /** No more answers will come. */
  abandon(error: Error): void {
    for (const { reject } of this.#pending.values()) reject(error);
    this.#pending.clear();
  }
}
