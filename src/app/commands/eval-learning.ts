import { z } from "zod";
import { UsageError } from "../../common/index.ts";
import { type LevelReport, locomotionEpisodes, reportEpisodes } from "../../policies/index.ts";
import { evaluate } from "../../policies/node.ts";
import { isRandomized, libraryOf, PlantConfig, type World } from "../../sim/index.ts";
import { defineCommand } from "../command.ts";
import { writeAtomically } from "../files.ts";
import { readMotions } from "../motions.ts";
import { readControllerFiles } from "../policy-files.ts";
import { type Curve, curvesSvg } from "../runs/curves-svg.ts";
import { RunFolder } from "../runs/run-folder.ts";
import { readStageConfig } from "../runs/stage-run.ts";
import { formatTable } from "../table.ts";
import { loadWorld } from "../worlds.ts";
import { EPISODE_FLAGS, percent } from "./locomotion-suite.ts";

/** What a run could do after some steps. */
interface Point extends LevelReport {
  readonly step: number;
  /** Time that collecting and learning had taken by then, min. */
  readonly minutes: number;
}

/** One run's learning curve. */
interface Learning {
  readonly run: string;
  readonly seed: number;
  readonly points: readonly Point[];
  /** The first point from which on no later one has lost more than the episodes that may be lost; null: none yet. */
  readonly learntAt: Point | null;
}

const LearningFlags = z.strictObject({
  runs: z
    .array(z.string())
    .min(1)
    .meta({ description: "run folders, such as one a seed", placeholder: "folder" }),
  level: z
    .enum(["stand", "walk", "grid", "easy"])
    .default("walk")
    .describe("what is asked for, as in eval locomotion"),
  amplitude: z.number().min(0).max(1.5).default(0).describe("share of the arm motions asked for"),
  repeats: z.int().positive().default(20).describe("episodes of each command"),
  variety: z
    .number()
    .min(0)
    .max(1)
    .default(1)
    .describe("how far robots differ from the published one, as a share of the run's randomization"),
  ...EPISODE_FLAGS,
  survival: z
    .number()
    .min(0)
    .max(1)
    .default(0.95)
    .describe("share of episodes without a fall that counts as learnt"),
  velocityError: z
    .number()
    .positive()
    .default(0.25)
    .describe("mean velocity error that still counts as walking, m/s"),
  out: z.string().optional().meta({ description: "draw the curves as SVG", placeholder: "file" }),
});
type LearningFlags = z.output<typeof LearningFlags>;

/** `contrapposto eval learning`. */
export const evalLearning = defineCommand({
  description: `Runs the policies that training runs have kept on their way (train lower --keep-every) through the same episodes, and says
after how many steps and minutes they could do it. The default is 0.5 m/s for 20 s, with arms at rest. Robots and ground vary from
episode to episode as far as the run's config says, or by --variety of it: training itself begins with none.`,
  flags: LearningFlags,
  examples: [
    {
      line: "eval learning --runs runs/lower/20260101-120000_h1_2,runs/lower/20260101-130000_h1_2 --out learning.svg",
      about: "two seeds in one picture",
    },
  ],
  run: async (flags, io) => {
    const runs = await Promise.all(flags.runs.map(openRun));
    using progress = io.progress(
      "policies",
      runs.reduce((sum, { policies }) => sum + policies.length, 0),
    );
    let done = 0;
    const learnt: Learning[] = [];
    for (const run of runs) {
      const points: Point[] = [];
      for await (const point of judge(run, flags, io.signal)) {
        points.push(point);
        progress.update(++done);
      }
      learnt.push({ run: run.path, seed: run.seed, points, learntAt: learntAt(points, flags) });
    }
    if (flags.out !== undefined) await writeAtomically(flags.out, draw(learnt, flags.level));
    io.result({ level: flags.level, seed: flags.seed, runs: learnt }, () => table(learnt, io.style.bold));
  },
});

type OpenRun = Awaited<ReturnType<typeof openRun>>;
type Protocol = Pick<
  LearningFlags,
  "level" | "amplitude" | "repeats" | "seconds" | "seed" | "workers" | "variety"
>;

/** Runs all policies of a run through the same episodes. */
async function* judge(
  { world, plant, policies }: OpenRun,
  { level, amplitude, workers, variety, ...protocol }: Protocol,
  signal: AbortSignal,
): AsyncGenerator<Point> {
  const motions = await readMotions(world.robot);
  const episodes = locomotionEpisodes({
    ...protocol,
    levels: [level],
    amplitudes: [amplitude],
    motions: libraryOf(motions).names({ split: "eval" }),
    terrain: false,
    isRandomized: variety > 0 && isRandomized(plant),
  });
  for (const { step, minutes, path } of policies) {
    const controller = await readControllerFiles([path], {});
    const setup = { worlds: [world], plant, variety, controller, motions };
    const outcomes = await evaluate(setup, episodes, { workers, signal });
    if (signal.aborted) return; // a point of fewer episodes would be compared with whole ones
    yield { step, minutes, ...reportEpisodes(outcomes) };
  }
}

async function openRun(path: string) {
  const folder = RunFolder.open(path);
  const { robot, seed, task } = await readStageConfig(folder);
  const kept = folder.keptPolicies();
  if (kept.length === 0)
    throw new UsageError(`"${path}" has kept no policies.`, "Train with --keep-every, such as 0.5.");
  const world: World = loadWorld({ robot, scene: "flat", seed });
  const minutes = minutesOf(await folder.metrics());
  const policies = kept.map((policy) => ({ ...policy, minutes: minutes(policy.step) }));
  const plant = PlantConfig.parse({ randomization: task.plant.randomization });
  return { path, seed, world, plant, policies };
}

/** How long training took up to a step, min. */
function minutesOf(rows: readonly Record<string, number>[]): (step: number) => number {
  return (step) =>
    rows
      .filter((row) => row.step <= step)
      .reduce(
        (sum, { collectSeconds = 0, learnSeconds = 0 }) => sum + (collectSeconds + learnSeconds) / 60,
        0,
      );
}

function learntAt(
  points: readonly Point[],
  goal: { readonly survival: number; readonly velocityError: number },
): Point | null {
  const last = points.findLastIndex(
    ({ survival, velError }) => survival < goal.survival || velError > goal.velocityError,
  );
  return points[last + 1] ?? null;
}

function draw(learnt: readonly Learning[], level: string): string {
  const curves = (name: string, value: (point: Point) => number): Curve[] =>
    learnt.map(({ points }) => ({ name, x: points.map(({ step }) => step / 1e6), y: points.map(value) }));
  return curvesSvg(`${level}: ${learnt.map(({ seed }) => `seed ${seed}`).join(", ")}`, "million steps", [
    ...curves("episodes without a fall", ({ survival }) => survival),
    ...curves("velocity error, m/s", ({ velError }) => velError),
    ...curves("turn error, rad/s", ({ yawRateError }) => yawRateError),
  ]);
}

function table(learnt: readonly Learning[], bold: (text: string) => string): string {
  const rows = learnt.flatMap(({ seed, points }) =>
    points.map((point) => [
      seed,
      (point.step / 1e6).toFixed(2),
      point.minutes.toFixed(1),
      `${percent(point.survival)} (${percent(point.survivalLow)} to ${percent(point.survivalHigh)})`,
      `${point.velError.toFixed(3)} ± ${point.velErrorHalfWidth.toFixed(3)}`,
    ]),
  );
  const ends = learnt.map(({ run, seed, learntAt: point }) =>
    point === null
      ? `${run}, seed ${seed}: not learnt yet`
      : `${run}, seed ${seed}: learnt after ${(point.step / 1e6).toFixed(2)} million steps, ${point.minutes.toFixed(1)} min`,
  );
  return [
    formatTable(
      ["seed", "million steps", "minutes", "episodes without a fall", "velocity error, m/s"],
      rows,
      bold,
    ),
    ...ends,
  ].join("\n");
}
