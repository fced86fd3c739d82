import { compileWorld, Engine, Plant, PlantConfig, type World } from "../../sim/index.ts";
import type { WorldMessage } from "../../wire/index.ts";
import type { Route } from "./live-server.ts";
import { worldsRoute } from "./routes.ts";
import { describeWorld } from "./session/describe-session.ts";

/** What a viewer needs to draw a robot that is not simulated here: the `world` message, and the files that it names. */
export async function robotPicture(world: World): Promise<{ message: WorldMessage; route: Route }> {
  const engine = await Engine.load();
  const config = PlantConfig.parse({});
  const compiled = compileWorld(engine, world, config);
  using _model = compiled.model;
  using plant = new Plant(engine.simulate(compiled.model), world.robot, config);
  const message = describeWorld({ plant, compiled }, "robot");
  return { message, route: worldsRoute(new Map([[message.worldId, world]])) };
}
