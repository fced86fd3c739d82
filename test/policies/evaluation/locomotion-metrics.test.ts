import { describe, expect, it } from "vitest";
import { Rng } from "../../../src/common/index.ts";
import { LocomotionMetrics } from "../../../src/policies/evaluation/locomotion-metrics.ts";
import type { Policy } from "../../../src/policies/index.ts";
import { createJointTargets, Engine } from "../../../src/sim/index.ts";
import { H12World } from "../../support/h1-2-plant.ts";

describe("what is measured of a walk", () => {
  it("tells how fast the fastest joint was, and how far beyond 80 % of its limit on average", async () => {
    using world = new H12World(await Engine.load());
    const { plant } = world;
    plant.reset(new Rng(1));
    const metrics = new LocomotionMetrics();
    metrics.start(plant);
    const [knee, ankle] = ["left_knee_joint", "left_ankle_pitch_joint"].map((name) =>
      plant.robot.joints.findIndex((joint) => joint.name === name),
    );
    const policy = {} as Policy;
    const targets = createJointTargets(plant.robot);
    const step = (shares: Readonly<Record<number, number>>) => {
      plant.truth.dq.fill(0);
      for (const [j, share] of Object.entries(shares))
        plant.truth.dq[Number(j)] = share * plant.robot.joints[Number(j)].velocityLimit;
      metrics.step({ plant, policy, targets, push: undefined, hasFallen: false });
    };
    step({ [knee]: 0.5, [ankle]: -0.79 });
    step({ [knee]: 0.9, [ankle]: -1.2 });
    step({ [knee]: 0.85 });
    step({});
    expect(metrics.metrics.peakVelocityShare).toBeCloseTo(1.2, 12);
    expect(metrics.metrics.overspeed).toBeCloseTo((0.4 + 0.05) / 4, 12);
  });
});
