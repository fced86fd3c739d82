import { describe, expect, it } from "vitest";
import { almiLowerTask } from "../../../src/policies/almi/lower-task.ts";
import { restingJoints } from "../../../src/policies/almi/resting-joints.ts";
import { almiUpperTask } from "../../../src/policies/almi/upper-task.ts";
import { robotByName } from "../../../src/sim/index.ts";

const h1 = robotByName("h1");
const LEGS = 10;
const ARMS = 9;

describe("what legs that have never seen arms move are scaled by", () => {
  const { obs, criticObs } = restingJoints(h1, almiLowerTask(h1));
  // Angular velocity, gravity and command, then the angles of legs and arms, then their velocities.
  const [angles, velocities] = [9, 9 + LEGS + ARMS];

  it("is the angle and the speed of arms that do move", () => {
    expect([...obs.slice(angles + LEGS, velocities)]).toEqual(Array(ARMS).fill(0.3));
    expect([...obs.slice(velocities + LEGS, velocities + LEGS + ARMS)]).toEqual(Array(ARMS).fill(0.05));
  });

  it("is what their own joints and everything else were seen to vary by", () => {
    const others = [...obs].filter((_, i) => !isArm(i));
    expect(others).toEqual(Array(obs.length - 2 * ARMS).fill(0));
  });

  it("is the same for the critic, behind what it alone sees", () => {
    expect([...criticObs.slice(criticObs.length - obs.length)]).toEqual([...obs]);
  });

  const isArm = (i: number) =>
    (i >= angles + LEGS && i < velocities) || (i >= velocities + LEGS && i < velocities + LEGS + ARMS);
});

it("arms are scaled by what legs vary by, not by what they drive themselves", () => {
  const { obs } = restingJoints(h1, almiUpperTask(h1));
  expect([...obs].filter((least) => least === 0.3)).toHaveLength(LEGS);
  expect([...obs].filter((least) => least === 0.05)).toHaveLength(LEGS);
});
