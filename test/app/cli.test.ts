import { once } from "node:events";
import { describe, expect, it } from "vitest";
import { type CliRun, finished, startNode } from "../support/run-cli.ts";

const PROGRAM = ["--import", "tsx", "test/app/fixture-program.ts"];
const start = (...args: string[]) => startNode([...PROGRAM, ...args]);
const program = (...args: string[]): Promise<CliRun> => finished(start(...args));

/** Starts the command that waits, and interrupts it `times` times once it says that it waits. */
async function interrupted(times: number, ...flags: string[]): Promise<CliRun> {
  const child = start("test", "wait", ...flags);
  const ended = finished(child);
  let heard = "";
  for (let sent = 0; sent < times; ) {
    const [chunk] = await once(child.stderr ?? child, "data");
    heard += String(chunk);
    if (heard.includes(sent === 0 ? "waiting" : "Stopping")) {
      sent++;
      child.kill("SIGINT");
    }
  }
  return ended;
}

describe.concurrent("the command line", () => {
  it("shows every flag of a command with unit, choices and default, and an example", async () => {
    const { status, stdout, stderr } = await program("walk", "--help");
    expect(status).toBe(0);
    expect(stderr).toBe("");
    expect(stdout).toContain("Usage: contrapposto walk [flags] <robot> [files...]");
    expect(stdout).toMatch(/--command <vx,vy,yaw>\s+velocity, m\/s, m\/s, rad\/s \(default: 0\.5,0,0\)/);
    expect(stdout).toMatch(/--terrain <name>\s+ground \(one of: flat, rough; default: flat\)/);
    expect(stdout).toMatch(/--env\.timestep <number>\s+physics step, s \(default: 0\.002\)/);
    expect(stdout).toMatch(/^Flags below --env:\n +--env\.num-envs <int>/m);
    expect(stdout).toMatch(/--\[no-\]record\s+keep a recording \(default: on\)/);
    expect(stdout).toContain("  contrapposto walk h1 --command -0.3,0,0\n      walks backwards");
  });

  it("reads negative vectors after a blank, snake_case, dotted, repeated and negated flags", async () => {
    const flags =
      "--command -0.3,0,0 --env.num_envs=5 --no-record --headless --scale 1,2 --gains 1 --gains 2,3";
    const { status, stdout } = await program("walk", "h1", "a.xml", "b.xml", ...flags.split(" "), "--json");
    expect(status).toBe(0);
    expect(JSON.parse(stdout)).toEqual({
      robot: "h1",
      files: ["a.xml", "b.xml"],
      command: [-0.3, 0, 0],
      terrain: "flat",
      seed: 0,
      record: false,
      headless: true,
      gains: [1, 2, 3],
      scale: [1, 2],
      env: { numEnvs: 5, timestep: 0.002 },
    });
  });

  it("reads a negative vector after an equals sign", async () => {
    const { stdout } = await program("walk", "h1", "--command=-.3,0,1e-3", "--json");
    expect(JSON.parse(stdout).command).toEqual([-0.3, 0, 0.001]);
  });

  it("keeps stdout to the one object under --json, wherever the flag stands", async () => {
    const { status, stdout, stderr } = await program("--json", "walk", "h1");
    expect(status).toBe(0);
    expect(Object.keys(JSON.parse(stdout))).toContain("robot");
    expect(stderr).toBe("walking\na note\njoint   kp\nhip    200\n");
  });

  it("prints answers on stdout and notes on stderr without --json", async () => {
    const { stdout, stderr } = await program("walk", "h1");
    expect(stdout).toContain("walking\njoint   kp\nhip    200\n");
    expect(stderr).toBe("a note\n");
  });

  it("writes no colour codes to a pipe", async () => {
    const runs = await Promise.all([program("walk", "--help"), program("test", "fail", "typed")]);
    for (const { stdout, stderr } of runs) expect(stdout + stderr).not.toContain("\u001b");
  });

  it.each([
    ["an unknown command", ["wlak"], 'error: Unknown command "wlak". Did you mean walk?'],
    ["an unknown noun", ["test", "fial"], 'error: Unknown command "fial". Did you mean fail?'],
    ["an unknown flag", ["walk", "h1", "--sed", "3"], 'error: Unknown flag "--sed". Did you mean --seed?'],
    [
      "a wrong choice",
      ["walk", "h1", "--terrain", "ruff"],
      'error: There is no choice for --terrain "ruff". Use one of: rough, flat.',
    ],
    [
      "a missing argument",
      ["walk"],
      'error: Missing required argument "robot". See: contrapposto walk --help',
    ],
    [
      "a flag without value",
      ["walk", "h1", "--seed"],
      "error: --seed needs a value: int. See: contrapposto walk --help",
    ],
    [
      "a vector too short",
      ["walk", "h1", "--command", "1,0"],
      'error: --command takes 3 values, not the 2 of "1,0". Separate them with commas and no blanks.',
    ],
    [
      "a fraction for a count",
      ["walk", "h1", "--seed", "1.5"],
      'error: --seed takes a whole number, not "1.5". Write it like 20, 0.5 or 1e-3.',
    ],
    [
      "a number out of range",
      ["walk", "h1", "--env.timestep", "0"],
      "error: --env.timestep cannot be 0: too small: expected number to be >0. --help says what it takes.",
    ],
  ])("answers %s with one line and status 2", async (_, args, line) => {
    const { status, stdout, stderr } = await program(...args);
    expect({ status, stdout, stderr }).toEqual({ status: 2, stdout: "", stderr: `${line}\n` });
  });

  it("shows the help of a verb that lacks its noun, with status 2", async () => {
    const { status, stderr } = await program("test");
    expect(status).toBe(2);
    expect(stderr).toContain("Usage: contrapposto test");
    expect(stderr).toContain("error: No command given. Choose one of those above.");
  });

  it("takes `help walk` for `walk --help`", async () => {
    const [long, short] = await Promise.all([program("help", "walk"), program("walk", "--help")]);
    expect(long).toEqual(short);
  });

  it("tells a typed failure in one line, with status 1", async () => {
    const { status, stdout, stderr } = await program("test", "fail", "typed");
    expect({ status, stdout, stderr }).toEqual({
      status: 1,
      stdout: "",
      stderr: "error: The left leg is broken. Mend it.\n",
    });
  });

  it("adds the error to what was found before it under --json", async () => {
    const { status, stdout } = await program("test", "fail", "after-result", "--json");
    expect(status).toBe(1);
    expect(JSON.parse(stdout)).toEqual({
      mass: 3,
      error: { code: "BROKEN_LEG", problem: "The left leg\nis broken.", remedy: "Mend it." },
    });
  });

  it.each(["stray", "late"])(
    "shows the stack of a mistake of ours (%s) and asks for a report",
    async (how) => {
      const { status, stdout, stderr } = await program("test", "fail", how, "--json");
      expect(status).toBe(1);
      expect(stderr).toMatch(/^error: TypeError: boom[\s\S]*fixture-program\.ts[\s\S]*Please report it/);
      expect(JSON.parse(stdout).error.code).toBe("INTERNAL");
    },
  );

  it("lets a command save its state at Ctrl-C, then ends with status 130", async () => {
    const { status, stdout, stderr } = await interrupted(1);
    expect({ status, stdout }).toEqual({ status: 130, stdout: "saved\n" });
    expect(stderr).toContain("Stopping. Press Ctrl-C again to end at once.");
  });

  it("ends at once at the second Ctrl-C", async () => {
    expect((await interrupted(2, "--stubborn")).status).toBe(130);
  });

  it("ends at the first Ctrl-C when the command does not heed it", async () => {
    expect((await interrupted(1, "--no-heed")).signal).toBe("SIGINT");
  });

  it("ends quietly when its reader has seen enough", async () => {
    const child = start("test", "spew");
    let complaint = "";
    child.stderr?.on("data", (chunk) => void (complaint += chunk));
    child.stdout?.once("data", () => child.stdout?.destroy());
    const [status] = await once(child, "close");
    expect({ status, complaint }).toEqual({ status: 0, complaint: "" });
  });
});
