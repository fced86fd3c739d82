import { describe, expect, it } from "vitest";
import { Rng } from "../../../src/common/index.ts";
import { Engine } from "../../../src/sim/engine/index.ts";
import type { Plant } from "../../../src/sim/plant/plant.ts";
import { H12World } from "../../support/h1-2-plant.ts";
import { SLEDGE_MASS, SledgeYard, stepByHand, targetsAt } from "./sledge.ts";

const engine = await Engine.load();
const rest = targetsAt(0, 0, 0, 0);

/** Vertical load on both feet, N, averaged over the last second of two. */
function load(plant: Plant): number {
  const feet = { pos: new Float64Array(6), vel: new Float64Array(6), force: new Float64Array(6) };
  let sum = 0;
  for (let step = 0; step < 100; step++) {
    plant.step(rest);
    plant.readFeet(feet);
    if (step >= 50) sum += (feet.force[2] + feet.force[5]) / 50;
  }
  return sum;
}

describe("motor deviations", () => {
  it.each([
    ["kpScale", { kp: 1.25 }],
    ["kdScale", { kd: 1.5 }],
    ["torqueScale", { torque: 0.75 }],
  ] as const)("%s multiplies what its name says, bit for bit", (name, scale) => {
    const [factor] = Object.values(scale);
    using yard = new SledgeYard(engine, { randomization: { [name]: [factor, factor] } });
    const plant = yard.plant();
    using byHand = engine.simulate(yard.model);
    byHand.restore(plant.simulation.save());
    for (let step = 0; step < 20; step++) {
      const targets = targetsAt(0.1, -0.1, Math.sin(step), Math.cos(step));
      plant.step(targets);
      for (let k = 0; k < plant.config.decimation; k++) stepByHand(byHand, plant, targets, scale);
      expect(plant.stateHash()).toBe(byHand.hash());
    }
  });

  it("have the same effect on the engine's servo", () => {
    const run = (randomization: object, gain: number) => {
      using yard = new SledgeYard(engine, { actuation: "position", randomization });
      const plant = yard.plant();
      const targets = targetsAt(0, 0, 1, 0.5);
      for (let j = 0; j < 4; j++) targets.kp[j] *= gain;
      for (let step = 0; step < 20; step++) plant.step(targets);
      return plant.stateHash();
    };
    expect(run({ kpScale: [1.25, 1.25] }, 1)).toBe(run({}, 1.25));
    expect(run({ kpScale: [1.25, 1.25] }, 1)).not.toBe(run({}, 1));
  });

  it("are drawn for each joint on its own, within their range, anew at each reset", () => {
    using yard = new SledgeYard(engine, {
      randomization: { kpScale: [0.8, 1.2], jointFriction: [0.1, 0.2] },
    });
    const plant = yard.plant();
    const draws = [1, 2].map((seed) => {
      plant.reset(new Rng(seed));
      return [...plant.randomization.motors.kpScale, ...plant.randomization.motors.friction];
    });
    expect(new Set(draws.flat()).size).toBe(16);
    for (const draw of draws) {
      expect(draw.slice(0, 4).every((value) => value >= 0.8 && value < 1.2)).toBe(true);
      expect(draw.slice(4).every((value) => value >= 0.1 && value < 0.2)).toBe(true);
    }
  });

  it.each(["torque", "position"])(
    "joint friction brakes a spinning joint by friction over inertia (%s)",
    (actuation) => {
      const config = {
        actuation,
        timestep: 0.001,
        decimation: 1,
        randomization: { jointFriction: [0.05, 0.05] },
      };
      using yard = new SledgeYard(engine, config, "0 0 0");
      const plant = yard.plant();
      const limp = targetsAt(0, 0, 0, 0);
      limp.kp.fill(0);
      limp.kd.fill(0);
      const dof = plant.index.dof[3];
      plant.simulation.views.qvel[dof] = 3;
      plant.simulation.forward();
      // The base is far heavier than the hand, but not infinitely: the effective inertia is 1 / (M^-1)_dd.
      const acceleration = -0.05 * inverseDiagonal(plant, dof);
      const before = plant.simulation.views.qvel[dof];
      for (let step = 0; step < 10; step++) plant.step(limp);
      const measured = (plant.truth.dq[3] - before) / 0.01;
      expect(measured / acceleration).toBeCloseTo(1, 1);
      expect(plant.truth.tau[3]).toBe(0); // the motor itself did nothing
    },
  );
});

function inverseDiagonal(plant: Plant, dof: number): number {
  const n = plant.simulation.model.sizes.nv;
  const matrix = plant.simulation.massMatrix();
  // Gauss-Jordan on [M | e_dof]; M is small and positive definite.
  const rows = Array.from({ length: n }, (_, i) => [...matrix.slice(n * i, n * i + n), Number(i === dof)]);
  for (let p = 0; p < n; p++) {
    const pivot = rows[p].map((value) => value / rows[p][p]);
    rows[p] = pivot;
    for (let i = 0; i < n; i++)
      if (i !== p) rows[i] = rows[i].map((value, k) => value - rows[i][p] * pivot[k]);
  }
  return rows[dof][n];
}

describe("foot friction", () => {
  /** Acceleration along x under a steady push, m/s², over two seconds; a second before, so that it no longer rocks. */
  function slide(friction: number, push: number): number {
    using yard = new SledgeYard(engine, { randomization: { footFriction: [friction, friction] } });
    const plant = yard.plant();
    for (let step = 0; step < 25; step++) plant.step(rest);
    plant.applyForce("pelvis", [push, 0, 0]);
    for (let step = 0; step < 50; step++) plant.step(rest);
    const before = plant.simulation.views.qvel[0];
    for (let step = 0; step < 100; step++) plant.step(rest);
    return (plant.simulation.views.qvel[0] - before) / 2;
  }
  const weight = SLEDGE_MASS * 9.81;

  it.each([0.2, 0.5, 0.8])(
    "of %d holds below Coulomb's limit and slides above it by the surplus",
    (friction) => {
      expect(Math.abs(slide(friction, 0.85 * friction * weight))).toBeLessThan(0.01);
      const surplus = slide(friction, 1.5 * friction * weight);
      expect(surplus / (0.5 * friction * 9.81)).toBeCloseTo(1, 1);
    },
  );

  it("is the feet's own say: the floor's friction of 1 does not win", () => {
    expect(slide(0.2, 0.5 * weight)).toBeGreaterThan(2);
  });
});

describe("masses", () => {
  const added = (randomization: object) => {
    using yard = new SledgeYard(engine, { randomization });
    return load(yard.plant()) / 9.81 - SLEDGE_MASS;
  };

  it("show on the scales: nothing, a heavier base, heavier links, a payload in the hand", () => {
    expect(added({})).toBeCloseTo(0, 3);
    expect(added({ baseMassAdded: [5, 5] })).toBeCloseTo(5, 3);
    expect(added({ linkMassScale: [1.1, 1.1] })).toBeCloseTo(0.1 * SLEDGE_MASS, 3);
    expect(added({ handPayload: [0.7, 0.7] })).toBeCloseTo(0.7, 3);
  });

  it("are felt by a push: F = m a", () => {
    using yard = new SledgeYard(
      engine,
      { decimation: 1, randomization: { baseMassAdded: [6.5, 6.5] } },
      "0 0 0",
    );
    const plant = yard.plant();
    plant.applyForce("pelvis", [40, 0, 0]);
    plant.step(rest);
    const total = SLEDGE_MASS + 6.5;
    // The force acts at the trunk's centre; momentum is F t whatever the parts do.
    let momentum = 0;
    const { body_mass } = yard.model.views;
    const { cvel, subtree_com, xipos } = plant.simulation.views;
    plant.simulation.forward();
    for (let body = 1; body < yard.model.sizes.nbody; body++) {
      const [rz, ry] = [xipos[3 * body + 2] - subtree_com[3 + 2], xipos[3 * body + 1] - subtree_com[3 + 1]];
      momentum += body_mass[body] * (cvel[6 * body + 3] + cvel[6 * body + 1] * rz - cvel[6 * body + 2] * ry);
    }
    expect(momentum).toBeCloseTo(40 * 0.002, 10);
    expect(body_mass.slice(1).reduce((a, b) => a + b)).toBeCloseTo(total, 12);
  });

  it("bring inertia along, and the mass of each subtree, so that the centre of mass is right", () => {
    using yard = new SledgeYard(engine, {
      randomization: { linkMassScale: [0.8, 1.2], baseMassAdded: [3, 3] },
    });
    const { body_mass, body_inertia, body_subtreemass, body_parentid } = yard.model.views;
    const published = { mass: body_mass.slice(), inertia: body_inertia.slice() };
    const plant = yard.plant();
    plant.reset(new Rng(5), { basePos: [3, -2, 0.1] });
    const sums = new Float64Array(yard.model.sizes.nbody);
    for (let body = sums.length - 1; body > 0; body--) {
      sums[body] += body_mass[body];
      sums[body_parentid[body]] += sums[body];
      expect(body_subtreemass[body]).toBeCloseTo(sums[body], 12);
      for (let axis = 0; axis < 3; axis++) {
        const ratio = body_inertia[3 * body + axis] / published.inertia[3 * body + axis];
        if (published.mass[body] > 0) expect(ratio).toBeCloseTo(body_mass[body] / published.mass[body], 12);
      }
    }
    const { xipos, subtree_com } = plant.simulation.views;
    for (let axis = 0; axis < 3; axis++) {
      let centre = 0;
      for (let body = 1; body < sums.length; body++)
        centre += (body_mass[body] * xipos[3 * body + axis]) / sums[1];
      expect(subtree_com[3 + axis]).toBeCloseTo(centre, 12);
    }
  });

  it("never fall below a tenth of what was published", () => {
    using yard = new SledgeYard(engine, { randomization: { baseMassAdded: [-50, -50] } });
    yard.plant();
    expect(yard.model.views.body_mass[yard.model.index("body", "pelvis")]).toBeCloseTo(1, 12);
  });

  it("hang payload on the arms' last moving bodies alone, also where a fixed body lies between joints", () => {
    using yard = new SledgeYard(engine, { randomization: { handPayload: [2, 2] } });
    const before = yard.model.views.body_mass.slice();
    yard.plant();
    const heavier = yard.model.names("body").filter((_, i) => yard.model.views.body_mass[i] > before[i]);
    expect(heavier).toEqual(["hand"]);
  });

  it("find both hands of the H1-2, below its fused wrists", () => {
    using world = new H12World(engine, { randomization: { handPayload: [1, 1] } });
    const { body_mass } = world.model.views;
    const elbow = world.model.index("body", "left_elbow_pitch_link");
    expect(body_mass[elbow]).toBeCloseTo(2.1738 + 1, 3);
    expect(body_mass[world.model.index("body", "torso_link")]).toBeCloseTo(17.789, 6);
  });

  it("shift the torso's centre of mass within the box that was asked for", () => {
    using yard = new SledgeYard(engine, { randomization: { comOffset: [0.1, 0, 0.05] } });
    const { body_ipos } = yard.model.views;
    const pelvis = 3 * yard.model.index("body", "pelvis");
    const plant = yard.plant();
    const shifts = Array.from({ length: 200 }, (_, seed) => {
      plant.reset(new Rng(seed));
      return [...body_ipos.slice(pelvis, pelvis + 3)];
    });
    for (const [axis, limit] of [0.1, 0, 0.05].entries()) {
      const largest = Math.max(...shifts.map((shift) => Math.abs(shift[axis])));
      expect(largest).toBeLessThanOrEqual(limit);
      expect(largest).toBeGreaterThanOrEqual(0.95 * limit);
    }
  });
});

describe("worlds that share a model", () => {
  const randomization = {
    footFriction: [0.3, 1.2],
    baseMassAdded: [-3, 5],
    linkMassScale: [0.8, 1.2],
    comOffset: [0.02, 0.02, 0.02],
    kpScale: [0.8, 1.2],
    kdScale: [0.8, 1.2],
    actionDelay: [0, 0.02],
  };
  const drive = (plant: Plant, step: number) =>
    plant.step(targetsAt(0.1 * Math.sin(step), 0, Math.sin(0.3 * step), 0.5));

  it.each(["torque", "position"])(
    "step as each would alone, in whatever order they are made and reset (%s)",
    (actuation) => {
      const config = { actuation, timestep: 0.004, decimation: 5, randomization };
      const alone = [1, 2, 3].map((seed) => {
        using yard = new SledgeYard(engine, config);
        const plant = yard.plant();
        plant.reset(new Rng(seed));
        for (let step = 0; step < 30; step++) drive(plant, step);
        return plant.stateHash();
      });
      using yard = new SledgeYard(engine, config);
      const plants = [1, 2, 3].map(() => yard.plant());
      for (const i of [2, 0, 1]) plants[i].reset(new Rng(i + 1));
      for (let step = 0; step < 30; step++) for (const i of [1, 2, 0]) drive(plants[i], step);
      expect(plants.map((plant) => plant.stateHash())).toEqual(alone);
      expect(new Set(alone).size).toBe(3);
    },
  );

  it("draw around the published masses, not around those of the world before them", () => {
    using yard = new SledgeYard(engine, { randomization: { linkMassScale: [1.2, 1.2] } });
    for (let i = 0; i < 5; i++) yard.plant();
    expect(yard.model.views.body_mass[yard.model.index("body", "pelvis")]).toBeCloseTo(12, 12);
  });
});

describe("an episode's parameters", () => {
  it("say what they are for the robot as a whole: as published, and as the world was made", () => {
    const config = {
      randomization: {
        baseMassAdded: [3, 3],
        handPayload: [2, 2],
        comOffset: [0.1, 0, 0.05],
        footFriction: [0.4, 0.4],
        actionDelay: [0.01, 0.01],
      },
    };
    using yard = new SledgeYard(engine, config);
    const plant = yard.plant();
    const { body_ipos } = yard.model.views;
    const pelvis = 3 * yard.model.index("body", "pelvis");
    plant.reset(new Rng(1), {}, 0);
    expect([...plant.randomization.drawn]).toEqual([0, 0, 0, 0, 0, 1, 0]);
    const published = [...body_ipos.slice(pelvis, pelvis + 3)];
    plant.reset(new Rng(1));
    plant.step(rest);
    const [added, payload, x, y, z, friction, delay] = plant.randomization.drawn;
    expect([added, payload, y, friction]).toEqual([3, 2, 0, 0.4]);
    expect(delay).toBeCloseTo(0.01, 9);
    expect(published[0] + x).toBeCloseTo(body_ipos[pelvis], 12);
    expect(published[2] + z).toBeCloseTo(body_ipos[pelvis + 2], 12);
    expect(x).not.toBe(0);
  });

  it("depend on the random source alone", () => {
    const config = {
      randomization: { kpScale: [0.5, 1.5], footFriction: [0.2, 1], linkMassScale: [0.9, 1.1] },
    };
    const run = (episodesBefore: number) => {
      using yard = new SledgeYard(engine, config);
      const plant = yard.plant();
      for (let i = 0; i < episodesBefore; i++) {
        plant.reset(new Rng(100 + i));
        plant.applyForce("pelvis", [5, 0, 0]);
        for (let step = 0; step < 3; step++) plant.step(targetsAt(0.1, 0.1, 1, 1));
      }
      plant.reset(new Rng(7));
      for (let step = 0; step < 10; step++) plant.step(targetsAt(0, 0, 0.5, 0.5));
      return plant.stateHash();
    };
    expect(run(0)).toBe(run(4));
  });
});
