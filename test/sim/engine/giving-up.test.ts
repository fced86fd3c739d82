import { expect, it } from "vitest";
import { DivergedError, Engine } from "../../../src/sim/engine/index.ts";

const engine = await Engine.load();

it("reports an engine that runs out of contact memory in a step, and is as new after a reset", () => {
  const balls = Array.from(
    { length: 30 },
    (_, i) => `<body pos="${0.3 * i} 0 .2"><freejoint/><geom size=".1"/></body>`,
  );
  // Enough for the balls in the air, and for some contacts' bookkeeping, but not for solving 30 at once.
  using model = engine.compile(
    `<mujoco><size memory="60K"/><worldbody><geom type="plane" size="50 5 .1"/>${balls.join("")}</worldbody></mujoco>`,
  );
  using simulation = engine.simulate(model);
  for (let ball = 0; ball < 30; ball++) simulation.views.qpos[7 * ball + 2] = 0.05;
  expect(() => simulation.step()).toThrow(DivergedError);
  expect(() => simulation.forward()).toThrow(
    /diverged at 0\.000 s: the engine gave up: .*out of memory.*<size memory/,
  );
  simulation.reset();
  using fresh = engine.simulate(model);
  for (const each of [simulation, fresh]) for (let step = 0; step < 5; step++) each.step();
  expect(simulation.hash()).toBe(fresh.hash());
});
