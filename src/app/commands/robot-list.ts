import { z } from "zod";
import type { JointGroup, RobotSpec } from "../../sim/index.ts";
import { listRobots } from "../../sim/node.ts";
import { defineCommand } from "../command.ts";
import { ROBOT_PLACES } from "../robot-places.ts";
import { formatTable } from "../table.ts";

/** `contrapposto robot list`. */
export const robotList = defineCommand({
  description: "The first one is what other commands take when no robot is named; imported ones come last.",
  flags: z.strictObject({
    joints: z.boolean().default(false).describe("show every joint with range, limits and gains"),
  }),
  examples: [
    { line: "robot list", about: "name, joints and hardware messages of each robot" },
    { line: "robot list --joints --json", about: "everything about every joint, for a program" },
  ],
  run: async ({ joints }, io) => {
    const robots = listRobots(ROBOT_PLACES).map(({ robot, modelPath }) => ({ ...robot, modelPath }));
    io.result({ robots }, () => {
      const overview = formatTable(
        ["robot", "joints", "lower", "upper", "wrist", "messages", "title"],
        robots.map((robot) => [
          robot.name,
          robot.joints.length,
          countOf(robot, "lower"),
          countOf(robot, "upper"),
          countOf(robot, "wrist"),
          robot.hardware?.messages ?? "-",
          robot.title,
        ]),
        io.style.bold,
      );
      return joints ? [overview, ...robots.map((r) => jointTable(r, io.style.bold))].join("\n\n") : overview;
    });
  },
});

function countOf(robot: RobotSpec, group: JointGroup): number {
  return robot.joints.filter((joint) => joint.group === group).length;
}

function jointTable(robot: RobotSpec, bold: (text: string) => string): string {
  return formatTable(
    [robot.name, "group", "low, rad", "high, rad", "N·m", "rad/s", "kp", "kd", "default", "slot"],
    robot.joints.map((joint) => [
      joint.name,
      joint.group,
      ...joint.range,
      joint.torqueLimit,
      joint.velocityLimit,
      joint.kp,
      joint.kd,
      joint.default,
      joint.motorSlot,
    ]),
    bold,
  );
}
