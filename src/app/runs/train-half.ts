import { join } from "node:path";
import { z } from "zod";
import { UsageError } from "../../common/index.ts";
import { type Half, StopRule } from "../../policies/node.ts";
import { findRobot } from "../../sim/node.ts";
import type { CommandIo } from "../command-io.ts";
import { loadPolicyFile } from "../policy-files.ts";
import { ROBOT_PLACES } from "../robot-places.ts";
import { newRunPath, RunFolder } from "./run-folder.ts";
import { createStageRun, newStageConfig, openTrainer, readStageConfig, StageFlags } from "./stage-run.ts";
import { trainStage } from "./train-stage.ts";

/** Flags of a command that trains one half. */
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
  untilConverged: z.boolean().default(false).describe("stop once the rule below holds"),
  stop: StopRule.prefault({}),
});
export type HalfFlags = z.output<typeof HalfFlags>;

/** What `train lower` and `train upper` do. */
export async function trainHalf(half: Half, flags: HalfFlags, io: CommandIo): Promise<void> {
  using folder = flags.resume === undefined ? await beginRun(half, flags) : RunFolder.open(flags.resume);
  const config = await readStageConfig(folder);
  if (config.half !== half)
    throw new UsageError(`"${folder.path}" trains the ${config.half} body.`, `Use train ${config.half}.`);
  io.note(`run folder: ${folder.path}`);
  await using trainer = await openTrainer(folder, config, flags);
  const command = `contrapposto train ${half} --robot ${config.robot} --seed ${config.seed}`;
  const run = { trainer, folder, label: half, command, saveEvery: flags.saveEvery };
  const limits = {
    steps: flags.steps,
    minutes: flags.minutes,
    stop: flags.untilConverged ? flags.stop : undefined,
  };
  const { end, iterations, steps, report } = await trainStage(run, limits, io);
  const meanLength = report?.meanLength ?? null;
  io.result({ run: folder.path, end, iterations, steps, meanLength }, () => {
    const policy = join(folder.path, "policy.onnx");
    return `${iterations} iterations, ${(steps / 1e6).toFixed(2)} million steps (${end}); policy in ${policy}`;
  });
}

async function beginRun(half: Half, flags: HalfFlags): Promise<RunFolder> {
  if (half === "upper" && flags.opponent.length === 0)
    throw new UsageError(
      "The upper body is trained on legs that walk already.",
      "Name at least one lower policy: --opponent lower.onnx.",
    );
  const { robot } = findRobot(flags.robot, ROBOT_PLACES);
  const opponents = await Promise.all(
    flags.opponent.map((path) => loadPolicyFile(path, { robot: robot.name })),
  );
  const config = await newStageConfig(half, robot, flags, opponents);
  return await createStageRun(newRunPath(flags.runs, half, flags.robot), config, opponents);
}
