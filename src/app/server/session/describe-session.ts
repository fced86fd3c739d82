import { hashText } from "../../../common/index.ts";
import type { ControlSession } from "../../../policies/index.ts";
import {
  type CompiledWorld,
  controlTimestep,
  type Plant,
  type RobotSpec,
  SCENES,
  type World,
} from "../../../sim/index.ts";
import { listRobots } from "../../../sim/node.ts";
import type { CatalogueMessage, ModelDescription, WorldMessage } from "../../../wire/index.ts";
import { ROBOT_PLACES } from "../../robot-places.ts";
import type { PolicyShelf } from "./policy-shelf.ts";

/** Levels of generated ground that `scene:level` takes. */
const LEVELS = 10;

/** The `world` message of a simulation, from which a client can compile the same model. */
export function describeWorld(
  { plant, compiled }: { readonly plant: Plant; readonly compiled: Pick<CompiledWorld, "world"> },
  kind: WorldMessage["kind"] = "simulation",
): WorldMessage {
  const { robot, config, modelHash, simulation } = plant;
  const { sceneName } = compiled.world;
  const companions = describeCompanions(compiled.world);
  const worldId = hashText(JSON.stringify([modelHash, robot, sceneName, config, ...companions]));
  return {
    op: "world",
    worldId,
    kind,
    robot: described(robot),
    sceneName,
    controlTimestep: controlTimestep(config),
    engine: simulation.model.mujoco.mj_versionString(),
    modelHash,
    plant: { ...config },
    model: modelOf(worldId, compiled.world),
    ...(companions.length === 0 ? {} : { companions }),
  };
}

function describeCompanions({ companions = [] }: World): NonNullable<WorldMessage["companions"]> {
  return companions.map(({ name, robot, robotModel, place: [x, y, yaw] }) => ({
    ...{ name, robot: described(robot), robotMain: robotModel.main },
    place: [x, y, yaw],
  }));
}

function described(robot: RobotSpec): WorldMessage["robot"] {
  return structuredClone(robot) as WorldMessage["robot"];
}

/** Where clients find the files of a world, and which to begin with. */
export function modelOf(worldId: string, { robotModel, scene }: World): ModelDescription {
  return {
    url: worldPath(worldId),
    robotMain: robotModel.main,
    scene: "kind" in scene ? { ...scene } : scene.main,
  };
}

/** Where a world's files are on the server. */
export function worldPath(worldId: string): string {
  return `/api/worlds/${worldId}.zip`;
}

/** What somebody who watches a session can choose. */
export function describeChoice(session: ControlSession, shelf: PolicyShelf): CatalogueMessage {
  const library = session.motions;
  return {
    op: "catalogue",
    robots: listRobots(ROBOT_PLACES).map(({ robot: { name, title } }) => ({ name, title })),
    scenes: SCENES.map((scene) => ({
      name: scene.name,
      about: scene.description,
      levels: "file" in scene ? 0 : LEVELS,
    })),
    policies: shelf.entries,
    motions: (library?.motions ?? []).map(({ name, tags }) => ({
      name,
      seconds: library?.get(name).seconds ?? 0,
      tags: [...tags],
    })),
  };
}
