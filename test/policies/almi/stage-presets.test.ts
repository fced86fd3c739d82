import { describe, expect, it } from "vitest";
import { lowerCurriculum } from "../../../src/policies/almi/lower-curriculum.ts";
import { stageConfig } from "../../../src/policies/node.ts";
import { robotByName } from "../../../src/sim/index.ts";
import { REWARD_TERMS } from "../../../src/sim/mdp/rewards/index.ts";
import { stateAtRest } from "../../sim/mdp/two-leg-state.ts";

const legs = (preset: "shaped" | "fine", options: { kl?: number; calmMotions?: string[] } = {}) => {
  const config = stageConfig("lower", robotByName("h1_2"), {
    ...options,
    preset,
    seed: 1,
    numEnvs: 4,
    actor: "lstm",
    opponents: [],
    opponentAction: "mean",
  });
  if (config.half !== "lower") throw new Error("not legs");
  return config;
};

describe("the preset shaped", () => {
  it("meets the arms and the randomization in episodes of every hardness", () => {
    expect(legs("shaped").task.leastHardness).toBe(0);
  });

  it("draws from all motions that the curriculum has come to, and leaves the waist to later rounds", () => {
    expect(legs("shaped")).toMatchObject({ motionDraw: "up-to", isWaistStill: true });
  });

  it("learns where loaded feet creep, which is faster", () => {
    expect(legs("shaped").task.plant.friction).toBe("soft");
  });

  it("does not take the harness off while feet never leave the ground", () => {
    const config = legs("shaped");
    const { commands, rewards } = config.task;
    const mdp = stateAtRest();
    mdp.feet.force.set([0, 0, 300, 0, 0, 300]);
    // Every control step of a stride that is asked to walk, and what counts while it is asked to stand.
    const paid = Array.from({ length: 40 }, (_, step) => {
      mdp.state.time = 0.02 * step;
      return REWARD_TERMS.contact_phase(mdp, rewards.contact_phase.params) / 2;
    });
    const walking = paid.reduce((sum, share) => sum + share) / paid.length;
    const share = commands.standShare + (1 - commands.standShare) * walking;
    expect(share).toBeGreaterThan(0.7);
    expect(share).toBeLessThan(config.curriculum.looseningStepping);
  });
});

describe("passes over what was met", () => {
  it("are fewer, and the critic's without mirror images, where legs begin", () => {
    expect(legs("shaped").ppo).toMatchObject({ epochs: 3, criticImages: false, symmetry: "both" });
    expect(legs("fine").ppo).toMatchObject({ epochs: 4, criticImages: true, symmetry: "both" });
  });
});

describe("the preset fine", () => {
  it("begins at the end of the curriculum, without a harness, in episodes of every hardness", () => {
    const { curriculum, task } = legs("fine");
    const { commands, ...demands } = lowerCurriculum(curriculum).demands(
      lowerCurriculum(curriculum).start,
      task,
    );
    expect(demands).toMatchObject({ harness: 0, shaping: 0, motionAmplitude: 1, variety: 1 });
    expect(demands.pushes?.speed).toBe(1);
    expect(commands.vx).toEqual(task.commands.vx);
    expect(task.leastHardness).toBe(0.25);
    expect(task).toMatchObject({ calmShare: 0.25, plainShare: 0.25 });
    expect(task.commands.standShare).toBe(0.35);
  });

  it("meets what standing legs meet: any motion, a turning waist, odd stances, feet that hold, 8 s of it", () => {
    const config = legs("fine");
    expect(config).toMatchObject({ motionDraw: "up-to", isWaistStill: false });
    expect(config.task.reset.jointOffset).toBeGreaterThan(0.1);
    expect(config.task.plant.friction).toBe("firm");
    expect(config.task.commands.resampleSeconds).toBe(8);
  });

  it("is the one that has calm episodes to name motions for", () => {
    const calmMotions = ["sweep_large_3"];
    expect(legs("fine", { calmMotions }).calmMotions).toEqual(calmMotions);
    expect(() => legs("shaped", { calmMotions })).toThrow(/"shaped" for the lower half has no calm episodes/);
  });

  it("learns by steps that are the same all along, unless a policy change is asked for", () => {
    expect(legs("fine").ppo).toMatchObject({ desiredKl: 0, learningRate: 5e-5 });
    expect(legs("fine", { kl: 0.002 }).ppo.desiredKl).toBe(0.002);
    expect(legs("shaped").ppo.desiredKl).toBe(0.01);
  });

  it("leaves the memory of legs as it is, which shaped teaches to tell their speed", () => {
    expect(legs("fine").ppo.estimates).toBe(0);
    expect(legs("shaped").ppo.estimates).toBeGreaterThan(0);
  });

  it("explores with less than half of the noise that shaped ends with", () => {
    const noiseAtEnd = (preset: "shaped" | "fine") => {
      const { curriculum } = legs(preset);
      const rules = lowerCurriculum(curriculum);
      return rules.deviationFloor({ ...rules.start, harness: 0, shaping: 0 });
    };
    expect(noiseAtEnd("fine")).toBe(0.05);
    expect(noiseAtEnd("shaped")).toBe(0.12);
  });

  it("leaves arms, which begin fresh, the steps of shaped", () => {
    const options = { seed: 1, numEnvs: 4, actor: "lstm", opponents: [], opponentAction: "mean" } as const;
    const [fine, shaped] = (["fine", "shaped"] as const).map(
      (preset) => stageConfig("upper", robotByName("h1_2"), { ...options, preset }).ppo,
    );
    expect(fine).toEqual(shaped);
  });
});
