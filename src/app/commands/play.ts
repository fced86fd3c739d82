import { z } from "zod";
import { Rng, UsageError } from "../../common/index.ts";
import {
  type ControllerFile,
  createController,
  LocomotionMetrics,
  type Policy,
  type Request,
  type RolloutResult,
  readPolicyFile,
  rollout,
} from "../../policies/index.ts";
import {
  CommandScript,
  type Companion,
  type CompiledWorld,
  compileWorld,
  DivergedError,
  Engine,
  FallLimits,
  hasFallen,
  MotionPlayer,
  openPlant,
  type Plant,
  PlantConfig,
  type RobotSpec,
  scriptedCommand,
  startOn,
} from "../../sim/index.ts";
import { DdsNetwork } from "../../teleop/node.ts";
import { defineCommand } from "../command.ts";
import type { CommandIo } from "../command-io.ts";
import { companionsOf } from "../companions.ts";
import { writeDivergence } from "../divergence.ts";
import { readText } from "../files.ts";
import { LoopFlags } from "../loop-flags.ts";
import { loadMotions } from "../motions.ts";
import { playVla, VlaPlayFlags } from "../play-vla.ts";
import { readControllerFiles } from "../policy-files.ts";
import type { Progress } from "../progress.ts";
import { recordTo } from "../recorders.ts";
import { policiesOfRun, RunPolicy } from "../runs/run-policy.ts";
import { ServerFlags } from "../server/server-flags.ts";
import { chosenPolicies, shippedPolicies } from "../shipped-policies.ts";
import { loadWorld, type WorldRequest } from "../worlds.ts";

const velocity = z.tuple([z.number(), z.number(), z.number()]);

/** What a run takes, with a page or without. */
export const RunFlags = z.strictObject({
  robot: z.string().default("h1_2").describe("robot; see robot list"),
  model: z.string().optional().meta({ description: "another MJCF of the same robot", placeholder: "file" }),
  scene: z
    .string()
    .default("flat")
    .describe('scene, with level where it has any, such as "rough:3"; see scene list'),
  companion: z.array(z.array(z.string())).default([]).meta({
    description:
      "a further robot, ahead and to the left of the first, m, turned, degrees; it is in the way, and steered in the page; again for more",
    placeholder: "robot[@x,y[,deg]]",
  }),
  policy: z.array(z.string()).default([]).meta({
    description:
      "policy files (.onnx, .pt), one or more for disjoint joints; default: those that ship for the robot; balance: none",
    placeholder: "file",
  }),
  run: z.string().optional().meta({
    description: "newest policies of a training run, read again whenever it saves",
    placeholder: "folder",
  }),
  preset: z
    .string()
    .optional()
    .describe("description of a policy file that carries none; default: recognised by its size"),
  deploy: z
    .string()
    .optional()
    .meta({ description: "deploy.yaml that belongs to the policy file", placeholder: "file" }),
  command: velocity.default([0.5, 0, 0]).describe("velocity asked for: forward, left, m/s, and turn, rad/s"),
  script: z.string().optional().meta({
    description: 'JSON file of commands over time: [{"time": 0, "velocity": [0.5, 0, 0]}, ...]',
    placeholder: "file",
  }),
  motion: z.string().optional().describe("arm motion that the upper body follows; see motion list"),
  amplitude: z.number().min(0).max(1.5).default(1).describe("share of the motion that is asked for"),
  push: z
    .array(z.number())
    .default([])
    .describe("a shove: time, s, and velocity change forward and left, m/s; such as 5,0.5,0"),
  seconds: z
    .number()
    .positive()
    .optional()
    .describe("longest duration, s; default: 10 without a page, else until it is ended"),
  seed: z.int().nonnegative().default(0).describe("seed of noise, randomisation and generated ground"),
  record: z
    .string()
    .optional()
    .meta({ description: "write an MCAP file that replays exactly", placeholder: "file" }),
  plant: PlantConfig.prefault({}),
});
export type RunFlags = z.output<typeof RunFlags>;

/** What `play` takes. */
export const PlayFlags = z.strictObject({
  headless: z
    .boolean()
    .default(false)
    .describe("run without a page in the browser, as fast as the machine allows"),
  ...RunFlags.shape,
  ...ServerFlags,
  foxglove: z.boolean().default(false).describe("serve the robot to Foxglove and Lichtblick too"),
  foxglovePort: z.int().min(0).max(65535).default(8765).describe("port for Foxglove"),
  link: z.string().optional().meta({
    description:
      "a robot to run the policy on: ws://HOST:PORT of a bridge, dds, or sim (with the safety layer); from a page, or at once with --headless or --seconds",
    placeholder: "link",
  }),
  ...DdsNetwork.shape,
  ...LoopFlags,
  ...VlaPlayFlags,
});
export type PlayFlags = z.output<typeof PlayFlags>;

/** `contrapposto play`. */
export const play = defineCommand({
  description: `Serves a page in which the robot is seen, driven, pushed and debugged, in real time. With --headless it runs as fast as
the machine allows and says how it went; it then ends early when the robot falls, which is an answer and not a failure
of the command.`,
  flags: PlayFlags,
  examples: [
    { line: "play --scene push", about: "a page with the robot, at http://127.0.0.1:8080" },
    {
      line: "play --companion h1_2@1.5,0.5,180",
      about: "another robot that faces it, to drive it by the key N",
    },
    { line: "play --host 0.0.0.0 --policy walk.onnx", about: "for the phone too, with a token" },
    { line: "play --headless --seconds 10", about: "the robot walks" },
    { line: "play --headless --policy balance", about: "it keeps its balance without a network" },
    {
      line: "play --headless --policy walk.onnx --command 0.5,0,0 --json",
      about: "walk, and answer in JSON",
    },
    {
      line: "play --headless --policy walk.onnx --motion wave_right --push 5,0.5,0",
      about: "wave the right arm, and get a shove after 5 s",
    },
    {
      line: "play --link ws://robot:8765 --policy walk.onnx",
      about: "steer a robot behind a bridge from the page; it begins when the page asks it to",
    },
    {
      line: "play --link dds --headless --seconds 10 --policy walk.onnx --command 0.3,0,0",
      about: "the same on a robot on DDS, without a page",
    },
    {
      line: 'play --scene tabletop --vla default --instruction "put the red box in the left tray"',
      about: "a page in which a VLA does what it is told, and shows what it might have done",
    },
    {
      line: 'play --headless --vla default --instruction "press the red button"',
      about: "a VLA at a bench does what it is told",
    },
    {
      line: "play --headless --run runs/lower/20260101-120000_h1_2",
      about: "what a training run can do by now",
    },
    {
      line: "play --headless --policy walk.onnx --scene rough:4 --record walk.mcap",
      about: "walk on rough ground and keep it",
    },
  ],
  run: (flags, io) =>
    flags.vla !== undefined
      ? playWithVla({ ...flags, vla: flags.vla }, io)
      : flags.link !== undefined
        ? playOnRobot({ ...flags, link: flags.link }, io)
        : flags.headless
          ? playWith(flags, io)
          : playOnPage(flags, io),
});

/** Throws `UsageError` where there are companions and nothing could move them. */
function refuseCompanions({ companion }: PlayFlags, where: string): void {
  if (companion.length > 0)
    throw new UsageError(`There are no companions ${where}.`, "Leave out --companion.");
}

async function playOnRobot(flags: PlayFlags & { link: string }, io: CommandIo): Promise<void> {
  refuseCompanions(flags, "on a robot's link");
  const { playOnLink, steerOnLink } = await import("../play-link.ts");
  if (!flags.headless && flags.seconds === undefined) return steerOnLink(flags, io);
  await playOnLink(flags, (robot) => requestOf(flags, robot, false), io);
}

async function playWithVla(flags: PlayFlags & { vla: string }, io: CommandIo): Promise<void> {
  refuseCompanions(flags, "at a VLA's bench");
  if (!["flat", "tabletop"].includes(flags.scene))
    throw new UsageError(`A VLA has no work in "${flags.scene}".`, 'Leave --scene out, or say "tabletop".');
  if (flags.headless) return await playVla(flags, io);
  const { playVlaLive } = await import("../server/play-live.ts");
  await playVlaLive(flags, io);
}

async function playOnPage(flags: PlayFlags, io: CommandIo): Promise<void> {
  for (const flag of ["script", "push"] as const)
    if (flags[flag] !== undefined && flags[flag].length > 0)
      throw new UsageError(
        `--${flag} is for runs without a page.`,
        "Add --headless, or drive and push by hand.",
      );
  const { playLive } = await import("../server/play-live.ts");
  await playLive(flags, io);
}

/** Duration of a run without a page, s. */
const HEADLESS_SECONDS = 10;

/** Plays without a page as the flags say and reports: what `play` and `record` do. */
export async function playWith(flags: RunFlags, io: CommandIo): Promise<void> {
  const { seconds = HEADLESS_SECONDS } = flags;
  const companions = companionsOf(flags.companion);
  const world = loadWorld({ ...flags, companions });
  const engine = await Engine.load();
  const compiled = compileWorld(engine, world, flags.plant);
  using _model = compiled.model;
  using plant = openPlant(engine, compiled, flags.plant);
  const paths =
    flags.run === undefined ? chosenPolicies(flags.policy, flags.robot) : policiesOfRun(flags.run);
  const files = await readControllerFiles(paths, flags);
  const policy =
    flags.run === undefined
      ? await createController(world.robot, files, plant.controlTimestep)
      : await RunPolicy.open(flags.run, world.robot, plant.controlTimestep);
  const companionPolicies: Policy[] = [];
  for (const { robot } of plant.companions) {
    const own =
      robot.name === flags.robot ? files : await readControllerFiles(shippedPolicies(robot.name), {});
    companionPolicies.push(await createController(robot, own, plant.controlTimestep));
  }
  const isStanding = paths.length === 0;
  if (flags.script === undefined) noteCommandRanges(flags, files, world.robot, io);
  const metrics = new LocomotionMetrics();
  using progress = io.progress("simulating", Math.round(seconds / plant.controlTimestep));
  const started = performance.now();
  const request = await requestOf(flags, world.robot, isStanding);
  await using file =
    flags.record === undefined ? undefined : await recordTo(flags.record, compiled, flags.seed, policy.name);
  const result = await guarded(plant, { ...flags, companions }, () =>
    rollout({
      plant,
      policy,
      companionPolicies,
      request,
      seconds,
      rng: new Rng(flags.seed),
      initial: startOn(world.robot, compiled.terrain, flags.seed, world.companions),
      pushes: pushesOf(flags.push),
      fall: FallLimits.parse({}),
      ...(compiled.terrain === undefined ? {} : { terrain: compiled.terrain }),
      subscribers: [metrics, ...(file === undefined ? [] : [file.recorder]), progressOf(progress)],
      signal: io.signal,
    }),
  );
  answer(io, flags, {
    policy,
    plant,
    result,
    metrics,
    companions: plant.companions.map((companion) => standing(companion, compiled.terrain)),
    wallSeconds: (performance.now() - started) / 1000,
    isStanding,
  });
  for (const [kind, count] of plant.simulation.warnings()) {
    io.note(`MuJoCo warned ${count} times of ${kind}; the result may be wrong`);
  }
}

/** Where the physics breaks, keeps the last step on disk so that `replay` can run it again. */
async function guarded<T>(
  plant: Plant,
  request: WorldRequest & { readonly plant: PlantConfig },
  run: () => Promise<T>,
): Promise<T> {
  try {
    return await run();
  } catch (error) {
    if (!(error instanceof DivergedError) || error.dump === undefined) throw error;
    const file = `diverged-${plant.robot.name}-${plant.truth.step}.json`;
    await writeDivergence(file, request, error);
    const what = error.problem.replace(/^.*?: /, "").replace(/\.$/, "");
    throw new DivergedError(`${what} ("contrapposto replay ${file}" runs the last step again)`, error.time);
  }
}

/** Tells of a command beyond what the policy was trained for; it is asked for all the same. */
function noteCommandRanges(
  flags: RunFlags,
  files: readonly ControllerFile[],
  robot: RobotSpec,
  io: CommandIo,
): void {
  for (const file of files) {
    for (const { name, low, high } of readPolicyFile(file.bytes, { robots: [robot], ...file }).spec
      .commands) {
      const value = flags.command[["vx", "vy", "yawRate"].indexOf(name)];
      if (value === undefined || (value >= low && value <= high)) continue;
      io.note(`${file.name} was trained for ${name} from ${low} to ${high}, and is asked for ${value}`);
    }
  }
}

async function requestOf(flags: RunFlags, robot: RobotSpec, isStanding: boolean): Promise<Request> {
  const command = await commandOf(flags, isStanding);
  if (flags.motion === undefined) return { command };
  const library = await loadMotions(robot);
  const motion = library.get(flags.motion);
  const player = new MotionPlayer(robot, library.joints);
  return {
    command,
    // Again from the start after the clip's end.
    reference: (time, out) =>
      player.write(motion, time - motion.seconds * Math.floor(time / motion.seconds), flags.amplitude, out),
  };
}

async function commandOf(flags: RunFlags, isStanding: boolean): Promise<Request["command"]> {
  if (flags.script === undefined) return () => (isStanding ? [0, 0, 0] : flags.command);
  const script = CommandScript.safeParse(parseJson(await readText(flags.script), flags.script));
  if (script.success) return (time) => scriptedCommand(script.data, time);
  throw new UsageError(
    `"${flags.script}" is no command script: ${script.error.issues[0].message}.`,
    'Write [{"time": 0, "velocity": [0.5, 0, 0]}, ...] with times in s.',
  );
}

function parseJson(text: string, file: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new UsageError(`"${file}" is not JSON: ${(cause as Error).message}.`, "Correct it.", { cause });
  }
}

function pushesOf(numbers: readonly number[]) {
  if (numbers.length % 3 !== 0) {
    throw new UsageError(
      `--push has ${numbers.length} numbers.`,
      "Give time, forward and left for each push, such as 5,0.5,0.",
    );
  }
  return Array.from({ length: numbers.length / 3 }, (_, i) => ({
    time: numbers[3 * i],
    velocity: [numbers[3 * i + 1], numbers[3 * i + 2], 0] as const,
  }));
}

function progressOf(progress: Progress) {
  return { step: ({ plant }: { plant: Plant }) => progress.update(plant.truth.step) };
}

interface CompanionEnd {
  readonly name: string;
  readonly robot: string;
  readonly fell: boolean;
  readonly basePos: Float64Array;
}

/** How a companion stands at the end. */
function standing({ name, robot, truth }: Companion, terrain: CompiledWorld["terrain"]): CompanionEnd {
  const { basePos } = truth;
  const ground = terrain?.heightAt(basePos[0], basePos[1]) ?? 0;
  return { name, robot: robot.name, fell: hasFallen(truth, FallLimits.parse({}), ground), basePos };
}

interface Played {
  readonly policy: Policy;
  readonly plant: Plant;
  readonly result: RolloutResult;
  readonly metrics: LocomotionMetrics;
  readonly companions: readonly CompanionEnd[];
  readonly wallSeconds: number;
  readonly isStanding: boolean;
}

function answer(
  io: CommandIo,
  flags: RunFlags,
  { policy, plant, result, metrics, companions, wallSeconds, isStanding }: Played,
): void {
  const { meanVel, velError, yawRateError, jointError, peakTorqueShare } = metrics.metrics;
  io.result(
    {
      seconds: result.seconds,
      fell: result.fell,
      meanVel,
      command: isStanding && flags.script === undefined ? [0, 0, 0] : flags.command,
      stateHash: plant.stateHash(),
      stepsPerSecond: result.steps / wallSeconds,
      robot: plant.robot.name,
      scene: flags.scene,
      policy: policy.name,
      velError,
      yawRateError,
      jointError,
      peakTorqueShare,
      basePos: plant.truth.basePos,
      ...(companions.length === 0 ? {} : { companions }),
      ...(flags.record === undefined ? {} : { recording: flags.record }),
    },
    ({ seconds, fell, command, stateHash, stepsPerSecond }) =>
      [
        `${plant.robot.title} on "${flags.scene}" under ${policy.name}${isStanding ? " (no policy file given: it only stands)" : ""}`,
        fell
          ? io.style.red(`fell after ${seconds.toFixed(2)} s`)
          : io.style.green(`stayed up for ${seconds.toFixed(2)} s`),
        `asked for  ${show(command)}`,
        `moved at   ${show(meanVel)}   mean of the second half; forward and left in m/s, turn in rad/s`,
        ...companions.map(
          (each) =>
            `${each.name}     ${each.robot}, ${each.fell ? "fell" : "stands"} at ${show(each.basePos)}`,
        ),
        `errors     velocity ${velError.toFixed(3)} m/s, turn ${yawRateError.toFixed(3)} rad/s, arms ${jointError.toFixed(3)} rad`,
        `speed      ${Math.round(stepsPerSecond)} control steps/s, ${(stepsPerSecond * plant.controlTimestep).toFixed(0)} times real time`,
        `state      ${stateHash}`,
      ].join("\n"),
  );
}

function show(values: ArrayLike<number>): string {
  return Array.from(values, (value) => value.toFixed(2).padStart(6)).join(" ");
}
