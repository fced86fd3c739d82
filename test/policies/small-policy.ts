import { encodeModel, float32Tensor, type OnnxModel, type OnnxNode } from "../../src/learn/index.ts";
import { PolicySpec } from "../../src/policies/index.ts";
import { jointNames, robotByName } from "../../src/sim/index.ts";

export const h12 = robotByName("h1_2");
export const legs = jointNames(h12, "lower");

/** What a policy for the H1-2's legs says that observes gravity, 21 joint angles and its last action: 36 to 12. */
export function legSpec(changes: Record<string, unknown> = {}): PolicySpec {
  return PolicySpec.parse({
    version: 1,
    name: "legs",
    robot: "h1_2",
    jointNames: legs,
    observedJoints: jointNames(h12),
    defaultJointPos: Object.fromEntries(h12.joints.map((joint) => [joint.name, joint.default])),
    kp: legs.map((_, i) => 100 + i / 3),
    kd: legs.map((_, i) => 2 + i / 7),
    torqueLimit: legs.map(() => 40),
    actionScale: 0.25,
    controlTimestep: 0.02,
    observations: [{ name: "projected_gravity" }, { name: "joint_pos", scale: 2 }, { name: "last_action" }],
    commands: [{ name: "vx", low: -0.5, high: 0.5 }],
    ...changes,
  });
}

/** A linear layer as a policy graph: actions = W obs + b, all zero unless given. */
export function linearModel(
  options: {
    inputs?: number;
    outputs?: number;
    weight?: ArrayLike<number>;
    bias?: ArrayLike<number>;
    obs?: string;
    actions?: string;
    nodes?: readonly OnnxNode[];
    metadata?: Record<string, string>;
  } = {},
): OnnxModel {
  const { inputs = 36, outputs = 12, obs = "obs", actions = "actions", nodes = [], metadata = {} } = options;
  return {
    irVersion: 8,
    opsets: [{ domain: "", version: 17 }],
    metadata,
    graph: {
      name: "policy",
      inputs: [{ name: obs, type: "float32", shape: ["batch", inputs] }],
      outputs: [{ name: actions, type: "float32", shape: ["batch", outputs] }],
      initializers: [
        float32Tensor("W", [inputs, outputs], options.weight ?? new Float32Array(inputs * outputs)),
        float32Tensor("b", [outputs], options.bias ?? new Float32Array(outputs)),
      ],
      nodes: [{ opType: "Gemm", inputs: [obs, "W", "b"], outputs: [actions] }, ...nodes],
    },
  };
}

export const linearBytes = (options: Parameters<typeof linearModel>[0] = {}): Uint8Array =>
  encodeModel(linearModel(options));
