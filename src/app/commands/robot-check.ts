import { z } from "zod";
import { ContrappostoError, Rng } from "../../common/index.ts";
import { type CheckRow, checkRobot, Engine, type ModelSource, type RobotCheck } from "../../sim/index.ts";
import { findRobot, readModel } from "../../sim/node.ts";
import { defineCommand } from "../command.ts";
import { ROBOT_PLACES } from "../robot-places.ts";
import type { Style } from "../style.ts";
import { formatTable } from "../table.ts";

/** A robot is not what its reference says. */
class RobotDiffersError extends ContrappostoError {
  override readonly code = "ROBOT_DIFFERS";
}

/** `contrapposto robot check`. */
export const robotCheck = defineCommand({
  description: `Both models are reduced to the joints that they share; other joints are welded, and bodies without a joint are fused
into their parent. Compared are mass, centre of mass and inertia of every link, frames and mass matrix at random
poses, torque limits and armature. Ends with status 1 when anything differs by more than its tolerance.`,
  positionals: z.strictObject({
    robot: z.string().describe("name of a robot, or an MJCF or URDF file"),
  }),
  flags: z.strictObject({
    against: z.string().meta({ description: "reference MJCF or URDF", placeholder: "file" }),
    poses: z
      .int()
      .positive()
      .default(100)
      .describe("random poses at which frames and mass matrix are compared"),
    seed: z.int().nonnegative().default(0).describe("seed of the poses"),
  }),
  examples: [
    { line: "robot check h1 --against path/to/h1.xml", about: "does our H1 weigh and move like that one?" },
    {
      line: "robot check h1_2 --against path/to/h1_2.xml --json",
      about: "every compared row, for a program",
    },
  ],
  run: async ({ robot, against, poses, seed }, io) => {
    const sources = [sourceOf(robot), readModel(against)] as const;
    const engine = await Engine.load();
    using ours = engine.compile(sources[0]);
    using theirs = engine.compile(sources[1]);
    const check = checkRobot(engine, ours, theirs, new Rng(seed), poses);
    io.result({ robot, against, poses, seed, ...check }, (result) => report(result, io.style));
    if (check.pass) return;
    const failures = check.rows.filter((row) => !row.pass);
    throw new RobotDiffersError(
      `${failures.length} of ${check.rows.length} compared quantities differ between "${robot}" and "${against}".`,
      "The rows above say which.",
    );
  },
});

/** The model of a file, or of the robot of that name. Throws `UnknownNameError` with the names that exist. */
function sourceOf(robot: string): ModelSource {
  const isFile = /\.(xml|mjcf|urdf)$/i.test(robot);
  return readModel(isFile ? robot : findRobot(robot, ROBOT_PLACES).modelPath);
}

function report(check: RobotCheck, style: Style): string {
  const quantities = [...new Set(check.rows.map((row) => row.quantity))];
  const table = formatTable(
    ["quantity", "compared", "largest error", "tolerance", "at", ""],
    quantities.map((quantity) => {
      const rows = check.rows.filter((row) => row.quantity === quantity);
      const worst = rows.reduce((a, b) => (b.error / b.tolerance > a.error / a.tolerance ? b : a));
      const verdict = rows.every((row) => row.pass) ? style.green("ok") : style.red("differs");
      return [
        quantity,
        rows.length,
        worst.error.toExponential(1),
        String(worst.tolerance),
        worst.link,
        verdict,
      ];
    }),
    style.bold,
  );
  return [
    table,
    `${check.sharedJoints.length} joints in common`,
    ...welded("ours", check.weldedOurs),
    ...welded("the reference's", check.weldedTheirs),
    ...failureLines(check.rows.filter((row) => !row.pass)),
  ].join("\n");
}

function welded(whose: string, joints: readonly string[]): string[] {
  return joints.length === 0 ? [] : [`welded, since only ${whose}: ${joints.join(", ")}`];
}

const MAX_FAILURES = 20;

function failureLines(failures: readonly CheckRow[]): string[] {
  const lines = failures.slice(0, MAX_FAILURES).map(failureLine);
  const more = failures.length - lines.length;
  return more === 0 ? lines : [...lines, `and ${more} more; --json has them all`];
}

function failureLine({ quantity, link, ours, theirs, error, tolerance }: CheckRow): string {
  const values = ours.length === 0 ? "" : `: ours ${show(ours)}, theirs ${show(theirs)}`;
  return `differs: ${quantity} of ${link} by ${error.toExponential(2)} (tolerance ${tolerance})${values}`;
}

const show = (values: readonly number[]): string =>
  `[${values.map((x) => Number(x.toPrecision(6))).join(", ")}]`;
