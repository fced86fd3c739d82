import { z } from "zod";
import { MOTION_RATE_HZ, type Motion } from "../../sim/index.ts";
import { findRobot } from "../../sim/node.ts";
import { defineCommand } from "../command.ts";
import { loadMotions } from "../motions.ts";
import { ROBOT_PLACES } from "../robot-places.ts";
import { formatTable } from "../table.ts";
import { plainInfo } from "./motion-list.ts";

/** Columns of the drawn curves, and the signs they are drawn with, low to high. */
const CURVE_WIDTH = 60;
const CURVE_SIGNS = "▁▂▃▄▅▆▇█";

/** `contrapposto motion show`. */
export const motionShow = defineCommand({
  description: "Draws every joint's angle over time. With --json, all frames at 50 per second.",
  positionals: z.strictObject({ motion: z.string().describe("name of a motion; see motion list") }),
  flags: z.strictObject({
    robot: z.string().default("h1_2").describe("robot that moves; see robot list"),
    amplitude: z.number().min(0).max(1.5).default(1).describe("share of the clip: 0 keeps the default pose"),
  }),
  examples: [
    { line: "motion show wave_right", about: "how each joint moves" },
    { line: "motion show wave_right --amplitude 0.5 --json", about: "its frames at half the size" },
  ],
  run: async ({ motion: name, robot, amplitude }, io) => {
    const library = await loadMotions(findRobot(robot, ROBOT_PLACES).robot);
    const info = plainInfo(library.info(name));
    const motion = library.get(name);
    const frames = framesOf(motion, amplitude);
    io.result(
      { robot: library.robot, amplitude, joints: motion.joints, ...info, rateHz: MOTION_RATE_HZ, frames },
      () =>
        [
          `${name} on ${library.robot}: ${info.description}`,
          `${info.difficulty.seconds.toFixed(2)} s, hardness ${info.hardness.toFixed(2)}, ${info.split}, ${info.tags.join(", ")}`,
          "",
          curves(motion.joints, frames, io.style.bold),
        ].join("\n"),
    );
  },
});

function framesOf(motion: Motion, amplitude: number): number[][] {
  const out = new Float64Array(motion.joints.length);
  return Array.from({ length: motion.frameCount }, (_, i) =>
    Array.from(motion.sample(i / MOTION_RATE_HZ, amplitude, out)),
  );
}

function curves(
  joints: readonly string[],
  frames: readonly number[][],
  bold: (text: string) => string,
): string {
  return formatTable(
    ["joint", "low, rad", "high, rad", "angle over time"],
    joints.map((joint, j) => {
      const angles = frames.map((frame) => frame[j]);
      const [low, high] = [Math.min(...angles), Math.max(...angles)];
      return [joint, low.toFixed(2), high.toFixed(2), curve(angles, low, high)];
    }),
    bold,
  );
}

function curve(angles: readonly number[], low: number, high: number): string {
  const width = Math.min(CURVE_WIDTH, angles.length);
  return Array.from({ length: width }, (_, column) => {
    const angle = angles[Math.round((column * (angles.length - 1)) / (width - 1))];
    const share = high - low < 1e-3 ? 0 : (angle - low) / (high - low);
    return CURVE_SIGNS[Math.round(share * (CURVE_SIGNS.length - 1))];
  }).join("");
}
