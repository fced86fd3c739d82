import { Rng } from "../../common/index.ts";
import {
  type CompiledWorld,
  compileWorld,
  controlTimestep,
  Engine,
  FallLimits,
  libraryOf,
  type MotionLibrary,
  MotionPlayer,
  type MotionTexts,
  Plant,
  type PlantConfig,
  type RobotSpec,
  startOn,
  type World,
} from "../../sim/index.ts";
import { type ControllerFile, createController } from "../controller.ts";
import type { Policy } from "../policy.ts";
import { type Request, rollout } from "../rollout.ts";
import { type EpisodeMetrics, LocomotionMetrics } from "./locomotion-metrics.ts";
import type { EvalEpisode } from "./locomotion-protocol.ts";
import type { EpisodeOutcome } from "./locomotion-report.ts";

/** Everything that an evaluation needs, as data that crosses to a worker. */
export interface EvaluationSetup {
  /** A world for each scene that the episodes name. */
  readonly worlds: readonly World[];
  readonly plant: PlantConfig;
  /** Share of the plant's randomization that robots differ by, 0 to 1; default: all of it. */
  readonly variety?: number | undefined;
  readonly controller: readonly ControllerFile[];
  /** Motions that the episodes name. */
  readonly motions?: MotionTexts | undefined;
}

/** Runs episodes one after the other on one engine; compiles each scene once, and keeps it until the end. */
export async function* runEpisodes(
  setup: EvaluationSetup,
  episodes: readonly EvalEpisode[],
): AsyncGenerator<EpisodeOutcome> {
  const engine = await Engine.load();
  const places = new Map<string, Place>();
  const requests = new EpisodeRequests(setup.worlds[0].robot, setup.motions);
  const policy = await createController(
    setup.worlds[0].robot,
    setup.controller,
    controlTimestep(setup.plant),
  );
  try {
    for (const episode of episodes) {
      const place = places.get(episode.scene) ?? openPlace(engine, setup, episode.scene);
      places.set(episode.scene, place);
      const request = requests.of(episode);
      yield { episode, metrics: await runEpisode(place, policy, request, episode, setup.variety) };
    }
  } finally {
    for (const { plant, compiled } of places.values()) {
      plant[Symbol.dispose]();
      compiled.model[Symbol.dispose]();
    }
  }
}

interface Place {
  readonly compiled: CompiledWorld;
  readonly plant: Plant;
}

function openPlace(engine: Engine, setup: EvaluationSetup, scene: string): Place {
  const world = setup.worlds.find(({ sceneName }) => sceneName === scene);
  if (world === undefined) throw new RangeError(`No world was given for the scene "${scene}".`);
  const compiled = compileWorld(engine, world, setup.plant);
  return { compiled, plant: new Plant(engine.simulate(compiled.model), world.robot, setup.plant) };
}

/** What each episode asks of the robot. */
class EpisodeRequests {
  readonly #library: MotionLibrary | undefined;
  readonly #player: MotionPlayer | undefined;

  constructor(robot: RobotSpec, motions: MotionTexts | undefined) {
    this.#library = motions === undefined ? undefined : libraryOf(motions);
    this.#player = this.#library === undefined ? undefined : new MotionPlayer(robot, this.#library.joints);
  }

  of({ command, motion: name, amplitude }: EvalEpisode): Request {
    if (name === undefined) return { command: () => command };
    const player = this.#player;
    if (this.#library === undefined || player === undefined)
      throw new RangeError(`An episode asks for the motion "${name}", and no motions are given.`);
    const motion = this.#library.get(name);
    return {
      command: () => command,
      reference: (time, out) => player.repeat(motion, time, amplitude, out),
    };
  }
}

async function runEpisode(
  { plant, compiled }: Place,
  policy: Policy,
  request: Request,
  episode: EvalEpisode,
  variety: number | undefined,
): Promise<EpisodeMetrics> {
  const metrics = new LocomotionMetrics();
  await rollout({
    plant,
    policy,
    request,
    seconds: episode.seconds,
    rng: new Rng(episode.seed),
    variety,
    initial: startOn(plant.robot, compiled.terrain, episode.seed),
    pushes: episode.pushes,
    fall: FallLimits.parse({}),
    ...(compiled.terrain === undefined ? {} : { terrain: compiled.terrain }),
    subscribers: [metrics],
  });
  return metrics.metrics;
}
