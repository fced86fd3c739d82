import { describe, expect, it } from "vitest";
import { LowerCurriculumConfig, lowerCurriculum } from "../../../src/policies/almi/lower-curriculum.ts";
import { beginCurriculum, meanSurvival } from "../../../src/policies/almi/stage-curriculum.ts";
import { hasPlateaued, StopRule } from "../../../src/policies/almi/stopping.ts";
import { UpperCurriculumConfig, upperCurriculum } from "../../../src/policies/almi/upper-curriculum.ts";
import { almiLowerTask, almiUpperTask } from "../../../src/policies/index.ts";
import { h12 } from "../../../src/sim/robots/h1-2.ts";

// Powers of two keep every sum exact.
const whole = (episodes: number) => ({ episodes, meanShare: 1, tracking: 0.5, stepping: 0.9 });
const fallen = (episodes: number) => ({ episodes, meanShare: 0, tracking: 0, stepping: 0.9 });
const halfway = (episodes: number) => ({ ...fallen(episodes), meanShare: 0.5 });

describe("mean survival", () => {
  it("moves towards the episodes that ended, by their share of the window", () => {
    const standing = (survived: number) => ({ amplitude: 0, survived, seen: 64 });
    expect(meanSurvival(standing(0), whole(16), 64)).toEqual({ survived: 0.25, seen: 64 });
    expect(
      meanSurvival(standing(0.25), { episodes: 32, meanShare: 0.75, tracking: 0.5, stepping: 0.9 }, 64)
        .survived,
    ).toBe(0.5);
    expect(
      meanSurvival(standing(0.25), { episodes: 500, meanShare: 0.75, tracking: 0.5, stepping: 0.9 }, 64)
        .survived,
    ).toBe(0.75);
  });

  it("is the plain mean until the window is full", () => {
    const none = { amplitude: 0, survived: 0, seen: 0 };
    const some = meanSurvival(none, { episodes: 16, meanShare: 0.5, tracking: 0.5, stepping: 0.9 }, 64);
    expect(some).toEqual({ survived: 0.5, seen: 16 });
    expect(meanSurvival({ ...none, ...some }, whole(16), 64)).toEqual({ survived: 0.75, seen: 32 });
  });
});

describe("the upper body's curriculum", () => {
  const rules = upperCurriculum(
    UpperCurriculumConfig.parse({
      window: 1,
      amplitudeUp: 0.0625,
      amplitudeDown: 0.25,
      commandStart: 0.5,
      commandStep: 0.125,
      widestCommand: 1,
    }),
  );

  it("asks for larger motions and faster legs while the robot stays up", () => {
    const state = rules.advance(rules.start, whole(2));
    expect(state).toEqual({ survived: 1, seen: 1, amplitude: 0.125, commandSpeed: 0.75 });
    expect(rules.advance(state, whole(100))).toEqual({ survived: 1, seen: 1, amplitude: 1, commandSpeed: 1 });
  });

  it("backs off faster than it goes on, down to still arms and standing legs", () => {
    const state = { survived: 1, seen: 1, amplitude: 0.75, commandSpeed: 1 };
    const fallenTimes = (episodes: number) => rules.advance(state, fallen(episodes));
    expect(fallenTimes(1)).toEqual({ survived: 0, seen: 1, amplitude: 0.5, commandSpeed: 0.875 });
    expect(fallenTimes(50)).toEqual({ survived: 0, seen: 1, amplitude: 0, commandSpeed: 0 });
  });

  it("takes exactly the threshold for falling, and changes nothing where no episode ended", () => {
    const state = { survived: 0, seen: 1, amplitude: 0.5, commandSpeed: 0.5 };
    expect(
      rules.advance(state, { episodes: 1, meanShare: 0.8, tracking: 0.5, stepping: 0.9 }).amplitude,
    ).toBe(0.25);
    expect(rules.advance(state, { episodes: 0, meanShare: Number.NaN, tracking: 0.5, stepping: 0.9 })).toBe(
      state,
    );
  });

  it("turns only the forward command, and draws from all motions", () => {
    const task = almiUpperTask(h12);
    const asked = rules.demands({ ...rules.start, amplitude: 0.5, commandSpeed: 0.9 }, task);
    expect(asked.commands).toEqual({ ...task.commands, vx: [-0.9, 0.9] });
    expect([asked.motionAmplitude, asked.motionDifficulty]).toEqual([0.5, 1]);
    expect(asked.pushes).toEqual(task.pushes);
  });

  it("has ALMI's rates by default: 4096 full episodes are 1000 steps of its 4096 environments", () => {
    const almi = upperCurriculum(UpperCurriculumConfig.parse({ window: 1 }));
    const state = almi.advance({ ...almi.start, commandSpeed: 0.5 }, whole(4096));
    expect(state.commandSpeed).toBeCloseTo(1, 12);
    expect(state.amplitude).toBe(1);
    expect(almi.advance(almi.start, whole(4)).amplitude).toBeCloseTo(0.001, 12);
  });
});

describe("the lower body's curriculum", () => {
  const config = LowerCurriculumConfig.parse({
    odometer: { difficultyUp: 0.25, difficultyDown: 0.5, amplitudeUp: 0.125, amplitudeDown: 0.25, window: 1 },
    shapingFade: 0.125,
    pushStart: 0.25,
    pushGrowth: 0.125,
    commandGrowth: 0.0625,
    deviationStart: 0.5,
    deviationEnd: 0.125,
    widestCommands: [1.25, 0.5, 0.5],
  });
  const rules = lowerCurriculum(config);
  const task = almiLowerTask(h12);

  it("fades help, strengthens pushes and widens commands while the robot stays up", () => {
    const state = rules.advance(rules.start, whole(2));
    expect(state).toEqual({
      amplitude: 0,
      difficulty: 0.5,
      survived: 1,
      seen: 1,
      harness: 0,
      shaping: 0.75,
      pushSpeed: 0.5,
      commandGain: 0.125,
    });
    expect(rules.demands(state, task).pushes?.speed).toBe(0.5);
    expect(rules.demands(state, task).commands.vx).toEqual([-0.825, 0.825]);
    expect(rules.deviationFloor(state)).toBe(0.125 + 0.375 * 0.75);
  });

  it("widens commands only while those given are followed well enough", () => {
    const choosy = lowerCurriculum({ ...config, wideningTracking: 0.75 });
    expect(choosy.advance(rules.start, whole(2))).toMatchObject({ shaping: 0.75, commandGain: 0 });
    expect(choosy.advance(rules.start, { ...whole(2), tracking: 0.75, stepping: 0.9 }).commandGain).toBe(
      0.125,
    );
  });

  it("narrows commands again while they are not followed", () => {
    const choosy = lowerCurriculum({ ...config, wideningTracking: 0.75, commandNarrowing: 0.125 });
    const wide = { ...rules.start, commandGain: 0.5 };
    expect(choosy.advance(wide, { ...whole(2), tracking: 0.5 }).commandGain).toBe(0.25);
    expect(choosy.advance(wide, { ...whole(9), tracking: 0.5 }).commandGain).toBe(0);
    expect(choosy.advance(wide, { ...whole(2), tracking: 0.75 }).commandGain).toBe(0.625);
  });

  it("hardens the arms only while commands are followed well enough", () => {
    const choosy = lowerCurriculum({ ...config, armsTracking: 0.75 });
    expect(choosy.advance(rules.start, { ...whole(2), tracking: 0.7 })).toMatchObject({
      difficulty: 0,
      shaping: 0.75,
    });
    expect(choosy.advance(rules.start, { ...whole(2), tracking: 0.75 }).difficulty).toBe(0.5);
  });

  it("loosens the harness only while the feet step in time", () => {
    const held = lowerCurriculum({ ...config, harnessFade: 0.25, looseningStepping: 0.75 });
    expect(held.advance(held.start, { ...whole(2), stepping: 0.55 }).harness).toBe(1);
    expect(held.advance(held.start, { ...whole(2), stepping: 0.75 }).harness).toBe(0.5);
    const half = { ...held.start, harness: 0.5 };
    expect(held.advance(half, { ...halfway(2), stepping: 0.55 }).harness).toBe(0.75);
  });

  it("turns the harness by the time that was lived, however many episodes that is", () => {
    const held = lowerCurriculum({ ...config, harnessFade: 0.25 });
    const half = { ...held.start, harness: 0.5 };
    const inOne = held.advance(half, halfway(2)).harness;
    expect(held.advance(half, { ...fallen(16), meanShare: 1 / 16 }).harness).toBe(inOne);
  });

  it("keeps the noise up while the harness is on, or without one while it is shaped", () => {
    const held = lowerCurriculum({ ...config, harnessFade: 0.25 });
    expect(held.deviationFloor({ ...held.start, harness: 0.1, shaping: 1 })).toBe(0.5);
    expect(held.deviationFloor({ ...held.start, harness: 0, shaping: 1 })).toBe(0.125);
  });

  it("only turns the arms' odometer back while it falls", () => {
    const state = { ...rules.start, difficulty: 0.75, amplitude: 0.5, shaping: 0.5, commandGain: 0.25 };
    expect(rules.advance(state, fallen(1))).toEqual({ ...state, difficulty: 0.25, survived: 0, seen: 1 });
  });

  it("lets pushes give way to the arms where the robot survives these, but not yet both", () => {
    const yielding = lowerCurriculum({ ...config, hardening: 0.9, pushSoftening: 0.25 });
    const pushed = { ...yielding.start, pushSpeed: 1 };
    const next = yielding.advance(pushed, { ...whole(2), meanShare: 0.85 });
    expect(next).toMatchObject({ difficulty: 0.5, pushSpeed: 0.5, shaping: 1, commandGain: 0 });
    expect(yielding.advance(next, fallen(2)).pushSpeed).toBe(config.pushStart);
    expect(yielding.advance(next, whole(2)).pushSpeed).toBe(0.75);
  });

  it("widens commands to their bounds, and never narrows one that is wider from the start", () => {
    const widest = rules.demands({ ...rules.start, commandGain: 9 }, task).commands;
    expect([widest.vx, widest.vy, widest.yawRate]).toEqual([
      [-1.25, 1.25],
      [-0.5, 0.5],
      [-0.5, 0.5],
    ]);
    const wide = { ...task, commands: { ...task.commands, vx: [-2, 2] as [number, number] } };
    expect(rules.demands({ ...rules.start, commandGain: 9 }, wide).commands.vx).toEqual([-2, 2]);
  });

  it("loosens the harness before anything else gets harder, and never puts it on again", () => {
    const held = lowerCurriculum({ ...config, harnessFade: 0.25, varietyStart: 0.5 });
    const half = held.advance(held.start, whole(2));
    expect(half).toEqual({ ...held.start, survived: 1, seen: 1, harness: 0.5 });
    expect(held.advance(half, halfway(2)).harness).toBe(0.75);
    const free = held.advance(half, whole(2));
    expect([free.harness, free.shaping]).toEqual([0, 1]);
    expect(held.advance(free, fallen(1)).harness).toBe(0);
    expect(held.advance(free, whole(4)).shaping).toBe(0.5);
    expect(held.demands(half, task)).toMatchObject({ harness: 0.5, variety: 0.5 });
    expect(held.demands({ ...free, shaping: 0 }, task)).toMatchObject({ harness: 0, variety: 1 });
  });

  it("is at its hardest with full arm motions and without help", () => {
    const state = { ...rules.start, amplitude: 0.99 };
    expect(rules.isHardest(state, 0.99)).toBe(false);
    expect(rules.isHardest({ ...state, shaping: 0 }, 0.99)).toBe(true);
    expect(rules.isHardest({ ...state, shaping: 0, amplitude: 0.98 }, 0.99)).toBe(false);
  });

  it("goes on from a checkpoint that lacks newer fields, and refuses one that is broken", () => {
    const curriculum = beginCurriculum(rules);
    curriculum.restore({ amplitude: 0.5, difficulty: 0.25, survived: 0.75 });
    const stored = { amplitude: 0.5, difficulty: 0.25, survived: 0.75 };
    // Its mean was taken over a whole window.
    expect(curriculum.state).toEqual({ ...rules.start, ...stored, seen: 1 });
    expect(() => curriculum.restore({ amplitude: "half" })).toThrow();
  });
});

describe("the stopping rule", () => {
  const rule = StopRule.parse({ window: 2, gap: 3, gain: 0.25 });

  it("compares the last window with the one that ended a gap earlier", () => {
    expect(hasPlateaued(rule, [4, 4, 0, 5, 4])).toBe(true); // 4 to 4.5
    expect(hasPlateaued(rule, [4, 4, 0, 5, 6])).toBe(false); // 4 to 5.5
    expect(hasPlateaued(rule, [100, 4, 4, 0, 5, 4])).toBe(true); // what came before does not matter
  });

  it("takes falling returns for a plateau, also negative ones, and measures growth by their size", () => {
    expect(hasPlateaued(rule, [-4, -4, 0, -5, -5])).toBe(true);
    expect(hasPlateaued(rule, [-4, -4, 0, -2, -2])).toBe(false);
  });

  it("waits until there is enough to compare, with an episode on both sides", () => {
    expect(hasPlateaued(rule, [4, 4, 0, 4])).toBe(false);
    expect(hasPlateaued(rule, [Number.NaN, 4, 0, 4, Number.NaN])).toBe(true);
    expect(hasPlateaued(rule, [4, 4, 0, Number.NaN, Number.NaN])).toBe(false);
  });
});
