import { Rng, UsageError } from "../common/index.ts";
import {
  type ControllerFile,
  createController,
  LocomotionMetrics,
  type Policy,
  type RolloutResult,
  readPolicyFile,
  rollout,
} from "../policies/index.ts";
import {
  type Companion,
  type CompiledWorld,
  compileWorld,
  DivergedError,
  Engine,
  FallLimits,
  hasFallen,
  openPlant,
  type Plant,
  type PlantConfig,
  type RobotSpec,
  startOn,
} from "../sim/index.ts";
import type { CommandIo } from "./command-io.ts";
import { companionsOf } from "./companions.ts";
import { writeDivergence } from "./divergence.ts";
import { readControllerFiles } from "./policy-files.ts";
import type { Progress } from "./progress.ts";
import { recordTo } from "./recorders.ts";
import type { RunFlags } from "./run-flags.ts";
import { requestOf } from "./run-request.ts";
import { policiesAskedFor, RunPolicy } from "./runs/run-policy.ts";
import { shippedPolicies } from "./shipped-policies.ts";
import { loadWorld, type WorldRequest } from "./worlds.ts";

/** Duration of a run without a page, s. */
const HEADLESS_SECONDS = 10;

/** Plays without a page as the flags say and reports: what `play` and `record` do. */
export async function playHeadless(flags: RunFlags, io: CommandIo): Promise<void> {
  const { seconds = HEADLESS_SECONDS } = flags;
  const companions = companionsOf(flags.companion);
  const world = loadWorld({ ...flags, companions });
  const engine = await Engine.load();
  const compiled = compileWorld(engine, world, flags.plant);
  using _model = compiled.model;
  using plant = openPlant(engine, compiled, flags.plant);
  const paths = policiesAskedFor(flags);
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
      command: Array.from(plant.truth.command),
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
        `asked for  ${show(command)}${flags.script === undefined ? "" : `   in the end, by ${flags.script}`}`,
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
