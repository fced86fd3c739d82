import { fromYaw, rotate, rotateInverse, yawOf } from "../../common/index.ts";
import { type LowerJudge, OnnxPolicy, type Policy, WholeBodyPolicy } from "../../policies/index.ts";
import type { JointTargets, Plant } from "../../sim/index.ts";
import type { Signal } from "./messages.ts";

interface Source extends Signal {
  readonly read: (out: Float32Array, at: number) => void;
}

/** Everything about a plant and its policy that can be plotted, one sample a control step. */
export class PlantSignals {
  readonly #sources: readonly Source[];
  readonly #width: number;
  #targets: JointTargets | undefined;
  #policyMs = 0;
  #physicsMs = 0;

  /** @param judge what its reward terms pay can be plotted too */
  constructor(plant: Plant, policy: Policy | undefined, judge?: LowerJudge | undefined) {
    this.#sources = [
      ...this.#stateSources(plant),
      ...policySources(policy),
      ...rewardSources(judge),
      ...this.#timingSources(),
    ];
    this.#width = this.#sources.reduce((sum, { size }) => sum + size, 0);
  }

  get declaration(): readonly Signal[] {
    return this.#sources.map(({ name, size, unit, labels }) => ({ name, size, unit, labels }));
  }

  /** The values now, in the declaration's order, in a new array. */
  sample(targets: JointTargets | undefined, policyMs: number, physicsMs: number): Float32Array {
    this.#targets = targets;
    this.#policyMs = policyMs;
    this.#physicsMs = physicsMs;
    const out = new Float32Array(this.#width);
    let at = 0;
    for (const { size, read } of this.#sources) {
      read(out, at);
      at += size;
    }
    return out;
  }

  #stateSources(plant: Plant): Source[] {
    const { truth, robot } = plant;
    const labels = robot.joints.map(({ name }) => name.replace(/_joint$/, ""));
    const perJoint = (name: string, unit: string, values: () => ArrayLike<number>): Source =>
      array(name, unit, labels.length, values, labels);
    return [
      array("time", "s", 1, () => [truth.time]),
      perJoint("q", "rad", () => truth.q),
      perJoint("target", "rad", () => this.#targets?.q ?? truth.q),
      perJoint("dq", "rad/s", () => truth.dq),
      perJoint("tau", "N·m", () => truth.tau),
      perJoint("reference", "rad", () => truth.reference),
      array("command", "m/s, rad/s", 3, () => truth.command, ["vx", "vy", "yawRate"]),
      array("velocity", "m/s, rad/s", 3, () => headingVelocity(plant), ["vx", "vy", "yawRate"]),
      array("basePos", "m", 3, () => truth.basePos, ["x", "y", "z"]),
      array("baseQuat", "", 4, () => truth.baseQuat, ["w", "x", "y", "z"]),
      array("baseAngVel", "rad/s", 3, () => truth.baseAngVel, ["x", "y", "z"]),
    ];
  }

  #timingSources(): Source[] {
    return [array("timing", "ms", 2, () => [this.#policyMs, this.#physicsMs], ["policy", "physics"])];
  }
}

/** Velocity in the frame in which it is commanded: level, and turned with the pelvis. */
function headingVelocity({ truth }: Plant): [number, number, number] {
  const world = rotate(truth.baseQuat, truth.baseLinVel, [0, 0, 0]);
  const [vx, vy] = rotateInverse(fromYaw(yawOf(truth.baseQuat)), world, [0, 0, 0]);
  const turning = rotate(truth.baseQuat, truth.baseAngVel, [0, 0, 0]);
  return [vx, vy, turning[2]];
}

/** What networks observed and did, term by term. */
function policySources(policy: Policy | undefined): Source[] {
  if (policy instanceof WholeBodyPolicy) return policy.parts.flatMap(policySources);
  if (!(policy instanceof OnnxPolicy)) return [];
  const terms = policy.layout.map(({ term, offset, length }) =>
    array(`${policy.name}.${term.name}`, "", length, () =>
      policy.observation.subarray(offset, offset + length),
    ),
  );
  return [
    ...terms,
    array(`${policy.name}.action`, "", policy.joints.length, () => policy.action, policy.joints),
  ];
}

function rewardSources(judge: LowerJudge | undefined): Source[] {
  return (judge?.names ?? []).map((name, k) =>
    array(`reward.${name}`, "", 1, () => judge?.terms.subarray(k, k + 1) ?? [0]),
  );
}

function array(
  name: string,
  unit: string,
  size: number,
  values: () => ArrayLike<number>,
  labels?: readonly string[],
): Source {
  return { name, unit, size, labels, read: (out, at) => out.set(values(), at) };
}
