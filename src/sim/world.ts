import { Rng } from "../common/index.ts";
import type { Engine, Model, ModelSource } from "./engine/index.ts";
import { beside, type CompanionSpec } from "./plant/companion.ts";
import { compilePlantModel, type InitialState, Plant } from "./plant/plant.ts";
import type { PlantConfig } from "./plant/plant-config.ts";
import type { RobotSpec } from "./robots/robot.ts";
import { type GroundRequest, generateScene } from "./scenes.ts";
import type { TiledTerrain } from "./terrain/tiled-terrain.ts";

/** A further robot of a world, with its model. */
export interface WorldCompanion extends CompanionSpec {
  readonly robotModel: ModelSource;
}

/**
 * A robot and the place it is in, as data that can cross to a worker or a browser. Further robots may be in it, which
 * touch and push like anything else; what is said of "the robot" of a world is not about them.
 */
export interface World {
  readonly robot: RobotSpec;
  readonly robotModel: ModelSource;
  /** The scene as asked for, such as "flat" or "rough:3". */
  readonly sceneName: string;
  readonly scene: ModelSource | GroundRequest;
  readonly companions?: readonly WorldCompanion[];
}

/** A world compiled for one engine, with the ground that it stands on. */
export interface CompiledWorld {
  readonly world: World;
  readonly model: Model;
  /** Generated ground; undefined where the scene is a model whose ground is level at height 0. */
  readonly terrain: TiledTerrain | undefined;
}

/** Compiles a world as the plant's config asks. The caller owns the model. */
export function compileWorld(engine: Engine, world: World, config: PlantConfig): CompiledWorld {
  const { scene, robot, robotModel, companions } = world;
  const terrain = "kind" in scene ? generateScene(scene) : undefined;
  const sceneModel = "kind" in scene ? (terrain as TiledTerrain).model() : scene;
  return {
    world,
    terrain,
    model: compilePlantModel(engine, robot, { robot: robotModel, scene: sceneModel }, config, companions),
  };
}

/** A plant of a compiled world, companions and all, in a simulation of its own. */
export function openPlant(engine: Engine, { model, world }: CompiledWorld, config: PlantConfig): Plant {
  return new Plant(engine.simulate(model), world.robot, config, world.companions);
}

/**
 * Where a robot starts: in the default pose at the origin, or on generated ground at a place and heading drawn from the
 * seed, so that episodes on one ground meet different bumps; just above the highest ground under its feet. Companions
 * keep their places beside it.
 */
export function startOn(
  robot: RobotSpec,
  terrain: TiledTerrain | undefined,
  seed: number,
  companions: readonly CompanionSpec[] = [],
): InitialState {
  if (terrain === undefined) return {};
  const rng = new Rng(seed).fork("start");
  const [centreX, centreY] = terrain.spawn(rng);
  const x = centreX + rng.uniform(-START_SPREAD, START_SPREAD);
  const y = centreY + rng.uniform(-START_SPREAD, START_SPREAD);
  const yaw = rng.uniform(-Math.PI, Math.PI);
  const onGround = (x: number, y: number, { standingHeight }: RobotSpec) =>
    [x, y, terrain.clearHeightAt(x, y) + standingHeight] as const;
  const start = { basePos: onGround(x, y, robot), yaw };
  if (companions.length === 0) return start;
  return {
    ...start,
    companions: companions.map((companion) => {
      const { basePos, yaw } = beside(start, companion.place);
      return { basePos: onGround(...basePos, companion.robot), yaw };
    }),
  };
}

/** Half the width of the square in which starts are drawn, m: the flat middle of stairs and slopes. */
const START_SPREAD = 0.5;
