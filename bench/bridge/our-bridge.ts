import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { WebSocket } from "ws";
import { createMotorCommand, type MotorCommand, type RobotLink } from "../../src/teleop/index.ts";
import { WebSocketLink } from "../../src/teleop/node.ts";
import type { ClientSocketConstructor } from "../../src/wire/index.ts";
import { LoopWatch, type Way } from "./measure.ts";
import { closeAll, Helper, openAll } from "./processes.ts";

/** A DDS domain of its own, on loopback. */
export const NETWORK = ["--domain", "112", "--interface", "lo"] as const;

/** A twin on DDS, which the caller closes. */
export async function openTwin(opened: AsyncDisposable[]): Promise<void> {
  const twin = Helper.contrapposto("twin", "--robot", "h1_2", ...NETWORK);
  opened.push(twin);
  await twin.says(/is on DDS domain/);
}

/** `contrapposto bridge` to `contrapposto twin` on DDS, the robot running on its band. */
export function openBridge(scheduling: readonly string[]): Promise<Way> {
  return openAll(async (opened) => {
    await openTwin(opened);
    const envelope = patientEnvelope(opened);
    const flags = [
      "--robot",
      "h1_2",
      "--transport",
      "dds",
      "--port",
      "0",
      ...NETWORK,
      "--envelope",
      envelope,
      ...scheduling,
    ];
    const bridge = Helper.contrapposto("bridge", ...flags);
    opened.push(bridge);
    const [, url] = await bridge.says(/(ws:\/\/\S+)/);
    const socket = WebSocket as unknown as ClientSocketConstructor;
    const link = await WebSocketLink.open({ url, socket, name: "bench", nowMs: () => performance.now() });
    opened.push(link);
    return wayOver(link, bridge, opened);
  });
}

/** The shipped envelope with patient watchdogs: late ticks are to be counted, not to end the measurement. */
function patientEnvelope(opened: AsyncDisposable[]): string {
  const folder = mkdtempSync(join(tmpdir(), "contrapposto-bench-"));
  opened.push({ [Symbol.asyncDispose]: async () => rmSync(folder, { recursive: true }) });
  const text = readFileSync(new URL("../../assets/robots/h1_2/envelope.yaml", import.meta.url), "utf8")
    .replace(/^stateTimeout: \S+/m, "stateTimeout: 0.5")
    .replace(/^maxLateness: \S+/m, "maxLateness: 0.5")
    .replace(/^holdPeriods: \S+/m, "holdPeriods: 24");
  const file = join(folder, "envelope.yaml");
  writeFileSync(file, text);
  return file;
}

async function wayOver(
  link: WebSocketLink,
  bridge: Helper,
  opened: readonly AsyncDisposable[],
): Promise<Way> {
  const loop = new LoopWatch();
  link.client.on(
    "health",
    ({ timeNs, loop: counts }) => counts && loop.hear({ ...counts, seconds: timeNs / 1e9 }),
  );
  const targets = await standUp(link);
  link.request("run");
  const way = {
    sent: 0,
    answered: (_sequence: number) => {},
    send() {
      this.sent++;
      link.send(targets);
    },
    loop,
    get cpuSeconds() {
      return bridge.cpuSeconds;
    },
    check() {
      const { phase, fault } = link.heard.sent;
      if (phase !== "running") throw new Error(`The robot is in ${phase}: ${fault}.`);
    },
    [Symbol.asyncDispose]: () => closeAll(opened),
  };
  link.client.subscribe("robot", () => way.answered(link.heard.sent.sequence));
  return way;
}

/** Stands the robot up; returns the targets that hold it there. */
async function standUp(link: RobotLink): Promise<MotorCommand> {
  for (const [request, phase] of [
    ["damp", "damping"],
    ["stand", "ready"],
  ] as const) {
    link.request(request);
    for (let i = 0; i < 1000 && link.sent.phase !== phase; i++) await link.waitUntil(link.now() + 0.01);
    if (link.sent.phase !== phase) throw new Error(`The robot is ${link.sent.phase}, not ${phase}.`);
  }
  return standing(link.robot);
}

/** Targets of the default pose with the robot's own gains. */
export function standing(robot: RobotLink["robot"]): MotorCommand {
  const targets = createMotorCommand(robot);
  for (const [j, joint] of robot.joints.entries()) {
    targets.q[j] = joint.default;
    targets.kp[j] = joint.kp;
    targets.kd[j] = joint.kd;
  }
  return targets;
}
