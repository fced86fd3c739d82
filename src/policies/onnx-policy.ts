import { ContrappostoError } from "../common/index.ts";
import { type BoundRun, InferenceSession, type SessionOptions, type TensorValue } from "../learn/index.ts";
import {
  type ControlState,
  type JointTargets,
  jointIndices,
  ObservationGroup,
  type ObservationSlice,
  type RobotSpec,
} from "../sim/index.ts";
import { lintPolicy } from "./file/lint.ts";
import { type PolicyFile, readPolicyFile } from "./file/policy-file.ts";
import type { Policy } from "./policy.ts";
import { actionScales, type PolicySpec } from "./spec.ts";

/** The policy and the robot do not belong together, or the weights are damaged. */
export class PolicyMismatchError extends ContrappostoError {
  override readonly code = "POLICY_MISMATCH";
}

/** The network returned something that no joint can follow; no target was written. */
export class PolicyOutputError extends ContrappostoError {
  override readonly code = "POLICY_OUTPUT";
}

/** A policy file at work: observes, evaluates, and writes targets and gains for the joints it drives. */
export class OnnxPolicy implements Policy, Disposable {
  readonly name: string;
  readonly joints: readonly string[];
  readonly controlTimestep: number;
  readonly spec: PolicySpec;
  /** Where each term sits in `observation`. */
  readonly layout: readonly ObservationSlice[];
  /** The vector that the last `act` observed, and the action the network returned, clipped. Kept and overwritten. */
  readonly observation: Float32Array;
  readonly action: Float32Array;
  readonly #network: Network;
  readonly #group: ObservationGroup;
  readonly #drive: Drive;
  readonly #source: { state: ControlState; readonly lastAction: Float32Array };

  private constructor(spec: PolicySpec, robot: RobotSpec, network: Network) {
    this.name = spec.name;
    this.joints = spec.jointNames;
    this.controlTimestep = spec.controlTimestep;
    this.spec = spec;
    this.#network = network;
    this.#group = observationGroup(spec, robot);
    this.#drive = new Drive(spec, robot);
    this.layout = this.#group.slices;
    this.observation = network.observation;
    this.action = new Float32Array(spec.jointNames.length);
    this.#source = { state: UNSET_STATE, lastAction: this.action };
  }

  /**
   * Readies a policy for a robot. `file` is what `readPolicyFile` returned, or the bytes of a file that describes
   * itself. Throws `PolicyMismatchError` where joints, sizes or weights do not fit the robot, and whatever reading
   * the file or loading the network throws.
   */
  static async load(
    file: PolicyFile | Uint8Array,
    robot: RobotSpec,
    options: SessionOptions = {},
  ): Promise<OnnxPolicy> {
    const policy = file instanceof Uint8Array ? readPolicyFile(file, { robots: [robot] }) : file;
    requireFit(policy, robot);
    const session = await InferenceSession.load(policy.model, options);
    try {
      return new OnnxPolicy(policy.spec, robot, new Network(session, policy.spec));
    } catch (problem) {
      session[Symbol.dispose]();
      throw problem;
    }
  }

  /** Why the network runs on another execution provider than asked for; undefined when it runs as asked. */
  get notice(): string | undefined {
    return this.#network.session.notice;
  }

  reset(): void {
    this.#network.reset();
    this.#group.reset();
    this.action.fill(0);
  }

  /** Throws `PolicyOutputError` when the network returns a number that is not finite; `targets` stay as they were. */
  async act(state: ControlState, targets: JointTargets): Promise<void> {
    this.#source.state = state;
    this.#group.write(this.#source, this.observation);
    await this.#network.run();
    this.#drive.clipActions(this.#network.actions, this.action, state);
    this.#drive.write(this.action, targets);
  }

  [Symbol.dispose](): void {
    this.#network.session[Symbol.dispose]();
  }
}

/** Throws `PolicyMismatchError` where joints, sizes or weights of a policy do not fit a robot. */
export function requireFit(policy: PolicyFile, robot: RobotSpec): void {
  const errors = lintPolicy(policy, robot).filter((finding) => finding.severity === "error");
  if (errors.length > 0)
    throw new PolicyMismatchError(errors.map((finding) => finding.text).join(" "), errors[0].remedy);
}

/** The graph with its fixed arrays, and the recurrent state that it hands from step to step. */
class Network {
  readonly session: InferenceSession;
  readonly observation: Float32Array;
  readonly actions: Float32Array;
  readonly #bound: BoundRun;
  /** Pairs of state input and output, on which the state goes round. */
  readonly #states: readonly (readonly [input: Float32Array, output: Float32Array])[];

  constructor(session: InferenceSession, spec: PolicySpec) {
    this.session = session;
    const batch = (value: TensorValue) => value.data as Float32Array;
    const names = spec.recurrent === undefined ? [] : spec.recurrent.kind === "lstm" ? ["h", "c"] : ["h"];
    const symbols = openDimensions(session);
    const inputs: Record<string, TensorValue> = { obs: session.input("obs", symbols) };
    const outputs: Record<string, TensorValue> = {
      actions: {
        type: "float32",
        dims: [1, spec.jointNames.length],
        data: new Float32Array(spec.jointNames.length),
      },
    };
    for (const name of names) {
      inputs[`${name}_in`] = session.input(`${name}_in`, symbols);
      outputs[`${name}_out`] = { ...inputs[`${name}_in`], data: batch(inputs[`${name}_in`]).slice() };
    }
    this.#bound = session.bind(inputs, outputs);
    this.observation = batch(inputs.obs);
    this.actions = batch(outputs.actions);
    this.#states = names.map((name) => [batch(inputs[`${name}_in`]), batch(outputs[`${name}_out`])]);
  }

  async run(): Promise<void> {
    await this.#bound.run();
    for (let i = 0; i < this.#states.length; i++) this.#states[i][0].set(this.#states[i][1]);
  }

  reset(): void {
    for (const [input] of this.#states) input.fill(0);
  }
}

/** From actions to targets: scale, offset, limits and gains, each at the joint's place in the robot. */
class Drive {
  readonly #spec: PolicySpec;
  readonly #joints: Int32Array;
  readonly #scale: Float64Array;
  readonly #offset: Float64Array;
  readonly #low: Float64Array;
  readonly #high: Float64Array;

  constructor(spec: PolicySpec, robot: RobotSpec) {
    const { targetRange, jointNames } = spec;
    this.#spec = spec;
    this.#joints = jointIndices(robot, jointNames);
    this.#scale = Float64Array.from(actionScales(spec));
    this.#offset = Float64Array.from(
      spec.actionOffset ?? jointNames.map((name) => spec.defaultJointPos[name]),
    );
    this.#low = Float64Array.from(jointNames, (_, i) => targetRange?.[i][0] ?? Number.NEGATIVE_INFINITY);
    this.#high = Float64Array.from(jointNames, (_, i) => targetRange?.[i][1] ?? Number.POSITIVE_INFINITY);
  }

  clipActions(raw: Float32Array, out: Float32Array, state: ControlState): void {
    const bound = this.#spec.actionClip;
    for (let i = 0; i < raw.length; i++) if (!Number.isFinite(raw[i])) throw this.#badOutput(raw, i, state);
    for (let i = 0; i < raw.length; i++) out[i] = Math.min(bound, Math.max(-bound, raw[i]));
  }

  write(action: Float32Array, targets: JointTargets): void {
    for (let i = 0; i < action.length; i++) {
      const joint = this.#joints[i];
      const q = this.#offset[i] + this.#scale[i] * action[i];
      targets.q[joint] = Math.min(this.#high[i], Math.max(this.#low[i], q));
      targets.kp[joint] = this.#spec.kp[i];
      targets.kd[joint] = this.#spec.kd[i];
      targets.tau[joint] = 0;
    }
  }

  #badOutput(raw: Float32Array, index: number, state: ControlState): PolicyOutputError {
    const hasBadState = [state.q, state.dq, state.baseQuat, state.baseAngVel, state.command].some((values) =>
      values.some((value) => !Number.isFinite(value)),
    );
    return new PolicyOutputError(
      `The policy "${this.#spec.name}" returned ${raw[index]} for ${this.#spec.jointNames[index]} at ${state.time.toFixed(3)} s.`,
      hasBadState
        ? "The state that it observed holds numbers that are not finite: look for the cause there."
        : "Its weights are damaged or its training diverged: use another checkpoint.",
    );
  }
}

function observationGroup(spec: PolicySpec, robot: RobotSpec): ObservationGroup {
  const defaults = robot.joints.map((joint) => spec.defaultJointPos[joint.name] ?? joint.default);
  return new ObservationGroup(robot, spec.observations, {
    jointNames: spec.observedJoints,
    actionSize: spec.jointNames.length,
    defaults,
  });
}

/** One robot at a time: every open dimension is a batch of one. */
function openDimensions(session: InferenceSession): Record<string, number> {
  const symbols = session.inputs.flatMap((port) => port.dims.filter((dim) => typeof dim === "string"));
  return Object.fromEntries(symbols.map((symbol) => [symbol, 1]));
}

/** Stands in until the first `act`, which sets the real one before anything reads it. */
const UNSET_STATE: ControlState = {
  time: 0,
  step: 0,
  q: new Float64Array(0),
  dq: new Float64Array(0),
  tau: new Float64Array(0),
  baseQuat: new Float64Array(0),
  baseAngVel: new Float64Array(0),
  basePos: new Float64Array(0),
  baseLinVel: new Float64Array(0),
  command: new Float64Array(0),
  reference: new Float64Array(0),
};
