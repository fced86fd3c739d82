import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import type { FaultOutcome } from "../faults.ts";
import { hit, type Setting } from "./process-cases.ts";

const SCRIPT = fileURLToPath(new URL("./bad-network.py", import.meta.url));
const PYTHON = process.env.CONTRAPPOSTO_PYTHON ?? "python3";

/** What the network does to packets from now on. */
interface PacketWeather {
  readonly loss?: number;
  readonly jitterMs?: number;
  readonly dead?: boolean;
}

/** Cases in which TCP itself meets a bad network: the controller is in a network namespace behind it. */
export const NETWORK_CASES: readonly (() => Promise<FaultOutcome>)[] = [
  () => through("packets: 30 % lost, up to 200 ms late", { loss: 0.3, jitterMs: 200 }, { expected: "damps" }),
  () => through("packets: none comes any more, half-open TCP", { dead: true }, { expected: "damps" }),
  () =>
    through(
      "packets: 3 % lost, up to 20 ms late; chunks of 1.2 s of targets",
      { loss: 0.03, jitterMs: 20 },
      { expected: "runs on", chunks: "long", seconds: 5 },
    ),
];

async function through(name: string, weather: PacketWeather, setting: Setting): Promise<FaultOutcome> {
  await using network = await BadNetwork.open();
  const { host, namespace, refusal } = network;
  if (refusal !== undefined)
    return {
      name,
      expected: setting.expected,
      isAsExpected: true,
      dampedAfterMs: undefined,
      what: `not run: ${refusal}`,
    };
  const prefix = ["ip", "netns", "exec", namespace];
  return await hit(name, { ...setting, host, prefix }, () => network.become(weather));
}

/** The network of bad-network.py, or why there is none. */
export class BadNetwork implements AsyncDisposable {
  readonly host: string;
  readonly namespace: string;
  readonly refusal: string | undefined;
  readonly #child: ChildProcess;

  private constructor(child: ChildProcess, line: string) {
    this.#child = child;
    const ends = line.startsWith("{") ? (JSON.parse(line) as { host: string; namespace: string }) : undefined;
    this.host = ends?.host ?? "";
    this.namespace = ends?.namespace ?? "";
    const reason = line.trim().split("\n").at(-1);
    this.refusal = ends === undefined ? `no network namespace can be made (${reason})` : undefined;
  }

  static async open(): Promise<BadNetwork> {
    const child = spawn(PYTHON, ["-u", SCRIPT], { stdio: ["pipe", "pipe", "pipe"] });
    const failure = Promise.race([text(child.stderr), once(child, "error").then(String)]);
    const ready = once(child.stdout, "data").then(String);
    return new BadNetwork(child, await Promise.race([ready, failure]));
  }

  become(weather: PacketWeather): void {
    this.#child.stdin?.write(`${JSON.stringify(weather)}\n`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.pid === undefined) return;
    const gone = once(this.#child, "exit");
    this.#child.stdin?.end();
    await gone;
  }
}
