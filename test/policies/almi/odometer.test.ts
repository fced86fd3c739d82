import { describe, expect, it } from "vitest";
import { ODOMETER_START, OdometerConfig, turnOdometer } from "../../../src/policies/almi/odometer.ts";

// Powers of two keep every sum exact.
const config = OdometerConfig.parse({
  difficultyUp: 0.25,
  difficultyDown: 0.5,
  amplitudeUp: 0.125,
  amplitudeDown: 0.25,
});

describe("ALMI's odometer", () => {
  it("makes the opponent harder while the learner survives, and easier while it falls", () => {
    expect(turnOdometer(config, { amplitude: 0.5, difficulty: 0.5 }, 1, 0.81)).toEqual({
      amplitude: 0.5,
      difficulty: 0.75,
    });
    expect(turnOdometer(config, { amplitude: 0.5, difficulty: 0.5 }, 1, 0.8)).toEqual({
      amplitude: 0.5,
      difficulty: 0,
    });
  });

  it("stands still between surviving and failing, where these are apart", () => {
    const patient = { ...config, failing: 0.7 };
    const state = { amplitude: 0.5, difficulty: 0.5 };
    expect(turnOdometer(patient, state, 1, 0.81).difficulty).toBe(0.75);
    expect(turnOdometer(patient, state, 1, 0.8)).toEqual(state);
    expect(turnOdometer(patient, state, 1, 0.7).difficulty).toBe(0);
  });

  it("gets no harder for who survives by neglecting the rest, and easier for who falls", () => {
    const state = { amplitude: 0.5, difficulty: 0.5 };
    expect(turnOdometer(config, state, 1, 1, false)).toEqual(state);
    expect(turnOdometer(config, state, 1, 0, false).difficulty).toBe(0);
  });

  it("raises the amplitude after a sweep through all difficulties", () => {
    expect(turnOdometer(config, { amplitude: 0.5, difficulty: 0.75 }, 2, 1)).toEqual({
      amplitude: 0.625,
      difficulty: 0.25,
    });
  });

  it("falls back into the previous sweep from its hard end", () => {
    expect(turnOdometer(config, { amplitude: 0.5, difficulty: 0.25 }, 1, 0)).toEqual({
      amplitude: 0.25,
      difficulty: 0.75,
    });
  });

  it("stays at the easiest and at the hardest", () => {
    expect(turnOdometer(config, ODOMETER_START, 3, 0)).toEqual(ODOMETER_START);
    expect(turnOdometer(config, { amplitude: 1, difficulty: 1 }, 3, 1)).toEqual({
      amplitude: 1,
      difficulty: 1,
    });
  });

  it("does not depend on how finished episodes are batched", () => {
    let one = ODOMETER_START;
    for (let i = 0; i < 24; i++) one = turnOdometer(config, one, 1, 1);
    expect(turnOdometer(config, ODOMETER_START, 24, 1)).toEqual(one);
  });
});
