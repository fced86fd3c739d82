import { createInterface, type Interface } from "node:readline";
import { z } from "zod";
import { errorMessage, UsageError } from "../../common/index.ts";
import {
  connectGamepad,
  DdsNetwork,
  Twin,
  TwinConfig,
  TwinKeyboard,
  type TwinReport,
  twinReport,
} from "../../teleop/node.ts";
import { defineCommand } from "../command.ts";
import type { CommandIo } from "../command-io.ts";
import { untilOver } from "../until-over.ts";
import { loadWorld } from "../worlds.ts";

/** How often the twin's motors are looked at, ms. */
const WATCH_MS = 100;

/** `contrapposto twin`. */
export const twin = defineCommand({
  description: `Simulates a robot in real time and puts it on the network as Unitree's own: programs written for the robot run against
it unmodified. Words on stdin work the remote control, the elastic band and the reset; "help" lists them. Ends with
Ctrl-C or after --seconds.`,
  flags: z.strictObject({
    robot: z.string().default("h1_2_27dof").describe("robot with Unitree hardware: h1, h1_2 or h1_2_27dof"),
    model: z.string().optional().meta({ description: "another MJCF of the same robot", placeholder: "file" }),
    scene: z.string().default("flat").describe("scene; see scene list"),
    seed: z.int().nonnegative().default(0).describe("seed of generated ground"),
    dds: z.boolean().default(true).describe("speak Unitree's DDS, the only language that the twin has"),
    ...DdsNetwork.shape,
    ...TwinConfig.shape,
    gamepad: z
      .string()
      .optional()
      .meta({ description: "joystick that is the robot's remote control", placeholder: "/dev/input/js0" }),
    seconds: z.number().positive().optional().describe("stop after this time, s"),
  }),
  examples: [
    { line: "twin --robot h1 --dds --domain 1 --interface lo", about: "an H1 hung by a band, motors limp" },
    { line: "twin --robot h1_2_27dof --no-band --motion-service ai", about: "an H1-2 that stands by itself" },
  ],
  run: async (
    { dds, robot, model, scene, seed, domain, interface: name, gamepad, seconds, ...config },
    io,
  ) => {
    if (!dds) throw new UsageError("A twin without DDS could not be reached.", "Leave --no-dds out.");
    const world = loadWorld({ robot, model, scene, seed });
    await using running = await Twin.start(world, { domain, interface: name }, TwinConfig.parse(config));
    const { controls } = running;
    io.note(`${world.robot.title} is on DDS domain ${domain}, interface ${name}.`);
    const keyboard = new TwinKeyboard(controls, (action, ms) => setTimeout(action, ms).unref());
    using _pad =
      gamepad === undefined
        ? undefined
        : connectGamepad(gamepad, controls, (e) => io.note(`the gamepad is gone: ${e.message}`));
    const lines = readWords(keyboard, io);
    let motors = "";
    const watch = setInterval(() => {
      const { motors: now, time } = twinReport(controls);
      if (now !== motors) io.note(`${time.toFixed(2)} s: ${OWNER_TEXT[now] ?? now}`);
      motors = now;
    }, WATCH_MS);
    try {
      await untilOver({ signal: io.signal, seconds }, running.ended);
    } finally {
      clearInterval(watch);
      lines.close();
    }
    io.result({ robot, domain, interface: name, ...twinReport(controls) }, describe);
  },
});

const OWNER_TEXT: Readonly<Record<string, string>> = {
  nobody: "the motors are limp",
  "motion service": "the built-in controller has the motors",
  commands: "a program has the motors",
  watchdog: "the program is silent: the motors damp",
};

/** Does what is typed. The end of stdin is no end of the twin. */
function readWords(keyboard: TwinKeyboard, io: CommandIo): Interface {
  const lines = createInterface({ input: process.stdin });
  lines.on("line", (line) => {
    try {
      const reply = keyboard.execute(line);
      if (reply !== "") io.note(reply);
    } catch (error) {
      io.note(errorMessage(error));
    }
  });
  return lines;
}

function describe({
  time,
  position,
  upright,
  motors,
  commands,
  lateSteps,
  worstDelayMs,
}: TwinReport): string {
  return [
    `simulated  ${time.toFixed(2)} s, ${lateSteps} steps more than 2 ms late, the worst ${worstDelayMs.toFixed(1)} ms`,
    `pelvis at  ${position.map((x) => x.toFixed(2)).join(" ")} m, ${upright > 0.9 ? "upright" : "not upright"}`,
    `motors     ${OWNER_TEXT[motors] ?? motors}`,
    `commands   ${commands.accepted} accepted, ${commands.badCrc} with a wrong checksum, ${commands.refused} refused`,
  ].join("\n");
}
