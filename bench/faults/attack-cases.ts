import { spawn } from "node:child_process";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import type { FaultOutcome } from "../faults.ts";
import { hit } from "./process-cases.ts";
import type { Rig } from "./rig.ts";

const ATTACKER = fileURLToPath(new URL("./attacker.ts", import.meta.url));
/** What the attacker may send: more would be a test of the machine. */
const GARBAGE_PER_SECOND = 8000;

interface Attack {
  readonly sent: number;
  readonly connections: number;
  /** How often connections were closed, by code. */
  readonly codes: Readonly<Record<string, number>>;
}

/** Somebody in a process of its own attacks the server, while a controller in another one goes on. */
export const ATTACK_CASES: readonly (() => Promise<FaultOutcome>)[] = [
  () =>
    under("flood of 10,000 messages a second", async (rig) => {
      const { sent, codes } = await attack("flood", rig, 30_000, 10_000);
      return `closed with ${Object.keys(codes).join()} after ${sent} messages`;
    }),
  () =>
    under("garbage, 1,000,000 frames", async (rig) => {
      const start = performance.now();
      const { sent, connections, codes } = await attack("garbage", rig, 1_000_000, GARBAGE_PER_SECOND);
      const perSecond = Math.round((1000 * sent) / (performance.now() - start));
      return `${sent} frames, ${perSecond} a second; ${connections} connections closed with ${Object.keys(codes).join(", ")}`;
    }),
];

async function under(name: string, strike: (rig: Rig) => Promise<string>): Promise<FaultOutcome> {
  let told = "";
  const outcome = await hit(name, { expected: "runs on", chunks: "short", seconds: 0.7 }, async (_, rig) => {
    told = await strike(rig);
  });
  return { ...outcome, what: `${outcome.what}; ${told}` };
}

/** Says what the attacker did when it is done. */
async function attack(kind: string, rig: Rig, messages: number, perSecond: number): Promise<Attack> {
  const words = ["--import", "tsx", ATTACKER, kind, rig.url, `${messages}`, `${perSecond}`];
  const child = spawn(process.execPath, words, { stdio: ["ignore", "pipe", "inherit"] });
  return JSON.parse(await text(child.stdout)) as Attack;
}
