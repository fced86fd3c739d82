import { describe, expect, it } from "vitest";
import { Engine } from "../../../src/sim/engine/index.ts";
import type { PlantConfig } from "../../../src/sim/plant/plant-config.ts";
import { h12 } from "../../../src/sim/robots/h1-2.ts";
import { jointIndices } from "../../../src/sim/robots/robot.ts";
import { H12World } from "../../support/h1-2-plant.ts";

const engine = await Engine.load();

/** Names of geoms that touch while a robot in the air crosses its legs. */
function touchingAcrossLegs(collisions: PlantConfig["collisions"]): string[] {
  using world = new H12World(engine, { collisions });
  const { simulation, index } = world.plant;
  const { qpos } = simulation.views;
  qpos[index.baseQpos + 2] = 2;
  const [left, right] = jointIndices(h12, ["left_hip_roll_joint", "right_hip_roll_joint"]);
  qpos[index.qpos[left]] = -0.2;
  qpos[index.qpos[right]] = 0.2;
  simulation.forward();
  const names = world.model.names("geom");
  return simulation.contacts().flatMap(({ geoms }) => geoms.map((geom) => names[geom]));
}

describe("what may touch", () => {
  it("leaves crossed feet their contact where feet alone count, or legs learn to walk through each other", () => {
    const touching = new Set(touchingAcrossLegs("feet"));
    expect(touching).toEqual(new Set(["left_foot_collision", "right_foot_collision"]));
  });

  it("is everything by default, and none of the robot itself where only the world counts", () => {
    expect(touchingAcrossLegs("full")).toContain("left_foot_collision");
    expect(touchingAcrossLegs("world")).toEqual([]);
  });
});
