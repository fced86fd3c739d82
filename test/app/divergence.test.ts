import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { writeDivergence } from "../../src/app/divergence.ts";
import { loadWorld } from "../../src/app/worlds.ts";
import {
  compileWorld,
  createJointTargets,
  DivergedError,
  Engine,
  Plant,
  PlantConfig,
} from "../../src/sim/index.ts";
import { contrapposto } from "../support/run-cli.ts";

it("what play leaves where the physics broke is run again by replay, and breaks again", async () => {
  const request = { robot: "h1", scene: "flat", seed: 0 };
  const config = PlantConfig.parse({ timestep: 0.02, decimation: 1 });
  const engine = await Engine.load();
  const world = loadWorld(request);
  using plant = new Plant(engine.simulate(compileWorld(engine, world, config).model), world.robot, config);
  const targets = createJointTargets(world.robot);
  targets.kd.fill(1e7); // far beyond what an explicit step can damp
  let broken: unknown;
  for (let step = 0; step < 50 && broken === undefined; step++) {
    try {
      plant.step(targets);
    } catch (error) {
      broken = error;
    }
  }
  expect(broken).toBeInstanceOf(DivergedError);
  const file = join(await mkdtemp(join(tmpdir(), "contrapposto-")), "diverged.json");
  await writeDivergence(file, { ...request, plant: config }, broken as DivergedError);
  const { status, stdout } = await contrapposto("replay", file, "--json");
  expect(status).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({
    verified: true,
    robot: "h1",
    problem: (broken as DivergedError).problem,
  });
});

it("replay refuses a JSON file that is something else", async () => {
  const { status, stderr } = await contrapposto("replay", "package.json");
  expect(status).toBe(2);
  expect(stderr).toMatch(/"package\.json" is no kept divergence/);
});
