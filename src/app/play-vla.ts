import { z } from "zod";
import { mean } from "../common/index.ts";
import { Engine, type EpisodeRequest, manipulationRobot, manipulationTask } from "../sim/index.ts";
import {
  type Arm,
  checkAgainstRobot,
  FeatureScorer,
  runEpisode,
  type Scorers,
  SELECTORS,
  SmallVla,
  selectorNamed,
  type VlaFiles,
} from "../vla/index.ts";
import { type EnvironmentSetup, episodeFor, openEnvironment, taskFor } from "../vla/node.ts";
import type { CommandIo } from "./command-io.ts";
import { loadManipulation } from "./manipulation.ts";
import { readScorers, readVla } from "./vla-files.ts";

/** What `play` takes for a VLA. */
export const VlaPlayFlags = {
  vla: z.string().optional().meta({
    description: 'a VLA drives the arms: "default" for the one that ships, or a run of train vla',
    placeholder: "folder",
  }),
  instruction: z.string().optional().describe("what the VLA is told; default: what the scene says"),
  task: z.string().optional().describe("manipulation task; default: the one that the instruction is about"),
  scorers: z
    .string()
    .optional()
    .meta({ description: "run of train taco; default: those beside the VLA", placeholder: "folder" }),
  selector: z
    .enum(SELECTORS)
    .optional()
    .describe("way to choose among chunks; default: taco if it can, else likelihood"),
  candidates: z.int().positive().default(16).describe("chunks to choose from"),
} as const;

/** The flags of `play` that matter to a VLA. */
export interface VlaRun {
  readonly vla: string;
  readonly instruction?: string | undefined;
  readonly task?: string | undefined;
  readonly scorers?: string | undefined;
  readonly selector?: (typeof SELECTORS)[number] | undefined;
  readonly candidates: number;
  readonly seed: number;
}

/** A VLA with what chooses for it, as data that crosses to a thread. */
export interface VlaSetup {
  readonly model: VlaFiles;
  readonly scorers: Partial<Readonly<Record<keyof Scorers, Uint8Array>>>;
  readonly selector: string;
  readonly candidates: number;
  readonly instruction: string;
  readonly request: EpisodeRequest;
  readonly environment: EnvironmentSetup;
}

/** Finds model, scorers, task and a scene in which the instruction can be obeyed. Throws `UsageError` where something is missing. */
export async function setUpVla(run: VlaRun): Promise<VlaSetup> {
  const model = await readVla(run.vla);
  const scorers = await readScorers(run.scorers ?? run.vla);
  const selector = run.selector ?? ("taco" in scorers ? "taco" : "likelihood");
  const { task, request, instruction } = chooseEpisode(run, "pick-place");
  const environment = await loadManipulation(task, "fixed");
  return { model, scorers, selector, candidates: run.candidates, instruction, request, environment };
}

/** Task, scene and sentence of an episode. */
export interface ChosenEpisode {
  readonly task: string;
  readonly request: EpisodeRequest;
  readonly instruction: string;
}

/**
 * The first held-out scene from a seed on in which an instruction can be obeyed; without one, the seed's own scene and
 * what that says. Throws `UsageError` where there is none, `UnknownNameError` for a task that there is not.
 *
 * @param otherwise the task where neither task nor instruction is given
 */
export function chooseEpisode(
  wish: Pick<VlaRun, "instruction" | "task" | "seed">,
  otherwise: string,
): ChosenEpisode {
  const name = wish.task ?? (wish.instruction === undefined ? otherwise : taskFor(wish.instruction));
  const task = manipulationTask(name).name;
  const seed = { split: "test", seed: wish.seed } as const;
  const request = wish.instruction === undefined ? seed : episodeFor(task, wish.instruction, seed);
  const instruction = wish.instruction ?? manipulationTask(task).layout(request).instruction;
  return { task, request, instruction };
}

/** A VLA in memory with its scorers, ready to choose. Hold it with `using`. */
export interface OpenVla extends Disposable {
  readonly model: SmallVla;
  readonly scorers: Scorers;
  readonly arm: Arm;
}

/** Loads model and scorers. Throws what that throws, and where the model does not fit the bench's robot. */
export async function openVla(setup: VlaSetup): Promise<OpenVla> {
  const model = await SmallVla.load(setup.model);
  checkAgainstRobot(model.spec, manipulationRobot("fixed"));
  const scorers: Scorers = Object.fromEntries(
    await Promise.all(
      Object.entries(setup.scorers).map(async ([name, bytes]) => [name, await FeatureScorer.load(bytes)]),
    ),
  );
  const { selector: name, candidates } = setup;
  const arm = {
    name,
    selector: selectorNamed(name, scorers),
    candidates: name === "single" ? 1 : candidates,
  };
  return {
    model,
    scorers,
    arm,
    [Symbol.dispose]() {
      model[Symbol.dispose]();
      for (const scorer of Object.values(scorers)) scorer[Symbol.dispose]();
    },
  };
}

/** Runs one episode without a page and says how it went. */
export async function playVla(run: VlaRun, io: CommandIo): Promise<void> {
  const setup = await setUpVla(run);
  using vla = await openVla(setup);
  const { model, arm } = vla;
  const { spec } = model;
  const cameras = spec.cameras.map(({ name: camera, width, height }) => ({ camera, width, height }));
  const engine = await Engine.load();
  using environment = await openEnvironment(engine, { ...setup.environment, cameras });
  const { instruction, request } = setup;
  const task = setup.environment.task;
  if (!spec.tasks.includes(task))
    io.note(`the model was not trained on ${task}, only on ${spec.tasks.join(", ")}`);
  const outcome = await runEpisode(environment, model, arm, request, {
    executeHorizon: spec.executeHorizon,
    noise: "fresh",
    instruction,
    now: () => performance.now(),
  });
  const answer = {
    task,
    instruction,
    seed: request.seed,
    selector: arm.name,
    candidates: arm.candidates,
    outcome: environment.status,
    seconds: environment.seconds,
    decisions: outcome.latenciesMs.length,
    decisionMs: mean(outcome.latenciesMs),
    modelHash: spec.modelHash,
  };
  io.result(answer, ({ outcome: end, seconds, decisions, decisionMs }) =>
    [
      `"${instruction}" (${task}, scene ${request.seed})`,
      end === "succeeded"
        ? io.style.green(`succeeded after ${seconds.toFixed(1)} s`)
        : io.style.red(`${end} after ${seconds.toFixed(1)} s`),
      `${decisions} decisions of ${arm.candidates} chunks by ${arm.name}, ${decisionMs.toFixed(1)} ms each`,
    ].join("\n"),
  );
}
