import { describe, expect, it } from "vitest";
import { Rng, UnknownNameError, UsageError } from "../../../src/common/index.ts";
import { createControlState } from "../../../src/sim/control-state.ts";
import { ObservationGroup, ObservationTerm } from "../../../src/sim/mdp/observation-group.ts";
import { OBSERVATION_TERMS } from "../../../src/sim/mdp/observation-terms.ts";
import { h12 } from "../../../src/sim/robots/h1-2.ts";
import { jointNames, type RobotSpec } from "../../../src/sim/robots/robot.ts";
import { robot, stateAtRest } from "./two-leg-state.ts";

type Terms = (Partial<ObservationTerm> & { name: string })[];

function groupOf(terms: Terms, of: RobotSpec = robot, joints = jointNames(of), actionSize = 2) {
  return new ObservationGroup(
    of,
    terms.map((term) => ObservationTerm.parse(term)),
    { jointNames: joints, actionSize },
  );
}

/** A state of the robot in which every number is different, so that nothing can be mistaken for another. */
function distinctState(of: RobotSpec) {
  const state = createControlState(of);
  for (let j = 0; j < of.joints.length; j++) {
    state.q[j] = of.joints[j].default + 0.01 * (j + 1);
    state.dq[j] = j + 1;
    state.reference[j] = -0.5 - 0.01 * j;
  }
  state.baseAngVel.set([0.4, -0.8, 1.2]);
  state.baseLinVel.set([0.5, 0.25, -0.125]);
  state.baseQuat.set([Math.cos(0.15), 0, Math.sin(0.15), 0]); // pitched forward by 0.3 rad
  state.command.set([0.7, -0.3, 0.5]);
  state.step = 10;
  state.time = 0.2;
  return state;
}

function observe(terms: Terms, of: RobotSpec = robot, joints = jointNames(of), lastAction = [0.5, -0.5]) {
  const group = groupOf(terms, of, joints, lastAction.length);
  const out = new Float32Array(group.size);
  group.write({ state: distinctState(of), lastAction, judged: judged() }, out);
  return [...out];
}

/** What rewards read, with numbers of its own. */
function judged() {
  const mdp = stateAtRest();
  mdp.travel.set([0.6, -0.2, 0.3]);
  mdp.feet.force[5] = 250;
  mdp.drawn.set([4, 2, 0.01, -0.02, 0.03, 0.5, 0.01]);
  mdp.groundHeight = 0.25;
  return mdp;
}

const singles = (values: readonly number[]) => values.map(Math.fround);
const expectNear = (actual: ArrayLike<number>, expected: readonly number[]) => {
  expect(actual.length).toBe(expected.length);
  for (let i = 0; i < expected.length; i++) expect(actual[i]).toBeCloseTo(expected[i], 6);
};

describe("an observation term", () => {
  it.each<[string, readonly number[]]>([
    ["base_lin_vel", [0.5, 0.25, -0.125]],
    ["base_ang_vel", [0.4, -0.8, 1.2]],
    ["projected_gravity", [Math.sin(0.3), 0, -Math.cos(0.3)]],
    ["velocity_command", [0.7, -0.3, 0.5]],
    ["joint_pos", [0.01, 0.02, 0.03, 0.04, 0.05, 0.06]],
    ["joint_vel", [1, 2, 3, 4, 5, 6]],
    ["joint_reference", [-0.5, -0.51, -0.52, -0.53, -0.54, -0.55]],
    ["last_action", [0.5, -0.5]],
    ["gait_phase_feet", [1, -1]], // phases 0.25 and 0.75
    ["gait_phase", [1, 0]],
    ["gait_cosine_feet", [0, 0]],
    ["linear_command", [0.7, -0.3]],
    ["yaw_command", [0.5]],
    ["travel", [0.6, -0.2, 0.3]],
    ["base_height", [0.75]],
    ["feet_force", [300, 250]],
    ["randomization", [4, 2, 0.01, -0.02, 0.03, 0.5, 0.01]],
  ])("%s is what its name says", (name, expected) => {
    expectNear(observe([{ name }]), expected);
    named.add(name);
  });
  const named = new Set<string>();

  it("of every kind is tested here", () => {
    expect([...named].sort()).toEqual(Object.keys(OBSERVATION_TERMS).sort());
  });

  it("that only training knows is refused to anybody else", () => {
    const group = groupOf([{ name: "travel" }]);
    const source = { state: createControlState(robot), lastAction: [0, 0] };
    expect(() => group.write(source, new Float32Array(3))).toThrow(/only training knows/);
  });

  it("covers the joints that it names, in the order in which it names them", () => {
    const joints = ["left_elbow_joint", "left_hip_yaw_joint"];
    expect(observe([{ name: "joint_vel", joints }])).toEqual([6, 1]);
    expect(observe([{ name: "joint_vel" }], robot, ["left_knee_joint"])).toEqual([3]);
  });

  it("is scaled as a whole or value by value, and then clipped", () => {
    expectNear(observe([{ name: "base_ang_vel", scale: 0.25 }]), [0.1, -0.2, 0.3]);
    expectNear(observe([{ name: "velocity_command", scale: [2, 2, 0.25] }]), [1.4, -0.6, 0.125]);
    expectNear(observe([{ name: "base_ang_vel", scale: 10, clip: 5 }]), [4, -5, 5]);
  });

  it("is refused where it does not exist, names an unknown joint, or has the wrong number of scales", () => {
    expect(() => groupOf([{ name: "joint_positions" }])).toThrow(UnknownNameError);
    expect(() => groupOf([{ name: "toString" }])).toThrow(UnknownNameError);
    expect(() => groupOf([{ name: "joint_pos", joints: ["left_kne"] }])).toThrow(/left_knee_joint/);
    expect(() => groupOf([{ name: "velocity_command", scale: [2, 2] }])).toThrow(UsageError);
  });
});

describe("history", () => {
  const terms: Terms = [{ name: "base_ang_vel", history: 3 }, { name: "velocity_command" }];

  it("starts full of the first value, and then keeps the last ones, oldest first", () => {
    const group = groupOf(terms);
    const out = new Float32Array(group.size);
    const state = createControlState(robot);
    const write = (value: number) => {
      state.baseAngVel.fill(value);
      state.command.fill(-value);
      group.write({ state, lastAction: [0, 0] }, out);
      return [0, 3, 6, 9].map((at) => out[at]);
    };
    expect(write(1)).toEqual([1, 1, 1, -1]);
    expect(write(2)).toEqual([1, 1, 2, -2]);
    expect(write(3)).toEqual([1, 2, 3, -3]);
    expect(write(4)).toEqual([2, 3, 4, -4]);
    group.reset();
    expect(write(9)).toEqual([9, 9, 9, -9]);
  });

  it("lives where it is written: two robots in one buffer do not mix", () => {
    const [a, b] = [groupOf(terms), groupOf(terms)];
    const out = new Float32Array(a.size + b.size);
    const state = createControlState(robot);
    for (const value of [1, 2]) {
      state.baseAngVel.fill(value);
      a.write({ state, lastAction: [0, 0] }, out, 0);
      state.baseAngVel.fill(10 * value);
      b.write({ state, lastAction: [0, 0] }, out, a.size);
    }
    expect([0, 3, 6].map((at) => out[at])).toEqual([1, 1, 2]);
    expect([0, 3, 6].map((at) => out[a.size + at])).toEqual([10, 10, 20]);
  });

  it("keeps each value with the noise that it got when it was new", () => {
    const group = groupOf([{ name: "base_ang_vel", history: 4, noise: 0.1 }]);
    const out = new Float32Array(group.size);
    const state = createControlState(robot);
    const rng = new Rng(1);
    const newest: number[] = [];
    for (let step = 0; step < 20; step++) {
      group.write({ state, lastAction: [0, 0] }, out, 0, rng);
      newest.push(out[9]);
      expect(out[6]).toBe(newest[Math.max(0, step - 1)]);
      expect(out[0]).toBe(newest[Math.max(0, step - 3)]);
      for (const value of out) expect(Math.abs(value)).toBeLessThanOrEqual(Math.fround(0.1));
    }
    expect(new Set(newest).size).toBe(20);
  });
});

describe("training noise", () => {
  it("is uniform within its amplitude in scaled units, and centred", () => {
    const group = groupOf([{ name: "joint_vel", scale: 0.05, noise: 0.075 }]);
    const out = new Float32Array(group.size);
    const state = createControlState(robot);
    const rng = new Rng(2);
    const sample: number[] = [];
    for (let i = 0; i < 2000; i++) {
      group.write({ state, lastAction: [0, 0] }, out, 0, rng);
      sample.push(...out);
    }
    const mean = sample.reduce((a, b) => a + b) / sample.length;
    const variance = sample.reduce((a, b) => a + b * b, 0) / sample.length;
    expect(Math.max(...sample.map(Math.abs))).toBeLessThanOrEqual(0.0751);
    expect(Math.abs(mean)).toBeLessThan(0.002);
    expect(variance).toBeCloseTo(0.075 ** 2 / 3, 4);
  });

  it("comes before the clip, touches only terms that ask for it, and is absent without a source", () => {
    const terms: Terms = [{ name: "velocity_command", noise: 0.5, clip: 0.7 }, { name: "last_action" }];
    const group = groupOf(terms);
    const out = new Float32Array(group.size);
    const source = { state: distinctState(robot), lastAction: [0.25, 0.5] };
    const rng = new Rng(3);
    for (let i = 0; i < 100; i++) {
      group.write(source, out, 0, rng);
      expect(Math.abs(out[0])).toBeLessThanOrEqual(Math.fround(0.7));
      expect([out[3], out[4]]).toEqual([0.25, 0.5]);
    }
    group.write(source, out);
    expect([...out.slice(0, 3)]).toEqual(singles([0.7, -0.3, 0.5]));
  });
});

describe("ALMI's observation vectors on the H1-2", () => {
  const imu: Terms = [{ name: "base_ang_vel", scale: 0.25 }, { name: "projected_gravity" }];
  const rest: Terms = [
    { name: "joint_pos" },
    { name: "joint_vel", scale: 0.05 },
    { name: "last_action" },
    { name: "gait_phase_feet" },
  ];
  const gravity = [Math.sin(0.3), 0, -Math.cos(0.3)];
  const joints = Array.from({ length: 21 }, (_, j) => j + 1);
  const action = (n: number) => Array.from({ length: n }, (_, k) => 0.1 * k - 0.3);

  it("has 65 values for the lower body, slice by slice", () => {
    const command: Terms = [{ name: "velocity_command", scale: [2, 2, 0.25] }];
    const obs = observe([...imu, ...command, ...rest], h12, jointNames(h12), action(12));
    expect(obs.length).toBe(65);
    expectNear(obs.slice(0, 3), [0.1, -0.2, 0.3]);
    expectNear(obs.slice(3, 6), gravity);
    expectNear(obs.slice(6, 9), [1.4, -0.6, 0.125]);
    expectNear(
      obs.slice(9, 30),
      joints.map((j) => 0.01 * j),
    );
    expectNear(
      obs.slice(30, 51),
      joints.map((j) => 0.05 * j),
    );
    expectNear(obs.slice(51, 63), action(12));
    expectNear(obs.slice(63, 65), [1, -1]);
  });

  it("has 68 for the upper body, with the absolute reference of nine joints in place of the command", () => {
    const upper = jointNames(h12, "upper");
    const reference: Terms = [{ name: "joint_reference", joints: upper }];
    const obs = observe([...imu, ...reference, ...rest], h12, jointNames(h12), action(9));
    expect([upper.length, obs.length]).toEqual([9, 68]);
    expectNear(obs.slice(0, 3), [0.1, -0.2, 0.3]);
    expectNear(obs.slice(3, 6), gravity);
    expectNear(
      obs.slice(6, 15),
      joints.slice(12).map((j) => -0.5 - 0.01 * (j - 1)),
    );
    expectNear(
      obs.slice(15, 36),
      joints.map((j) => 0.01 * j),
    );
    expectNear(
      obs.slice(36, 57),
      joints.map((j) => 0.05 * j),
    );
    expectNear(obs.slice(57, 66), action(9));
    expectNear(obs.slice(66, 68), [1, -1]);
  });

  it("says where each term lies", () => {
    const group = groupOf([...imu, ...rest], h12, jointNames(h12), 12);
    expect(group.slices.map(({ term, offset, length }) => [term.name, offset, length])).toEqual([
      ["base_ang_vel", 0, 3],
      ["projected_gravity", 3, 3],
      ["joint_pos", 6, 21],
      ["joint_vel", 27, 21],
      ["last_action", 48, 12],
      ["gait_phase_feet", 60, 2],
    ]);
  });

  it("observes still feet while standing: both sines are 0", () => {
    const group = groupOf([{ name: "gait_phase_feet" }]);
    const state = distinctState(robot);
    state.command.fill(0);
    const out = new Float32Array(2);
    group.write({ state, lastAction: [0, 0] }, out);
    expect([...out]).toEqual([0, 0]);
    groupOf([{ name: "gait_cosine_feet" }]).write({ state, lastAction: [0, 0] }, out);
    expect([...out]).toEqual([-1, -1]);
  });
});
