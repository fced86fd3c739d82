import { z } from "zod";
import { type JointGroup, type RobotSpec, SHIPPED_ROBOTS } from "../../sim/index.ts";
import { defineCommand } from "../command.ts";
import { formatTable } from "../table.ts";

/** `contrapposto robot list`. */
export const robotList = defineCommand({
  description: "The first one is what other commands take when no robot is named.",
  flags: z.strictObject({
    joints: z.boolean().default(false).describe("show every joint with range, limits and gains"),
  }),
  examples: [
    { line: "robot list", about: "name, joints and hardware messages of each robot" },
    { line: "robot list --joints --json", about: "everything about every joint, for a program" },
  ],
  run: async ({ joints }, io) => {
    io.result({ robots: SHIPPED_ROBOTS }, () => {
      const overview = formatTable(
        ["robot", "joints", "lower", "upper", "wrist", "messages", "title"],
        SHIPPED_ROBOTS.map((robot) => [
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
      return joints
        ? [overview, ...SHIPPED_ROBOTS.map((r) => jointTable(r, io.style.bold))].join("\n\n")
        : overview;
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
