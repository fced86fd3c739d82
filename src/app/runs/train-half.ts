import { basename, join } from "node:path";
import { z } from "zod";
import { UsageError } from "../../common/index.ts";
import { type Half, StopRule } from "../../policies/node.ts";
import { findRobot } from "../../sim/node.ts";
import type { CommandIo } from "../command-io.ts";
import { writeFlags } from "../flags.ts";
import { Gains, readGains } from "../gains.ts";
import { loadPolicyFile } from "../policy-files.ts";
import { ROBOT_PLACES } from "../robot-places.ts";
import type { ServedTraining } from "../server/training/serve-training.ts";
import { refuseNewRunFlags } from "./resume-flags.ts";
import { claimRunPath, RunFolder } from "./run-folder.ts";
import {
  newStageConfig,
  type OpenStage,
  readStageConfig,
  refuseFreshLegs,
  resumeStage,
  StageFlags,
  startStage,
} from "./stage-run.ts";
import { trainStage } from "./train-stage.ts";

/** Flags of a command that trains one half, or both as one. */
export const HalfFlags = z.strictObject({
  ...StageFlags,
  steps: z.number().positive().default(30e6).describe("environment steps in all"),
  minutes: z.number().positive().optional().describe("stop after this time, min"),
  opponent: z.array(z.string()).default([]).meta({
    description: "frozen policies of the other half, dealt out to the environments",
    placeholder: "file",
  }),
  init: z.string().optional().meta({
    description: "begin from a run, a checkpoint or a policy of the same half",
    placeholder: "path",
  }),
  deviation: z
    .number()
    .positive()
    .optional()
    .describe("standard deviation of the actions at first; default: that of --init, or the preset's"),
  gain: Gains.default([]).meta({
    description:
      "how much more than those of --init it responds to something, such as velocity_command.2=1.2",
    placeholder: "axis=n",
  }),
  untilConverged: z.boolean().default(false).describe("stop once the rule below holds"),
  stop: StopRule.prefault({}),
  serve: z
    .int()
    .min(0)
    .max(65535)
    .optional()
    .describe("port of a page on this machine that looks into the running environments"),
});
export type HalfFlags = z.output<typeof HalfFlags>;

/** What `train lower`, `train upper` and `train whole` do. */
export async function trainHalf(half: Half, flags: HalfFlags, io: CommandIo): Promise<void> {
  await using stage =
    flags.resume === undefined ? await start(half, flags) : await resume(half, flags.resume, flags);
  const { folder, trainer } = stage;
  io.note(`run folder: ${folder.path}`);
  const command = (await folder.command()) ?? commandOf(half, flags, trainer.config);
  await using page = flags.serve === undefined ? undefined : await serve(half, stage, flags.serve);
  if (page !== undefined) io.note(`look into it at ${page.url}`);
  const run = {
    ...stage,
    label: half,
    command,
    saveEvery: flags.saveEvery,
    keepEvery: flags.keepEvery,
    onIteration: page?.iterated,
  };
  const limits = {
    steps: flags.steps,
    minutes: flags.minutes,
    stop: flags.untilConverged ? flags.stop : undefined,
  };
  const { end, iterations, steps, report } = await trainStage(run, limits, io);
  const meanLength = report?.meanLength ?? null;
  io.result({ run: folder.path, end, iterations, steps, meanLength }, () => {
    const done = `${iterations} iterations, ${(steps / 1e6).toFixed(2)} million steps (${end})`;
    // Interrupted before its first, it has written none.
    return iterations === 0
      ? `${done}; no policy yet`
      : `${done}; policy in ${join(folder.path, "policy.onnx")}`;
  });
}

/** Flags that change nothing about what is learnt; a run takes them as it goes on. */
const PASSING = [
  "runs",
  "workers",
  "threads",
  "providers",
  "resume",
  "saveEvery",
  "keepEvery",
  "serve",
  "steps",
  "minutes",
];

/** Flags that a run takes as it goes on. */
const TAKEN = [...PASSING, "untilConverged", "stop"];

/** The command that trains the same; of a run that goes on, as far as its config tells. */
function commandOf(half: Half, flags: HalfFlags, { robot, seed }: { robot: string; seed: number }): string {
  const words = ["contrapposto train", half, `--robot ${robot}`, `--seed ${seed}`];
  return [...words, ...writeFlags(HalfFlags, flags, [...PASSING, "robot", "seed"])].join(" ");
}

async function serve(half: Half, { folder, trainer }: OpenStage, port: number): Promise<ServedTraining> {
  const { serveTraining } = await import("../server/training/serve-training.ts");
  return await serveTraining({ run: basename(folder.path), stage: half, ...trainer.window }, port);
}

async function resume(half: Half, path: string, flags: HalfFlags): Promise<OpenStage> {
  refuseNewRunFlags(HalfFlags, flags, TAKEN);
  const config = await readStageConfig(RunFolder.open(path));
  if (config.half === half) return await resumeStage(path, flags);
  throw new UsageError(`"${path}" trains the ${config.half} body.`, `Use train ${config.half}.`);
}

async function start(half: Half, flags: HalfFlags): Promise<OpenStage> {
  if (half === "upper" && flags.opponent.length === 0)
    throw new UsageError(
      "The upper body is trained on legs that walk already.",
      "Name at least one lower policy: --opponent lower.onnx.",
    );
  if (flags.gain.length > 0 && flags.init === undefined)
    throw new UsageError("--gain is for networks that walk already.", "Name them: --init RUN.");
  if (half !== "upper") refuseFreshLegs(flags.preset, flags.init !== undefined);
  const { robot } = findRobot(flags.robot, ROBOT_PLACES);
  const opponents = await Promise.all(
    flags.opponent.map((path) => loadPolicyFile(path, { robot: robot.name })),
  );
  const config = await newStageConfig(half, robot, flags, opponents);
  const command = commandOf(half, flags, config);
  const place = () => claimRunPath(flags.runs, half, flags.robot);
  return await startStage(place, config, opponents, { ...flags, gains: readGains(flags.gain), command });
}
