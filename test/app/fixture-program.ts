// A small program on the real command line framework, run as a child process by the tests beside it.
import { setTimeout } from "node:timers/promises";
import { z } from "zod";
import { runCommandLine } from "../../src/app/cli.ts";
import { type Catalogue, defineCommand } from "../../src/app/command.ts";
import { ContrappostoError } from "../../src/common/index.ts";

class BrokenLegError extends ContrappostoError {
  override readonly code = "BROKEN_LEG";
}

const Env = z.strictObject({
  numEnvs: z.int().positive().default(64).describe("worlds side by side"),
  timestep: z.number().positive().default(0.002).describe("physics step, s"),
});

const walk = defineCommand({
  description: "Prints what it was given.",
  positionals: z.strictObject({
    robot: z.string().describe("name of a robot"),
    files: z.array(z.string()).default([]).describe("more files"),
  }),
  flags: z.strictObject({
    command: z
      .tuple([z.number(), z.number(), z.number()])
      .default([0.5, 0, 0])
      .meta({ placeholder: "vx,vy,yaw" })
      .describe("velocity, m/s, m/s, rad/s"),
    terrain: z.enum(["flat", "rough"]).default("flat").describe("ground"),
    seed: z.int().nonnegative().default(0).describe("seed of all randomness"),
    outFile: z.string().optional().describe("where to write"),
    record: z.boolean().default(true).describe("keep a recording"),
    headless: z.boolean().default(false).describe("no browser"),
    gains: z.array(z.number()).default([]).describe("stiffness, N·m/rad"),
    scale: z
      .union([z.number(), z.array(z.number())])
      .default(1)
      .describe("one or many"),
    env: Env.prefault({}),
  }),
  examples: [{ line: "walk h1 --command -0.3,0,0", about: "walks backwards" }],
  run: async (args, io) => {
    io.print("walking");
    io.note("a note");
    io.table(["joint", "kp"], [["hip", 200]]);
    io.result(args, (value) => JSON.stringify(value));
  },
});

const fail = defineCommand({
  positionals: z.strictObject({ how: z.enum(["typed", "stray", "late", "after-result"]) }),
  flags: z.strictObject({}),
  examples: [],
  run: async ({ how }, io) => {
    if (how === "after-result") io.result({ mass: 3 }, () => "mass 3");
    if (how === "stray") throw new TypeError("boom");
    if (how === "late") {
      setImmediate(() => {
        throw new TypeError("boom later");
      });
      await setTimeout(10_000, undefined, { ref: true });
    }
    throw new BrokenLegError("The left leg\nis broken.", "Mend it.");
  },
});

/** Says that it works, then waits for Ctrl-C as a command that saves its state, or as one that does not care. */
const wait = defineCommand({
  flags: z.strictObject({ heed: z.boolean().default(true), stubborn: z.boolean().default(false) }),
  examples: [],
  run: async ({ heed, stubborn }, io) => {
    const signal = heed ? io.signal : AbortSignal.timeout(60_000);
    const alive = setInterval(() => {}, 1000);
    io.note("waiting");
    await new Promise((resolve) => signal.addEventListener("abort", resolve));
    if (stubborn) await new Promise(() => {});
    clearInterval(alive);
    io.result({ saved: true }, () => "saved");
  },
});

const spew = defineCommand({
  flags: z.strictObject({}),
  examples: [],
  run: async (_, io) => {
    for (let i = 0; i < 20_000; i++) {
      io.print(`line ${i}`);
      if (i % 100 === 0) await setTimeout(0);
    }
  },
});

const catalogue: Catalogue = {
  entries: [
    { path: ["walk"], summary: "walk", load: async () => walk },
    { path: ["test", "fail"], summary: "fail", load: async () => fail },
    { path: ["test", "wait"], summary: "wait", load: async () => wait },
    { path: ["test", "spew"], summary: "spew", load: async () => spew },
  ],
  verbs: {
    test: { summary: "Things that go wrong", examples: [{ line: "test fail typed", about: "fails" }] },
  },
  examples: [{ line: "walk h1", about: "walks" }],
};

process.exitCode = await runCommandLine(process.argv.slice(2), catalogue);
