import { once } from "node:events";
import type { Worker } from "node:worker_threads";
import { type ContrappostoError, UsageError } from "../../../common/index.ts";
import type { PolicyComparison } from "../../../policies/index.ts";
import type { Topic, World } from "../../../sim/index.ts";
import { spawnWorker } from "../../../sim/node.ts";
import type { HostMessage, Hub, HubHost } from "../../../wire/index.ts";
import { errorOf } from "./failure.ts";
import {
  type FromSession,
  type SessionSetup,
  TOPICS_WATCH,
  type ToSession,
  type VlaSessionSetup,
} from "./session-link.ts";

/** Messages whose failure nobody waits for, so that the answer is not waited for either. */
const FIRE_AND_FORGET: ReadonlySet<HostMessage["op"]> = new Set(["velocity", "force"]);
/** How often the session is told which streams are watched, ms. */
const WATCH_MS = 50;
/** Worlds whose files can be fetched: this one and some before it. */
const MOST_WORLDS = 4;

/** Who shows topics, as Foxglove's server does. */
export interface TopicViewer {
  readonly isWatched: boolean;
  announce(topics: readonly Topic[]): void;
  show(topic: string, timeNs: bigint, text: string): void;
}

/** A simulation on a thread of its own, as a hub's host. Hold it with `await using`. */
export class SessionHost implements HubHost, AsyncDisposable {
  /** Resolves once the world is there; rejects with what kept it from coming. */
  readonly opened: Promise<void>;
  /** Settles when the session has ended, with what went wrong if something did. */
  readonly ended: Promise<ContrappostoError | undefined>;
  /** Files of the worlds that clients may fetch, by id. */
  readonly worlds = new Map<string, World>();
  readonly #worker: Worker;
  readonly #pending = new Map<number, { resolve(value: unknown): void; reject(error: Error): void }>();
  #hub: Hub | undefined;
  #topicViewer: TopicViewer | undefined;
  #early: FromSession[] = [];
  #failure: ContrappostoError | undefined;
  #nextId = 1;
  #watched = "";
  #watching: NodeJS.Timeout | undefined;
  #isOver = false;

  constructor(setup: SessionSetup | VlaSessionSetup) {
    const thread =
      "vla" in setup
        ? new URL("../vla/vla.worker", import.meta.url)
        : new URL("./session.worker", import.meta.url);
    this.#worker = spawnWorker(thread, setup);
    this.#worker.on("message", (message: FromSession) => this.#hear(message));
    this.#worker.on("error", (cause) => {
      this.#failure = new UsageError(`The simulation's thread broke: ${cause.message}.`, "Report it.", {
        cause,
      });
    });
    this.ended = once(this.#worker, "exit").then(() => {
      this.#isOver = true;
      for (const { reject } of this.#pending.values()) reject(this.#reasonOfEnd);
      return this.#failure;
    });
    this.opened = this.#open();
    this.opened.catch(() => {}); // whoever asks is told
  }

  /** What ended the session; undefined while it runs or where it ended well. */
  get failure(): ContrappostoError | undefined {
    return this.#failure;
  }

  /** Shows the session on a hub, and its topics where somebody wants them. */
  attach(hub: Hub, topics?: TopicViewer): void {
    this.#hub = hub;
    this.#topicViewer = topics;
    for (const message of this.#early) this.#hear(message);
    this.#early = [];
    clearInterval(this.#watching);
    this.#watching = setInterval(() => this.#tellWatched(hub), WATCH_MS);
  }

  handle(message: HostMessage): void | Promise<void> {
    if (!FIRE_AND_FORGET.has(message.op)) return this.#ask<void>((id) => ({ op: "handle", id, message }));
    this.#ask((id) => ({ op: "handle", id, message })).catch(() => {});
  }

  stop(isActive: boolean): void {
    this.#tell({ op: "stop", isActive });
  }

  controlLost(): void {
    this.#tell({ op: "letGo" });
  }

  /** Makes a policy file choosable under a name, and compares it with what runs. Rejects for a file that is none. */
  shelve(name: string, bytes: Uint8Array): Promise<PolicyComparison> {
    return this.#ask((id) => ({ op: "shelve", id, name, bytes }));
  }

  /** Takes a policy file that has been written anew, and runs it at once where the old one ran. Rejects as `shelve` does. */
  renew(name: string, bytes: Uint8Array): Promise<void> {
    return this.#ask((id) => ({ op: "renew", id, name, bytes }));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    clearInterval(this.#watching);
    this.#tell({ op: "end" });
    await this.ended;
  }

  async #open(): Promise<void> {
    const first = new Promise<void>((resolve) => {
      this.#worker.on("message", ({ op }: FromSession) => op === "world" && resolve());
    });
    await Promise.race([first, this.ended]);
    if (this.#failure !== undefined) throw this.#failure;
  }

  get #reasonOfEnd(): ContrappostoError {
    return this.#failure ?? new UsageError("The simulation has ended.", "Start it again.");
  }

  async #ask<T>(message: (id: number) => ToSession): Promise<T> {
    if (this.#isOver) throw this.#reasonOfEnd;
    const id = this.#nextId++;
    const answer = new Promise<T>((resolve, reject) =>
      this.#pending.set(id, { resolve: (value) => resolve(value as T), reject }),
    );
    this.#tell(message(id));
    return answer;
  }

  #tell(message: ToSession): void {
    this.#worker.postMessage(message);
  }

  #hear(message: FromSession): void {
    const hub = this.#hub;
    if (message.op === "failed") this.#failure = errorOf(message.failure);
    else if (message.op === "answer") this.#answered(message);
    else if (message.op === "world") this.#keepWorld(message.worldId, message.world);
    else if (hub === undefined) this.#early.push(message);
    else if (message.op === "broadcast") hub.broadcast(message.message);
    else if (message.op === "declare") hub.declare(message.streams);
    else if (message.op === "topics") this.#topicViewer?.announce(message.topics);
    else if (message.op === "message") this.#topicViewer?.show(message.topic, message.timeNs, message.text);
    else
      for (const [stream, values] of message.samples)
        hub.publish(stream, values, message.timeNs, message.flags);
  }

  #answered({ id, value, failure }: FromSession & { op: "answer" }): void {
    const pending = this.#pending.get(id);
    this.#pending.delete(id);
    if (failure === undefined) pending?.resolve(value);
    else pending?.reject(errorOf(failure));
  }

  #keepWorld(worldId: string, world: World): void {
    this.worlds.delete(worldId);
    this.worlds.set(worldId, world);
    const [oldest] = this.worlds.keys();
    if (this.worlds.size > MOST_WORLDS && oldest !== undefined) this.worlds.delete(oldest);
  }

  #tellWatched(hub: Hub): void {
    const streams = hub.watchedStreams();
    if (this.#topicViewer?.isWatched === true) streams.push(TOPICS_WATCH);
    const watched = streams.join();
    if (watched === this.#watched) return;
    this.#watched = watched;
    this.#tell({ op: "watch", streams });
  }
}
