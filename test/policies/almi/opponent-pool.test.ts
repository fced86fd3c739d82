import { describe, expect, it } from "vitest";
import { Rng, shareOut } from "../../../src/common/index.ts";
import { FrozenNetwork } from "../../../src/policies/almi/frozen-network.ts";
import { dealOut, OpponentPool } from "../../../src/policies/almi/opponent-pool.ts";
import { withOpponent } from "../../../src/policies/almi/with-opponent.ts";
import { almiUpperTask, OnnxPolicy } from "../../../src/policies/index.ts";
import { createControlState, createJointTargets } from "../../../src/sim/index.ts";
import { h1 } from "../../../src/sim/robots/h1.ts";
import { h12 } from "../../../src/sim/robots/h1-2.ts";
import { freshPolicy } from "./tiny-stage.ts";

const legs = await freshPolicy("lower");
const OBS = 65;
const ACTIONS = 12;

/** Observations of some environments, different for each and each step. */
function observations(numEnvs: number, step: number): Float32Array {
  const rng = new Rng(100 + step);
  return Float32Array.from({ length: numEnvs * OBS }, () => rng.uniform(-1, 1));
}

/** Actions of a network over some steps, with 2 columns of somebody else before them. */
async function actionsOver(
  network: FrozenNetwork | OpponentPool,
  numEnvs: number,
  steps: number,
  ended: (step: number, env: number) => boolean = () => false,
  seen = (step: number) => observations(numEnvs, step),
): Promise<Float32Array[]> {
  const all: Float32Array[] = [];
  for (let step = 0; step < steps; step++) {
    const actions = new Float32Array(numEnvs * (ACTIONS + 2)).fill(7);
    const ends = Uint8Array.from({ length: numEnvs }, (_, env) => Number(ended(step, env)));
    if (network instanceof FrozenNetwork) await network.act(seen(step), actions, 2, ends);
    else for (const part of inParts(numEnvs)) await network.act(part, seen(step), actions, 2, ends);
    all.push(actions);
  }
  return all;
}

/** Environments in two parts. */
const inParts = (numEnvs: number) => shareOut({ first: 0, count: numEnvs }, 2);

const row = (actions: Float32Array, env: number): Float32Array =>
  actions.slice(env * (ACTIONS + 2) + 2, (env + 1) * (ACTIONS + 2));

describe("a frozen network", () => {
  it("acts for a whole batch as the policy file does for one robot", async () => {
    using network = await FrozenNetwork.load(legs, Int32Array.of(0, 1, 2));
    using policy = await OnnxPolicy.load(legs, h12);
    const state = createControlState(h12);
    const targets = createJointTargets(h12);
    const alone: Float32Array[] = [];
    const seen: Float32Array[] = [];
    for (let step = 0; step < 4; step++) {
      state.step = step;
      state.time = 0.02 * step;
      state.command[0] = 0.3;
      state.q[3] = 0.1 * step;
      await policy.act(state, targets);
      seen.push(policy.observation.slice());
      alone.push(policy.action.slice());
    }
    const batch = await actionsOver(network, 3, 4, undefined, (step) => {
      const all = observations(3, step);
      all.set(seen[step], OBS);
      return all;
    });
    for (let step = 0; step < 4; step++)
      for (let i = 0; i < ACTIONS; i++) expect(row(batch[step], 1)[i]).toBeCloseTo(alone[step][i], 5);
  });

  it("forgets an episode that has ended, and only that one", async () => {
    const run = async (ended: (step: number, env: number) => boolean) => {
      using network = await FrozenNetwork.load(legs, Int32Array.of(0, 1));
      // The same observation again and again: whatever changes is memory.
      return await actionsOver(network, 2, 4, ended, () => observations(2, 0));
    };
    const through = await run(() => false);
    const broken = await run((step, env) => step === 2 && env === 0);
    expect(row(broken[2], 0)).toEqual(row(broken[0], 0));
    expect(row(broken[3], 0)).toEqual(row(broken[1], 0));
    expect(row(through[2], 0)).not.toEqual(row(through[0], 0));
    for (let step = 0; step < 4; step++) expect(row(broken[step], 1)).toEqual(row(through[step], 1));
  });

  it("writes its own rows and columns alone", async () => {
    using network = await FrozenNetwork.load(legs, Int32Array.of(2));
    const [actions] = await actionsOver(network, 3, 1);
    const written = Array.from(actions.keys()).filter((i) => actions[i] !== 7);
    expect(written).toEqual(Array.from({ length: ACTIONS }, (_, i) => 2 * (ACTIONS + 2) + 2 + i));
  });
});

describe("a pool of opponents", () => {
  it("deals them out evenly, by seed", () => {
    const dealt = dealOut(3, 10, new Rng(1));
    expect([0, 1, 2].map((k) => dealt.filter((i) => i === k).length)).toEqual([4, 3, 3]);
    expect(dealOut(3, 10, new Rng(1))).toEqual(dealt);
    expect(dealOut(3, 10, new Rng(2))).not.toEqual(dealt);
  });

  it("gives each environment the actions of its own network", async () => {
    const other = await freshPolicy("lower", 2);
    using pool = await OpponentPool.load([legs, other], inParts(6), { seed: 3, samples: false });
    const actions = await actionsOver(pool, 6, 3);
    for (const network of pool.networks) {
      using alone = await FrozenNetwork.load(
        network.file,
        Int32Array.from({ length: 6 }, (_, i) => i),
      );
      const expected = await actionsOver(alone, 6, 3);
      for (const env of network.rows)
        for (let step = 0; step < 3; step++)
          for (let i = 0; i < ACTIONS; i++)
            expect(row(actions[step], env)[i]).toBeCloseTo(row(expected[step], env)[i], 5);
    }
    expect(pool.networks.flatMap(({ rows }) => [...rows]).sort()).toEqual([0, 1, 2, 3, 4, 5]);
  });

  it("samples with the noise of its training where it shall, and goes on with it from a checkpoint", async () => {
    const load = (samples: boolean) => OpponentPool.load([legs], inParts(400), { seed: 3, samples });
    using mean = await load(false);
    using sampling = await load(true);
    using resumed = await load(true);
    const [expected] = await actionsOver(mean, 400, 1);
    const [sampled] = await actionsOver(sampling, 400, 1);
    const deviation = legs.spec.actionDeviation?.[0] ?? 0;
    expect(deviation).toBeCloseTo(0.5, 6);
    let squares = 0;
    for (let env = 0; env < 400; env++)
      for (let i = 0; i < ACTIONS; i++) squares += (row(sampled, env)[i] - row(expected, env)[i]) ** 2;
    expect(Math.sqrt(squares / (400 * ACTIONS))).toBeCloseTo(deviation, 1);
    resumed.noise = sampling.noise;
    const next = () => true;
    expect(await actionsOver(resumed, 400, 1, next)).toEqual(await actionsOver(sampling, 400, 1, next));
  });

  it("refuses to sample from a policy that does not say how", async () => {
    const { actionDeviation: _, ...spec } = legs.spec;
    const silent = { ...legs, spec };
    await expect(OpponentPool.load([silent], inParts(4), { seed: 1, samples: true })).rejects.toThrow(/mean/);
  });
});

describe("a task with an opponent", () => {
  const task = almiUpperTask(h12);

  it("lays out what the opponent sees and drives as its file says, without noise", () => {
    const { actions, observations: groups } = withOpponent(task, h12, [legs]);
    expect(actions.map(({ name, joints }) => [name, joints.length])).toEqual([
      ["upper", 9],
      ["opponent", 12],
    ]);
    const group = groups.find(({ name }) => name === "opponent");
    expect(group?.terms.map(({ name }) => name)).toEqual(legs.spec.observations.map(({ name }) => name));
    expect(group?.terms.every(({ noise }) => noise === 0)).toBe(true);
    expect(withOpponent(withOpponent(task, h12, [legs]), h12, [legs]).actions.length).toBe(2);
  });

  it.each<[string, object, RegExp]>([
    [
      "the learner's joints",
      { jointNames: ["torso_joint", ...legs.spec.jointNames.slice(1)] },
      /learner drives/,
    ],
    ["another rate", { controlTimestep: 0.01 }, /acts every 0.01 s/],
    ["other gains", { kp: legs.spec.kp.map((kp) => 2 * kp) }, /gains/],
    ["another offset", { actionOffset: legs.spec.jointNames.map(() => 0) }, /offset/],
    [
      "another default pose",
      { defaultJointPos: { ...legs.spec.defaultJointPos, left_knee_joint: 0.3 } },
      /default angle/,
    ],
    ["limited targets", { targetRange: legs.spec.jointNames.map(() => [-1, 1]) }, /limits its targets/],
  ])("refuses one with %s", (_, changes, complaint) => {
    const changed = { ...legs, spec: { ...legs.spec, ...changes } as typeof legs.spec };
    expect(() => withOpponent(task, h12, [changed])).toThrow(complaint);
  });

  it("refuses opponents that differ from each other, and those of another robot", () => {
    const spec = { ...legs.spec, observations: legs.spec.observations.slice(1) };
    expect(() => withOpponent(task, h12, [legs, { ...legs, spec }])).toThrow(/differs from/);
    expect(() => withOpponent(almiUpperTask(h1), h1, [legs])).toThrow();
  });
});
