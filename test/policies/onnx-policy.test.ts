import { existsSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { encodeModel, float32Tensor } from "../../src/learn/index.ts";
import {
  OnnxPolicy,
  PolicyFileError,
  PolicyMismatchError,
  PolicyOutputError,
  readPolicyFile,
  writePolicyFile,
} from "../../src/policies/index.ts";
import {
  createControlState,
  createJointTargets,
  type JointTargets,
  jointIndices,
  robotByName,
} from "../../src/sim/index.ts";
import { h12, legSpec, legs, linearBytes, linearModel } from "./small-policy.ts";

const RELEASED = "../shared/data/policies/almi_h1_2_lower.onnx";
const indices = jointIndices(h12, legs);
const driven = (values: Float64Array): number[] => Array.from(indices, (index) => values[index]);

function policyOf(
  options: Parameters<typeof linearBytes>[0],
  changes: Record<string, unknown> = {},
): Promise<OnnxPolicy> {
  return OnnxPolicy.load(writePolicyFile(linearBytes(options), legSpec(changes)), h12);
}

/** Weights [36, 12] that copy one observation to one action. */
function copying(from: number, to: number, factor = 1): Float32Array {
  const weight = new Float32Array(36 * 12);
  weight[12 * from + to] = factor;
  return weight;
}

describe("OnnxPolicy", () => {
  it("turns actions into targets and gains of its joints and leaves the others alone", async () => {
    const bias = legs.map((_, i) => i - 5);
    using policy = await policyOf({ bias });
    const targets = createJointTargets(h12);
    targets.tau.fill(9);
    const before: JointTargets = structuredClone(targets);
    await policy.act(createControlState(h12), targets);
    const { kp, kd, defaultJointPos } = policy.spec;
    expect(driven(targets.q)).toEqual(legs.map((name, i) => defaultJointPos[name] + 0.25 * bias[i]));
    expect(driven(targets.kp)).toEqual(kp);
    expect(driven(targets.kd)).toEqual(kd);
    expect(driven(targets.tau)).toEqual(legs.map(() => 0));
    for (let joint = 12; joint < 21; joint++)
      for (const key of ["q", "kp", "kd", "tau"] as const)
        expect(targets[key][joint]).toBe(before[key][joint]);
  });

  it("maps joints by name, whatever the policy's order", async () => {
    const reversed = [...legs].reverse();
    const bias = legs.map((_, i) => i);
    using policy = await policyOf({ bias }, { jointNames: reversed });
    const targets = createJointTargets(h12);
    await policy.act(createControlState(h12), targets);
    const offsets = reversed.map(
      (name, i) => targets.q[jointIndices(h12, [name])[0]] - policy.spec.defaultJointPos[name] - 0.25 * i,
    );
    for (const offset of offsets) expect(offset).toBeCloseTo(0, 12);
  });

  it("observes angles relative to its own default pose, not the robot's", async () => {
    const defaultJointPos = { ...legSpec().defaultJointPos, left_knee_joint: 0.5 };
    using policy = await policyOf({}, { defaultJointPos });
    await policy.act(createControlState(h12), createJointTargets(h12));
    const slice = policy.layout[1];
    expect(policy.observation[slice.offset + 3]).toBeCloseTo(2 * (0.8 - 0.5), 6);
    expect(policy.observation.length).toBe(36);
  });

  it("clips actions, remembers them for the next observation and forgets them at reset", async () => {
    using policy = await policyOf({ bias: [50, -50, 0.5, 0, 0, 0, 0, 0, 0, 0, 0, 0] }, { actionClip: 2 });
    const [state, targets] = [createControlState(h12), createJointTargets(h12)];
    await policy.act(state, targets);
    expect([...policy.action.slice(0, 3)]).toEqual([2, -2, 0.5]);
    expect([...policy.observation.slice(24, 27)]).toEqual([0, 0, 0]);
    await policy.act(state, targets);
    expect([...policy.observation.slice(24, 27)]).toEqual([2, -2, 0.5]);
    policy.reset();
    await policy.act(state, targets);
    expect([...policy.observation.slice(24, 27)]).toEqual([0, 0, 0]);
  });

  it("honours an offset of its own and bounds on the targets", async () => {
    const offsets = legs.map((_, i) => i / 10);
    const targetRange = legs.map((): [number, number] => [0.15, 0.55]);
    using policy = await policyOf({}, { actionOffset: offsets, targetRange });
    const targets = createJointTargets(h12);
    await policy.act(createControlState(h12), targets);
    expect(driven(targets.q)).toEqual(offsets.map((offset) => Math.min(0.55, Math.max(0.15, offset))));
  });

  it("writes no target when the network returns NaN, and says which joint", async () => {
    using policy = await policyOf({ weight: copying(3, 4, 1e38) });
    const [state, targets] = [createControlState(h12), createJointTargets(h12)];
    state.q[0] = 1e10;
    const before = structuredClone(targets);
    await expect(policy.act(state, targets)).rejects.toThrow(PolicyOutputError);
    await expect(policy.act(state, targets)).rejects.toThrow(/left_ankle_pitch_joint/);
    expect(targets).toEqual(before);
  });

  it("blames the state when that is what is not finite", async () => {
    using policy = await policyOf({});
    const state = createControlState(h12);
    state.baseQuat.fill(Number.NaN);
    await expect(policy.act(state, createJointTargets(h12))).rejects.toThrow(/state that it observed/);
  });

  it("starts from the same memory after a reset", async () => {
    using policy = await OnnxPolicy.load(recurrentBytes(), h12);
    const [state, targets] = [createControlState(h12), createJointTargets(h12)];
    const walk = async () => {
      const seen: number[] = [];
      for (let step = 0; step < 4; step++) {
        await policy.act(state, targets);
        seen.push(policy.action[0]);
      }
      return seen;
    };
    expect(await walk()).toEqual([1, 2, 3, 4]);
    policy.reset();
    expect(await walk()).toEqual([1, 2, 3, 4]);
  });

  it("refuses a robot that it was not made for, weights that are no numbers, and damaged files", async () => {
    const bytes = writePolicyFile(linearBytes(), legSpec());
    await expect(OnnxPolicy.load(bytes, robotByName("h1"))).rejects.toThrow(PolicyMismatchError);
    await expect(OnnxPolicy.load(bytes, robotByName("h1"))).rejects.toThrow(/trained for h1_2, not for h1/);
    const bias = legs.map(() => Number.NaN);
    await expect(policyOf({ bias })).rejects.toThrow(/"b" hold NaN/);
    await expect(policyOf({ inputs: 35 })).rejects.toThrow(/give 36 values, but the network takes 35/);
    await expect(OnnxPolicy.load(bytes.subarray(0, 500), h12)).rejects.toThrow(PolicyFileError);
  });
});

describe.skipIf(!existsSync(RELEASED))("a released policy (skipped without the shared data)", () => {
  it("gives finite targets and repeats itself exactly after a reset", async () => {
    using policy = await OnnxPolicy.load(readPolicyFile(readFileSync(RELEASED)), h12);
    const [state, targets] = [createControlState(h12), createJointTargets(h12)];
    state.command[0] = 0.5;
    const walk = async () => {
      policy.reset();
      for (let step = 0; step < 200; step++) {
        state.time = 0.02 * step;
        for (const [k, index] of indices.entries())
          state.q[index] = 0.9 * state.q[index] + 0.1 * targets.q[index] + 1e-3 * k;
        await policy.act(state, targets);
      }
      return [...targets.q];
    };
    const start = state.q.slice();
    const first = await walk();
    state.q.set(start);
    targets.q.set(createJointTargets(h12).q);
    expect(first.every(Number.isFinite)).toBe(true);
    expect(await walk()).toEqual(first);
  });
});

/** A graph whose first action counts the steps in its state. */
function recurrentBytes(): Uint8Array {
  const model = linearModel();
  const state = (name: string) => ({ name, type: "float32", shape: [1, 1, 12] }) as const;
  const { graph } = model;
  const bytes = encodeModel({
    ...model,
    graph: {
      ...graph,
      inputs: [...graph.inputs, state("h_in")],
      outputs: [...graph.outputs, state("h_out")],
      initializers: [
        ...graph.initializers,
        float32Tensor("one", [1, 1, 12], new Float32Array(12).fill(1)),
        { name: "axis", type: "int64", dims: [1], data: BigInt64Array.of(0n) },
      ],
      nodes: [
        { opType: "Gemm", inputs: ["obs", "W", "b"], outputs: ["zero"] },
        { opType: "Add", inputs: ["h_in", "one"], outputs: ["h_out"] },
        { opType: "Squeeze", inputs: ["h_out", "axis"], outputs: ["count"] },
        { opType: "Add", inputs: ["zero", "count"], outputs: ["actions"] },
      ],
    },
  });
  return writePolicyFile(bytes, legSpec({ recurrent: { kind: "gru", layers: 1, hidden: 12 } }));
}
