import { describe, expect, it } from "vitest";
import { createJointTargets } from "../../../src/sim/control-state.ts";
import { Engine } from "../../../src/sim/engine/index.ts";
import { H12World } from "../../support/h1-2-plant.ts";

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

describe("feet that bear a load and press sideways", () => {
  it("stay where they are, to a millimetre a second", () => {
    expect(Math.abs(parting("firm"))).toBeLessThan(1.2);
  });

  it("creep under MuJoCo's own friction", () => {
    expect(parting("soft")).toBeGreaterThan(5);
  });
});
