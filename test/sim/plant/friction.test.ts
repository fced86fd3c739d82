import { describe, expect, it } from "vitest";
import { createJointTargets } from "../../../src/sim/control-state.ts";
import { Engine } from "../../../src/sim/engine/index.ts";
import { readModel } from "../../../src/sim/model-files/read-model.ts";
import { compilePlantModel } from "../../../src/sim/plant/plant.ts";
import { PlantConfig } from "../../../src/sim/plant/plant-config.ts";
import { h12 } from "../../../src/sim/robots/h1-2.ts";
import { H12World, h12Models } from "../../support/h1-2-plant.ts";
import { ROOT } from "../../support/run-cli.ts";

const engine = await Engine.load();

/** How fast the feet of an H1-2 part that stands in its default pose and presses them apart with its hips, mm/s. */
function parting(friction: "firm" | "soft"): number {
  using world = new H12World(engine, { friction });
  const { plant } = world;
  const targets = createJointTargets(plant.robot);
  for (const [j, { name, default: angle, kp, kd }] of plant.robot.joints.entries()) {
    const outward = name === "left_hip_roll_joint" ? 0.1 : name === "right_hip_roll_joint" ? -0.1 : 0;
    targets.q[j] = angle + outward;
    targets.kp[j] = kp;
    targets.kd[j] = kd;
  }
  const feet = { pos: new Float64Array(6), vel: new Float64Array(6), force: new Float64Array(6) };
  const spreadAfter = (steps: number) => {
    for (let step = 0; step < steps; step++) plant.step(targets);
    plant.readFeet(feet);
    expect(feet.force[2] + feet.force[5]).toBeGreaterThan(500);
    return feet.pos[1] - feet.pos[4];
  };
  const settled = spreadAfter(15);
  return (1000 * (spreadAfter(30) - settled)) / (30 * plant.controlTimestep);
}

describe("how stiff friction is", () => {
  const stiffness = (scene: string, friction: "firm" | "soft") => {
    const config = PlantConfig.parse({ friction, visuals: false });
    using model = compilePlantModel(
      engine,
      h12,
      { ...h12Models, scene: readModel(`${ROOT}scenes/${scene}`) },
      config,
    );
    return [model.options.cone, model.options.impratio];
  };

  it("is MuJoCo's own for soft feet, and four times that on elliptic cones for firm ones", () => {
    expect(stiffness("flat.xml", "soft")).toEqual([0, 1]);
    expect(stiffness("flat.xml", "firm")).toEqual([1, 4]);
  });

  it("stays what a scene asks for that asks for more", () => {
    expect(stiffness("manipulation/bench.xml", "firm")).toEqual([1, 8]);
  });
});

describe("feet that bear a load and press sideways", () => {
  it("stay where they are, to a millimetre a second", () => {
    expect(Math.abs(parting("firm"))).toBeLessThan(1.2);
  });

  it("creep under MuJoCo's own friction", () => {
    expect(parting("soft")).toBeGreaterThan(5);
  });
});
