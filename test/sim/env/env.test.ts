import { describe, expect, it, vi } from "vitest";
import { Rng, UnknownNameError, UsageError } from "../../../src/common/index.ts";
import type { Episode } from "../../../src/sim/curriculum.ts";
import { Engine } from "../../../src/sim/engine/index.ts";
import type { Environment, ReferenceSource, Terrain } from "../../../src/sim/env.ts";
import { sledge } from "../plant/sledge.ts";
import { SledgeWorld, sledgeTask } from "./sledge-task.ts";

const engine = await Engine.load();
const STILL = Float32Array.of(0, 0, 0);

const observation = (env: Environment, name: string) => env.observations.get(name) ?? new Float32Array();

/** Everything that an environment puts out over some steps, as one text. */
function trace(env: Environment, steps: number, seed = 5): string {
  const rng = new Rng(seed);
  const lines: unknown[] = [];
  for (let step = 0; step < steps; step++) {
    env.step(Float32Array.from({ length: env.actionSize }, () => rng.uniform(-1, 1)));
    lines.push([...observation(env, "policy")], [...env.rewardTerms], env.reward, env.terminated);
    lines.push(env.plant.stateHash());
    if (env.terminated || env.timedOut) env.reset();
  }
  return JSON.stringify(lines);
}

describe("an environment", () => {
  const random = sledgeTask({
    plant: {
      timestep: 0.005,
      decimation: 4,
      randomization: { kpScale: [0.9, 1.1], linkMassScale: [0.9, 1.1], actionDelay: [0, 0.02] },
      sensors: { gyroNoise: 0.1, tiltBias: 0.02 },
    },
    observations: [
      {
        name: "policy",
        actionGroup: "feet",
        isNoisy: true,
        terms: [{ name: "base_ang_vel", noise: 0.1, history: 3 }],
      },
    ],
    pushes: { everySeconds: 0.1 },
    reset: { jointOffset: 0.2, baseVel: 0.3, yaw: 3, position: 1 },
    commands: { resampleSeconds: 0.2 },
  });

  it("repeats bit for bit with its seed, over episodes with every randomness on", () => {
    const run = (seed: number) => {
      using world = new SledgeWorld(engine, random, seed);
      return trace(world.env, 60);
    };
    const first = run(1);
    expect(run(1)).toBe(first);
    expect(run(2)).not.toBe(first);
  });

  it("hands out the same arrays at each step, overwritten", () => {
    using world = new SledgeWorld(engine, random);
    const { env } = world;
    const kept = observation(env, "policy");
    const before = [...kept];
    env.step(STILL);
    expect(observation(env, "policy")).toBe(kept);
    expect([...kept]).not.toEqual(before);
  });
});

describe("actions", () => {
  /** The joint targets that the plant got for some actions. */
  function targetsFor(actions: number[], reference?: ReferenceSource): number[] {
    using world = new SledgeWorld(engine, sledgeTask(), 1, reference === undefined ? {} : { reference });
    let q: number[] = [];
    world.env.plant.tap = {
      stepping: (_, targets) => {
        q = [...targets.q];
      },
      stepped: () => {},
      restarted: () => {},
    };
    world.env.step(Float32Array.from(actions));
    return q;
  }

  it("become targets around the default pose, group after group, joint by name", () => {
    // feet: right ankle then left, 0.25 rad a unit; arm: elbow, 0.5 rad a unit; the shoulder has no action.
    expect(targetsFor([1, -0.5, 0.25])).toEqual([-0.125, 0.25, 0, 0.125]);
  });

  it("are clipped to the bound of their group", () => {
    expect(targetsFor([9, -9, 9])).toEqual([-0.5, 0.5, 0, 4.5]); // 2 x 0.25; the arm's bound is 100
  });

  it("leave joints without an action to the reference, open loop", () => {
    const reference = { begin: () => {}, sample: (_: number, out: Float64Array) => out.set([9, 9, 0.75, 9]) };
    expect(targetsFor([0, 0, 0], reference)).toEqual([0, 0, 0.75, 0]);
  });

  it("are read from their place in a batch", () => {
    using world = new SledgeWorld(engine, sledgeTask());
    world.env.step(Float32Array.of(7, 7, 7, 1, -0.5, 0.25), 3);
    expect([...observation(world.env, "policy").slice(-2)]).toEqual([1, -0.5]);
  });

  it("that are no numbers are refused by joint name", () => {
    using world = new SledgeWorld(engine, sledgeTask());
    expect(() => world.env.step(Float32Array.of(0, NaN, 0))).toThrow(/left_ankle_joint.*NaN/);
  });
});

describe("observations", () => {
  it("of a new episode know no action yet, and then the one just taken, each group its own", () => {
    using world = new SledgeWorld(engine, sledgeTask());
    const { env } = world;
    const lastActions = () => [
      ...observation(env, "policy").slice(-2),
      ...observation(env, "critic").slice(-1),
    ];
    expect(lastActions()).toEqual([0, 0, 0]);
    env.step(Float32Array.of(0.5, 0.25, -0.75));
    expect(lastActions()).toEqual([0.5, 0.25, -0.75]);
    env.reset();
    expect(lastActions()).toEqual([0, 0, 0]);
  });

  it("are noisy where a group says so, measured where it is not privileged, and else true", () => {
    const terms = [{ name: "base_ang_vel", noise: 0.5 }];
    const task = sledgeTask({
      plant: { sensors: { gyroBias: 0.3 } },
      observations: [
        { name: "noisy", actionGroup: "feet", terms, isNoisy: true },
        { name: "measured", actionGroup: "feet", terms },
        { name: "true", actionGroup: "feet", terms, isPrivileged: true },
      ],
    });
    using world = new SledgeWorld(engine, task);
    const { env } = world;
    env.step(STILL);
    const { truth, measured } = env.plant;
    expect([...observation(env, "true")]).toEqual([...Float32Array.from(truth.baseAngVel)]);
    expect([...observation(env, "measured")]).toEqual([...Float32Array.from(measured.baseAngVel)]);
    expect([...measured.baseAngVel]).not.toEqual([...truth.baseAngVel]);
    for (let k = 0; k < 3; k++) {
      const noise = observation(env, "noisy")[k] - measured.baseAngVel[k];
      expect(Math.abs(noise)).toBeLessThanOrEqual(0.5);
      expect(noise).not.toBe(0);
    }
  });
});

describe("the reward", () => {
  it("is the sum of weight times control timestep times term, term by term", () => {
    using world = new SledgeWorld(
      engine,
      sledgeTask({ commands: { vx: [0, 0], vy: [0, 0], yawRate: [0, 0] } }),
    );
    const { env } = world;
    env.step(Float32Array.of(1, 0.5, 0));
    expect(env.rewardNames).toEqual(["alive", "action_rate", "track_lin_vel"]);
    const [alive, rate, track] = env.rewardTerms;
    expect(alive).toBeCloseTo(2 * 0.02, 15);
    expect(rate).toBeCloseTo(-1 * 0.02 * 1.25, 15);
    const [vx, vy] = env.plant.truth.baseLinVel;
    expect(track).toBeCloseTo(0.02 * Math.exp(-(vx * vx + vy * vy)), 15);
    expect(env.reward).toBeCloseTo(alive + rate + track, 15);
    env.step(Float32Array.of(1, 0.5, 0)); // the same action again: no rate
    expect(env.rewardTerms[1]).toBeCloseTo(0, 15);
  });

  it("is clipped at 0 as a sum, not term by term, where the task says so", () => {
    const rewards = { alive: { weight: 1 }, action_rate: { weight: -10 } };
    using world = new SledgeWorld(engine, sledgeTask({ rewards, isRewardPositive: true }));
    world.env.step(Float32Array.of(1, 1, 0));
    expect(world.env.reward).toBe(0);
    expect(world.env.rewardTerms[1]).toBeCloseTo(-10 * 0.02 * 2, 15);
    world.env.step(Float32Array.of(1, 1, 0));
    expect(world.env.reward).toBeCloseTo(0.02, 15);
  });

  it("weighs terms that only help learning by the curriculum's shaping, and the others in full", () => {
    const rewards = { alive: { weight: 1, isShaping: true }, action_rate: { weight: -1 } };
    using world = new SledgeWorld(engine, sledgeTask({ rewards }));
    const { env } = world;
    const termsUnder = (shaping: number) => {
      env.curriculum = { ...env.curriculum, shaping };
      env.reset();
      env.step(Float32Array.of(1, 0, 0));
      return [...env.rewardTerms];
    };
    for (const shaping of [1, 0.25, 0]) {
      const [alive, rate] = termsUnder(shaping);
      expect(alive).toBeCloseTo(0.02 * shaping, 15);
      expect(rate).toBeCloseTo(-0.02, 15);
    }
  });

  it("averages velocity and yaw rate over half a stride, beginning anew with each episode", () => {
    using world = new SledgeWorld(engine, sledgeTask({ pushes: undefined, reset: { baseVel: 0.3 } }));
    const { env } = world;
    const { baseLinVel, baseAngVel } = env.plant.truth;
    const moving = () => [baseLinVel[0], baseLinVel[1], baseAngVel[2]];
    let travel = moving();
    expect(env.mdp.travel).toEqual(Float64Array.from(travel));
    for (let step = 0; step < 10; step++) {
      env.step(STILL);
      const now = moving();
      travel = travel.map((mean, axis) => mean + (0.02 / 0.4) * (now[axis] - mean));
      for (const [axis, mean] of travel.entries()) expect(env.mdp.travel[axis]).toBeCloseTo(mean, 12);
    }
    env.reset();
    for (const [axis, value] of moving().entries()) expect(env.mdp.travel[axis]).toBeCloseTo(value, 12);
  });

  it("judges a step by the command that was asked for during it, not by one drawn at its end", () => {
    const commands = { vx: [-1, 1], vy: [0, 0], deadZone: 0, resampleSeconds: 0.02 };
    const rewards = { track_lin_vel: { weight: 1 } };
    using world = new SledgeWorld(engine, sledgeTask({ commands, rewards }));
    const { env } = world;
    const asked = env.plant.truth.command[0];
    env.step(STILL);
    const [vx, vy] = env.plant.truth.baseLinVel;
    expect(env.plant.truth.command[0]).not.toBe(asked);
    expect(env.reward).toBeCloseTo(0.02 * Math.exp(-((asked - vx) ** 2 + vy * vy) / 0.25), 15);
  });
});

describe("the end of an episode", () => {
  it("comes after its time as a time-out, on the step", () => {
    using world = new SledgeWorld(engine, sledgeTask());
    const { env } = world;
    const ends: number[] = [];
    for (let step = 1; step <= 20; step++) {
      env.step(STILL);
      if (env.timedOut) ends.push(step);
      expect(env.terminated).toBe(false);
    }
    expect(ends).toEqual([20]); // 0.4 s of 0.02 s
  });

  it("comes with a fall as a termination, also on the last step", () => {
    using world = new SledgeWorld(engine, sledgeTask({ rewards: { fall: { weight: -50 } } }));
    const { env } = world;
    const tipOver = () => env.plant.simulation.views.qpos.set([0, 0, 0.6, Math.SQRT1_2, Math.SQRT1_2, 0, 0]);
    tipOver();
    env.step(STILL);
    expect([env.terminated, env.timedOut]).toEqual([true, false]);
    expect(env.reward).toBeCloseTo(-50 * 0.02, 12);
    env.reset();
    expect([env.terminated, env.timedOut]).toEqual([false, false]);
    for (let step = 1; step <= 20; step++) {
      if (step === 20) tipOver();
      env.step(STILL);
    }
    expect([env.terminated, env.timedOut]).toEqual([true, false]);
  });
});

describe("an episode that begins part-way", () => {
  it("has so many steps behind it, and ends by that much sooner", () => {
    using world = new SledgeWorld(engine, sledgeTask());
    const { env } = world;
    env.reset(15);
    expect([env.plant.truth.step, env.plant.truth.time]).toEqual([15, 0.3]);
    const ends: number[] = [];
    for (let step = 1; step <= 5; step++) {
      env.step(STILL);
      if (env.timedOut) ends.push(step);
    }
    expect(ends).toEqual([5]);
  });

  it("begins at any step of the episode", () => {
    using world = new SledgeWorld(engine, sledgeTask());
    const begun = Array.from({ length: 200 }, () => {
      world.env.resetPartWay();
      return world.env.plant.truth.step;
    });
    expect([...new Set(begun)].sort((a, b) => a - b)).toEqual(Array.from({ length: 20 }, (_, step) => step));
  });
});

describe("commands and pushes", () => {
  it("are drawn at the start and every so often, and observed at once", () => {
    const commands = { vx: [0.3, 0.7], resampleSeconds: 0.1 };
    using world = new SledgeWorld(engine, sledgeTask({ commands, episodeSeconds: 10 }));
    const { env } = world;
    const observed: number[] = [observation(env, "policy")[3]];
    for (let step = 0; step < 20; step++) {
      env.step(STILL);
      observed.push(observation(env, "policy")[3]);
      expect(observed[step + 1]).toBe(Math.fround(env.plant.truth.command[0]));
    }
    const changes = observed.flatMap((value, step) =>
      step > 0 && value !== observed[step - 1] ? [step] : [],
    );
    expect(changes).toEqual([5, 10, 15, 20]);
  });

  it("push the base when due, and the velocity is observed at once", () => {
    const pushes = { everySeconds: 0.1, speed: 0.5, shape: "circle" as const };
    using world = new SledgeWorld(engine, sledgeTask({ pushes, episodeSeconds: 10 }));
    const { env } = world;
    const speeds: number[] = [];
    for (let step = 1; step <= 10; step++) {
      env.step(STILL);
      const [vx, vy] = observation(env, "critic");
      speeds.push(Math.hypot(vx, vy));
    }
    const pushed = speeds.flatMap((speed, i) => (speed > 0.4 ? [i + 1] : []));
    expect(pushed).toContain(5);
    expect(pushed.filter((step) => step < 5)).toEqual([]);
  });

  it("follow a new curriculum from the next episode on", () => {
    using world = new SledgeWorld(engine, sledgeTask({ episodeSeconds: 10 }));
    const { env } = world;
    const fast = { ...env.curriculum.commands, vx: [2, 3] as [number, number] };
    env.curriculum = { ...env.curriculum, commands: fast };
    expect(env.plant.truth.command[0]).toBeLessThan(1);
    env.reset();
    expect(env.plant.truth.command[0]).toBeGreaterThanOrEqual(2);
  });
});

describe("a reset", () => {
  it("starts in the default pose, a little above the ground, when nothing is randomised", () => {
    using world = new SledgeWorld(engine, sledgeTask({ reset: { drop: 0.05 } }));
    const { truth } = world.env.plant;
    expect([...truth.q]).toEqual([0, 0, 0, 0]);
    expect([...truth.basePos]).toEqual([0, 0, sledge.standingHeight + 0.05]);
  });

  it("draws pose, place, heading and velocity within the bounds of the config", () => {
    const reset = { jointOffset: 0.3, position: 2, yaw: 1, baseVel: 0.5, drop: 0 };
    using world = new SledgeWorld(engine, sledgeTask({ reset }));
    const { env } = world;
    const draws = Array.from({ length: 300 }, () => {
      env.reset();
      const { q, basePos } = env.plant.truth;
      const { qvel, qpos } = env.plant.simulation.views;
      const yaw = 2 * Math.atan2(qpos[6], qpos[3]);
      return [q[0], q[3], basePos[0], basePos[1], yaw, ...qvel.slice(0, 6)];
    });
    for (const [i, bound] of [0.3, 0.3, 2, 2, 1, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5].entries()) {
      const values = draws.map((draw) => draw[i]);
      expect(Math.max(...values.map(Math.abs))).toBeLessThanOrEqual(bound + 1e-12);
      expect(Math.max(...values)).toBeGreaterThan(0.9 * bound);
      expect(Math.min(...values)).toBeLessThan(-0.9 * bound);
    }
  });

  it("keeps joints inside their range", () => {
    using world = new SledgeWorld(engine, sledgeTask({ reset: { jointOffset: 50 } }));
    for (let i = 0; i < 50; i++) {
      world.env.reset();
      for (const angle of world.env.plant.truth.q) expect(Math.abs(angle)).toBeLessThanOrEqual(2);
    }
  });

  it("stands on the terrain, at a place that the terrain gives", () => {
    const terrain: Terrain = { heightAt: (x, y) => x + 10 * y, spawn: () => [3, 0.5] };
    using world = new SledgeWorld(engine, sledgeTask({ reset: { drop: 0 } }), 1, { terrain });
    expect([...world.env.plant.truth.basePos]).toEqual([3, 0.5, 8 + sledge.standingHeight]);
    expect(world.env.mdp.groundHeight).toBe(8);
  });

  it("lets a reference choose what the episode asks for, under the present curriculum", () => {
    const begun: number[] = [];
    const reference: ReferenceSource = {
      begin: (rng, { motionAmplitude }) => begun.push(motionAmplitude, rng.uniform()),
      sample: (time, out) => out.fill(time),
    };
    using world = new SledgeWorld(engine, sledgeTask({ episodeSeconds: 10 }), 1, { reference });
    const { env } = world;
    const observed = () => [...observation(env, "critic").slice(3, 7)];
    expect(observed()).toEqual([0, 0, 0, 0]);
    env.step(STILL);
    env.step(STILL);
    expect(observed()).toEqual(new Array(4).fill(Math.fround(0.04)));
    env.curriculum = { ...env.curriculum, motionAmplitude: 0.25 };
    env.reset();
    expect([begun.length, begun[0], begun[2]]).toEqual([4, 1, 0.25]);
    expect(observed()).toEqual([0, 0, 0, 0]);
  });

  it("draws how hard the episode is: one share of the arm motion and the spread of starts, and none of the pushes", () => {
    const amplitudes: number[] = [];
    const reference: ReferenceSource = {
      begin: (_rng, { motionAmplitude }) => amplitudes.push(motionAmplitude),
      sample: (_time, out) => out.fill(0),
    };
    const task = sledgeTask({
      leastHardness: 0.2,
      episodeSeconds: 10,
      pushes: { everySeconds: 0.02, speed: 0.5, shape: "circle" as const },
      reset: { jointOffset: 0.4 },
    });
    using world = new SledgeWorld(engine, task, 1, { reference });
    const { env } = world;
    const kick = vi.spyOn(env.plant, "kick");
    env.curriculum = { ...env.curriculum, motionAmplitude: 0.5 };
    amplitudes.length = 0;
    let widest = 0;
    for (let i = 0; i < 200; i++) {
      env.reset();
      const share = amplitudes[i] / 0.5;
      expect(share).toBeGreaterThanOrEqual(0.2);
      expect(share).toBeLessThanOrEqual(1);
      const offset = Math.abs(env.plant.truth.q[0]);
      expect(offset).toBeLessThanOrEqual(0.4 * share);
      widest = Math.max(widest, offset / share);
      env.step(STILL);
      const [vx = 0, vy = 0] = kick.mock.lastCall?.[0] ?? [];
      expect(Math.hypot(vx, vy)).toBeCloseTo(0.5, 12);
    }
    expect(widest).toBeGreaterThan(0.36);
    expect(Math.min(...amplitudes)).toBeLessThan(0.12);
    expect(Math.max(...amplitudes)).toBeGreaterThan(0.48);
  });

  it("leaves a share of the robots calm: asked to stand and never pushed, until the episode ends", () => {
    const task = sledgeTask({
      calmShare: 0.3,
      episodeSeconds: 0.2,
      commands: { vx: [0.5, 1], resampleSeconds: 0.04, standShare: 0 },
      pushes: { everySeconds: 0.02, speed: 0.5 },
    });
    using world = new SledgeWorld(engine, task);
    const { env } = world;
    const kick = vi.spyOn(env.plant, "kick");
    let calm = 0;
    for (let episode = 0; episode < 300; episode++) {
      env.reset();
      kick.mockClear();
      const commanded = [env.plant.truth.command[0]];
      for (let i = 0; i < 9; i++) {
        env.step(STILL);
        commanded.push(env.plant.truth.command[0]);
      }
      const asked = commanded.filter((vx) => vx !== 0).length;
      expect([asked, kick.mock.calls.length]).toEqual(asked === 0 ? [0, 0] : [10, 9]);
      if (asked === 0) calm++;
    }
    expect(calm).toBeGreaterThan(70);
    expect(calm).toBeLessThan(110);
  });

  it("leaves a share of the episodes plain: the published robot, true senses, no pushes", () => {
    const task = sledgeTask({
      plainShare: 0.4,
      episodeSeconds: 10,
      pushes: { everySeconds: 0.02, speed: 0.5 },
      plant: { timestep: 0.005, decimation: 4, randomization: { baseMassAdded: [1, 2] } },
      reset: { jointOffset: 0.4 },
      observations: [
        { name: "policy", actionGroup: "feet", isNoisy: true, terms: [{ name: "joint_pos", noise: 0.1 }] },
      ],
    });
    using world = new SledgeWorld(engine, task);
    const { env } = world;
    const kick = vi.spyOn(env.plant, "kick");
    using asPublished = new SledgeWorld(engine, sledgeTask());
    const mass = ({ model, env }: SledgeWorld) => model.views.body_mass[env.plant.index.base];
    let plain = 0;
    for (let episode = 0; episode < 300; episode++) {
      env.reset();
      kick.mockClear();
      const isPublished = mass(world) === mass(asPublished);
      const isPlaced = env.plant.truth.q[0] === 0;
      const isExact = observation(env, "policy").every(
        (value, i) => value === Math.fround(env.plant.truth.q[i]),
      );
      env.step(STILL);
      expect([isPlaced, isExact, kick.mock.calls.length]).toEqual(
        isPublished ? [true, true, 0] : [false, false, 1],
      );
      if (isPublished) plain++;
    }
    expect(plain).toBeGreaterThan(95);
    expect(plain).toBeLessThan(145);
  });

  it("asks calm robots for whole motions, and spares them all that differs", () => {
    const episodes: Episode[] = [];
    const reference: ReferenceSource = {
      begin: (_rng, episode) => episodes.push(episode),
      sample: (_time, out) => out.fill(0),
    };
    using world = new SledgeWorld(engine, sledgeTask({ calmShare: 0.5, leastHardness: 0 }), 1, { reference });
    world.env.curriculum = { ...world.env.curriculum, motionAmplitude: 0.5, variety: 0.8 };
    episodes.length = 0;
    for (let i = 0; i < 200; i++) world.env.reset();
    const calm = episodes.filter(({ isCalm }) => isCalm);
    const others = episodes.filter(({ isCalm }) => !isCalm);
    expect(calm.length).toBeGreaterThan(75);
    expect(new Set(calm.map(({ motionAmplitude }) => motionAmplitude))).toEqual(new Set([0.5]));
    expect(new Set(calm.map(({ variety, isPlain }) => `${variety} ${isPlain}`))).toEqual(new Set(["0 true"]));
    for (const { variety, motionAmplitude, isPlain } of others) {
      expect(variety / 0.8).toBeCloseTo(motionAmplitude / 0.5, 12);
      expect(isPlain).toBe(false);
    }
  });

  it("counts a reward for calm episodes in those alone", () => {
    const task = sledgeTask({
      calmShare: 0.5,
      rewards: { alive: { weight: 1 }, fall: { weight: -1 }, base_height: { weight: 1, isCalmOnly: true } },
      commands: { vx: [0.5, 1], standShare: 0 },
    });
    using world = new SledgeWorld(engine, task);
    const { env } = world;
    for (let episode = 0; episode < 40; episode++) {
      env.reset();
      const isCalm = env.plant.truth.command[0] === 0;
      env.step(STILL);
      const [alive, , height] = env.rewardTerms;
      expect(alive).toBeCloseTo(0.02, 12);
      expect(height !== 0).toBe(isCalm);
    }
  });

  it("takes no draw for calm where no episode is", () => {
    using asked = new SledgeWorld(engine, sledgeTask({}), 7);
    using never = new SledgeWorld(engine, sledgeTask({ calmShare: 0 }), 7);
    using some = new SledgeWorld(engine, sledgeTask({ calmShare: 1e-9 }), 7);
    for (const { env } of [asked, never, some]) for (let i = 0; i < 3; i++) env.reset();
    expect(never.env.plant.truth.command).toEqual(asked.env.plant.truth.command);
    expect(some.env.plant.truth.command).not.toEqual(asked.env.plant.truth.command);
  });
});

describe("a task that does not fit", () => {
  const build = (overrides: Parameters<typeof sledgeTask>[0]) => () => {
    using world = new SledgeWorld(engine, sledgeTask(overrides));
    return world;
  };

  it.each([
    ["an unknown reward", { rewards: { alife: { weight: 1 } } }, /"alife".*alive/],
    ["a reward named like a method", { rewards: { toString: { weight: 1 } } }, /"toString"/],
    ["an unknown rewarded group", { rewardedGroup: "foot" }, /"foot".*feet/],
    [
      "an unknown joint",
      { actions: [{ name: "feet", joints: ["left_ankle"] }] },
      /"left_ankle".*left_ankle_joint/,
    ],
  ])("%s is refused with the names that exist", (_, overrides, message) => {
    expect(build(overrides)).toThrow(UnknownNameError);
    expect(build(overrides)).toThrow(message);
  });

  it("an observation of an unknown action group is refused", () => {
    const observations = [{ name: "policy", actionGroup: "legs", terms: [{ name: "last_action" }] }];
    expect(build({ observations })).toThrow(/"legs".*feet, arm|"legs".*arm, feet/);
  });

  it("an action group with the wrong number of scales is refused", () => {
    const actions = [{ name: "feet", joints: ["left_ankle_joint", "elbow_joint"], scale: [1, 2, 3] }];
    expect(
      build({
        actions,
        observations: [{ name: "p", actionGroup: "feet", terms: [{ name: "last_action" }] }],
      }),
    ).toThrow(UsageError);
  });
});
