import { type ChildProcess, spawn } from "node:child_process";
import { createInterface, type Interface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { loadSafety } from "../../src/app/robot-safety.ts";
import { loadWorld } from "../../src/app/worlds.ts";
import { Engine } from "../../src/sim/index.ts";
import { monotonicClock, TwinLink } from "../../src/teleop/node.ts";
import type { FaultOutcome } from "../faults.ts";
import type { FaultCase } from "./cases.ts";
import { type CHUNKS, Controller, openLink, Rig } from "./rig.ts";

const now = monotonicClock(() => performance.now());
const CONTROLLER = fileURLToPath(new URL("./controller.ts", import.meta.url));

/** Cases in which a whole process is hit, or the robot itself falls silent. */
export const PROCESS_CASES: readonly (() => Promise<FaultOutcome>)[] = [
  stateSilence,
  () => hit("killed policy (SIGKILL)", { expected: "damps" }, (child) => void child.kill("SIGKILL")),
  () =>
    hit("policy stopped for 500 ms (SIGSTOP)", { expected: "damps" }, async (child) => {
      child.kill("SIGSTOP");
      await sleep(500);
      child.kill("SIGCONT");
    }),
  () =>
    hit(
      "full disk under the recording controller (/dev/full)",
      { expected: "damps" },
      (child) => void child.stdin?.write("record\n"),
    ),
  killedBridge,
];

/**
 * The bridge dies with its loop; what damps then is the robot's own watchdog, here that of the twin on DDS, 0.2 s. Both run
 * in processes of their own.
 */
async function killedBridge(): Promise<FaultOutcome> {
  const network = ["--domain", "77", "--interface", "lo"];
  const twin = start(["twin", "--robot", "h1_2", ...network]);
  const lines = linesOf(twin);
  const name = "killed bridge (SIGKILL), on DDS";
  try {
    await until(lines, /is on DDS domain/);
    const bridge = start(["bridge", "--robot", "h1_2", "--transport", "dds", "--port", "0", ...network]);
    try {
      const [, url] = await until(linesOf(bridge), /(ws:\/\/\S+)/);
      await using controller = new Controller(await openLink(url, "controller"));
      await controller.start();
      const broken = now();
      bridge.kill("SIGKILL");
      await until(lines, /the motors damp/);
      const dampedAfterMs = 1000 * (now() - broken);
      const what = "the twin's own watchdog; seen to 100 ms";
      return { name, expected: "damps", isAsExpected: true, dampedAfterMs, what };
    } finally {
      bridge.kill("SIGKILL");
    }
  } finally {
    twin.kill("SIGTERM");
  }
}

const PROGRAM = fileURLToPath(new URL("../../bin/contrapposto.js", import.meta.url));

function start(args: readonly string[]): ChildProcess {
  return spawn(process.execPath, [PROGRAM, ...args], { stdio: ["pipe", "ignore", "pipe"] });
}

function linesOf(child: ChildProcess): Interface {
  if (child.stderr === null) throw new Error("The process has no stderr.");
  return createInterface({ input: child.stderr });
}

/** The first line from now on that matches. Throws after 30 s. */
function until(lines: Interface, pattern: RegExp): Promise<RegExpExecArray> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`No line matched ${pattern}.`)), 30_000);
    lines.on("line", (line) => {
      const match = pattern.exec(line);
      if (match === null) return;
      clearTimeout(timer);
      resolve(match);
    });
  });
}

/** Where the controller of a case lives and what it does. */
export interface Setting {
  readonly expected: FaultCase["expected"];
  /** Address that the bridge listens on. */
  readonly host?: string;
  /** What the controller's command line begins with. */
  readonly prefix?: readonly string[];
  /** Chunks that the controller sends instead of single targets. */
  readonly chunks?: keyof typeof CHUNKS;
  /** How long the robot is watched after that, s. */
  readonly seconds?: number;
}

/** A controller in a process of its own, driving the rig's robot, to which something happens. */
export async function hit(
  name: string,
  setting: Setting,
  strike: (child: ChildProcess, rig: Rig) => void | Promise<void>,
): Promise<FaultOutcome> {
  const { expected, host, prefix = [], chunks, seconds = 2.5 } = setting;
  await using rig = await Rig.open(expected === "runs on", host);
  const args = [CONTROLLER, rig.url, rig.server.token ?? "", chunks ?? ""];
  const [program, ...words] = [...prefix, process.execPath, "--import", "tsx", ...args];
  const child = spawn(program, words, { stdio: ["pipe", "pipe", "inherit"] });
  try {
    await new Promise<void>((resolve, reject) => {
      child.on("exit", () => reject(new Error("The controller ended too soon.")));
      createInterface({ input: child.stdout }).once("line", () => resolve());
    });
    let dampedAt = Number.NaN;
    let lowest = Number.POSITIVE_INFINITY;
    rig.bridge.watch = (state, sent) => {
      if (sent.phase === "fault" && Number.isNaN(dampedAt)) dampedAt = state.time;
      lowest = Math.min(lowest, state.basePos[2]);
    };
    await rig.afterCommand();
    const broken = now();
    await strike(child, rig);
    await sleep(1000 * seconds);
    const hasDamped = !Number.isNaN(dampedAt);
    return {
      name,
      expected,
      isAsExpected: expected === "damps" ? rig.isDamped : rig.phase === "running",
      dampedAfterMs: hasDamped ? 1000 * (dampedAt - broken) : undefined,
      what: hasDamped ? `${rig.fault}; sank to ${lowest.toFixed(2)} m` : "followed its controller throughout",
    };
  } finally {
    child.removeAllListeners("exit");
    child.kill("SIGCONT");
    child.kill("SIGKILL");
  }
}

/** The robot's messages stop coming: in simulated time, where they can be kept back to the tick. */
async function stateSilence(): Promise<FaultOutcome> {
  const world = loadWorld({ robot: "h1_2", scene: "flat", seed: 0 });
  await using link = await TwinLink.open(await Engine.load(), world, await loadSafety(world.robot));
  const { port } = link.loop;
  link.request("damp");
  await link.waitUntil(0.1);
  link.request("stand");
  await link.waitUntil(5);
  const listen = port.poll.bind(port);
  const heard = port.state.time;
  port.poll = () => false;
  let dampedAt = Number.NaN;
  for (let i = 0; i < 50 && Number.isNaN(dampedAt); i++) {
    await link.waitUntil(link.now() + 0.002);
    if (link.sent.phase === "fault") dampedAt = link.now();
  }
  port.poll = listen;
  await link.waitUntil(link.now() + 2);
  const { command, phase, fault } = link.sent;
  return {
    name: "state silence",
    expected: "damps",
    isAsExpected: phase === "fault" && Math.max(...command.kp) === 0 && Math.min(...command.kd) > 0,
    dampedAfterMs: 1000 * (dampedAt - heard),
    what: `${fault}; hung on its band, simulated time`,
  };
}
