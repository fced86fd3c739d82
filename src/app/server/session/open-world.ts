import { UnknownNameError } from "../../../common/index.ts";
import { ControlSession, type Policy } from "../../../policies/index.ts";
import {
  type CompanionRequest,
  compileWorld,
  type Engine,
  type MotionLibrary,
  openPlant,
  type RobotSpec,
} from "../../../sim/index.ts";
import { loadMotions } from "../../motions.ts";
import { loadWorld } from "../../worlds.ts";
import type { PolicyShelf } from "./policy-shelf.ts";
import type { SessionSetup } from "./session-link.ts";

/** Which world to open, and what acts in it. */
export interface WorldChoice {
  readonly robot: string;
  readonly model: string | undefined;
  readonly scene: string;
  readonly seed: number;
  readonly policies: readonly string[];
  readonly companions?: readonly CompanionRequest[] | undefined;
}

/** Opens a world with its policies. The caller owns the session. Throws what reading, compiling and loading throw. */
export async function openWorld(
  engine: Engine,
  shelf: PolicyShelf,
  choice: WorldChoice,
  { plant: config }: Pick<SessionSetup, "plant">,
): Promise<ControlSession> {
  const world = loadWorld(choice);
  const motions = await motionsOf(world.robot);
  const compiled = compileWorld(engine, world, config);
  try {
    const plant = openPlant(engine, compiled, config);
    const policy = await shelf.controller(choice.policies, world.robot, plant.controlTimestep);
    const companions: Policy[] = [];
    for (const { robot } of plant.companions) {
      const ids = robot.name === choice.robot ? choice.policies : await shelf.readShipped(robot);
      companions.push(await shelf.controller(ids, robot, plant.controlTimestep));
    }
    const nowMs = () => performance.now();
    return new ControlSession(compiled, plant, policy, { companions, motions, seed: choice.seed, nowMs });
  } catch (error) {
    compiled.model[Symbol.dispose]();
    throw error;
  }
}

/** A robot's motions; undefined where it has none, as an imported one. */
async function motionsOf(robot: RobotSpec): Promise<MotionLibrary | undefined> {
  const library = await loadMotions(robot).catch((error: unknown) => {
    if (error instanceof UnknownNameError) return undefined;
    throw error;
  });
  return library;
}
