import { z } from "zod";
import { MOTION_TAGS, type MotionInfo } from "../../sim/index.ts";
import { findRobot } from "../../sim/node.ts";
import { defineCommand } from "../command.ts";
import { loadMotions } from "../motions.ts";
import { ROBOT_PLACES } from "../robot-places.ts";
import { formatTable } from "../table.ts";

/** `contrapposto motion list`. */
export const motionList = defineCommand({
  description: `Clips of the upper body, easiest first. Hardness ranks them from 0 to 1 by acceleration and by how far the robot's
centre of mass moves; a curriculum admits them in this order.`,
  flags: z.strictObject({
    robot: z.string().default("h1_2").describe("robot that moves; see robot list"),
    tag: z
      .array(z.enum(MOTION_TAGS))
      .default([])
      .describe(`only motions with all of these: ${MOTION_TAGS.join(", ")}`),
    split: z.enum(["train", "eval"]).optional().describe("only motions for training, or only those held out"),
  }),
  examples: [
    { line: "motion list", about: "all motions for the H1-2" },
    {
      line: "motion list --tag both,periodic --split eval",
      about: "held-out motions of both arms that repeat",
    },
  ],
  run: async ({ robot, tag, split }, io) => {
    const library = await loadMotions(findRobot(robot, ROBOT_PLACES).robot);
    const names = library.names({ tags: tag, ...(split === undefined ? {} : { split }) });
    const motions = names.map((name) => library.info(name)).sort((a, b) => a.hardness - b.hardness);
    const { joints } = library;
    io.result({ robot: library.robot, joints, motions: motions.map(plainInfo) }, () =>
      formatTable(
        ["motion", "hardness", "s", "rad/s", "rad/s²", "sway, m", "split", "tags", "what"],
        motions.map(({ name, hardness, difficulty, split, tags, description }) => [
          name,
          hardness.toFixed(2),
          difficulty.seconds,
          difficulty.peakSpeed,
          difficulty.rmsAcceleration,
          difficulty.comExcursion.toFixed(3),
          split,
          tags.join(","),
          description,
        ]),
        io.style.bold,
      ),
    );
  },
});

/** What is known of a motion on one robot, without the other robots' figures. */
export function plainInfo({ robots: _, ...info }: MotionInfo): Omit<MotionInfo, "robots"> {
  return info;
}
