import { Rng } from "../../common/index.ts";
import {
  type CompiledWorld,
  compileWorld,
  controlTimestep,
  Engine,
  FallLimits,
  Plant,
  type PlantConfig,
  startOn,
  type World,
} from "../../sim/index.ts";
import { type ControllerFile, createController } from "../controller.ts";
import type { Policy } from "../policy.ts";
import { rollout } from "../rollout.ts";
import { type EpisodeMetrics, LocomotionMetrics } from "./locomotion-metrics.ts";
import type { EvalEpisode } from "./locomotion-protocol.ts";
import type { EpisodeOutcome } from "./locomotion-report.ts";

/** Everything that an evaluation needs, as data that crosses to a worker. */
export interface EvaluationSetup {
  /** A world for each scene that the episodes name. */
  readonly worlds: readonly World[];
  readonly plant: PlantConfig;
  readonly controller: readonly ControllerFile[];
}

/** Runs episodes one after the other on one engine; compiles each scene once, and keeps it until the end. */
export async function* runEpisodes(
  setup: EvaluationSetup,
  episodes: readonly EvalEpisode[],
): AsyncGenerator<EpisodeOutcome> {
  const engine = await Engine.load();
  const places = new Map<string, Place>();
  const policy = await createController(
    setup.worlds[0].robot,
    setup.controller,
    controlTimestep(setup.plant),
  );
  try {
    for (const episode of episodes) {
      const place = places.get(episode.scene) ?? openPlace(engine, setup, episode.scene);
      places.set(episode.scene, place);
      yield { episode, metrics: await runEpisode(place, policy, episode) };
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

async function runEpisode(
  { plant, compiled }: Place,
  policy: Policy,
  episode: EvalEpisode,
): Promise<EpisodeMetrics> {
  const metrics = new LocomotionMetrics();
  await rollout({
    plant,
    policy,
    request: { command: () => episode.command },
    seconds: episode.seconds,
    rng: new Rng(episode.seed),
    initial: startOn(plant.robot, compiled.terrain, episode.seed),
    pushes: episode.pushes,
    fall: FallLimits.parse({}),
    ...(compiled.terrain === undefined ? {} : { terrain: compiled.terrain }),
    subscribers: [metrics],
  });
  return metrics.metrics;
}
