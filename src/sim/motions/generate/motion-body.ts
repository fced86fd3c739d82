import type { Engine, Model, Simulation } from "../../engine/index.ts";
import { jointIndices, jointNames, type RobotSpec } from "../../robots/robot.ts";
import { ArmChain } from "./arm-chain.ts";
import { ArmSolver } from "./arm-solver.ts";
import { SelfClearance } from "./clearance.ts";
import type { ArmPose, Pose } from "./pose.ts";

/** Share of each joint's range that motions use, around its middle. */
const SOFT_LIMIT = 0.95;
/** Share of each joint's greatest speed that motions use. */
const SPEED_LIMIT = 0.7;
/** Greatest accelerations, rad/s², by the joint's place: torso, then shoulder pitch, roll and yaw, and elbow. */
const ACCELERATION_LIMITS = [30, 40, 40, 80, 80] as const;

/** A robot's upper body as motions see it: nine joints (torso, left arm, right arm), their limits and geometry. */
export class MotionBody implements Disposable {
  readonly robot: RobotSpec;
  readonly joints: readonly string[];
  readonly default: Float64Array;
  readonly low: Float64Array;
  readonly high: Float64Array;
  readonly speed: Float64Array;
  readonly acceleration: Float64Array;
  /** Length of a stretched arm, m. */
  readonly reach: number;
  /** The middle between the shoulders, torso frame, m. */
  readonly origin: Float64Array;
  readonly model: Model;
  readonly simulation: Simulation;
  /** Worst distance between a hand and the place it was asked to be since the last reset, m. */
  worstMiss = 0;
  readonly #arms: readonly [Arm, Arm];
  readonly #clearance: SelfClearance;
  readonly #qpos: Int32Array;

  /** Owns a simulation of the model, which must hold the robot alone; the model stays the caller's. */
  constructor(engine: Engine, model: Model, robot: RobotSpec) {
    this.robot = robot;
    this.model = model;
    this.simulation = engine.simulate(model);
    this.joints = jointNames(robot, "upper");
    const specs = [...jointIndices(robot, this.joints)].map((index) => robot.joints[index]);
    this.default = Float64Array.from(specs, (spec) => spec.default);
    this.low = Float64Array.from(specs, ({ range: [a, b] }) => (a + b) / 2 - (SOFT_LIMIT * (b - a)) / 2);
    this.high = Float64Array.from(specs, ({ range: [a, b] }) => (a + b) / 2 + (SOFT_LIMIT * (b - a)) / 2);
    this.speed = Float64Array.from(specs, (spec) => SPEED_LIMIT * spec.velocityLimit);
    this.acceleration = Float64Array.from(
      specs,
      (_, i) => ACCELERATION_LIMITS[i === 0 ? 0 : 1 + ((i - 1) % 4)],
    );
    this.#arms = [this.#arm("left", 1), this.#arm("right", 5)];
    this.reach = this.#arms[0].solver.chain.reach;
    const [left, right] = this.#arms.map(({ solver }) => solver.chain.shoulder);
    this.origin = left.map((value, k) => (value + right[k]) / 2);
    this.#qpos = Int32Array.from(this.joints, (name) => model.views.jnt_qposadr[model.index("joint", name)]);
    this.#clearance = new SelfClearance(this.simulation);
    for (const joint of robot.joints)
      this.simulation.views.qpos[model.views.jnt_qposadr[model.index("joint", joint.name)]] = joint.default;
  }

  /**
   * Joint angles of a pose, [9], within limits: the best that inverse kinematics finds from several starts.
   *
   * @param anchor angles to stay near where the pose leaves a choice, [9]
   */
  solve(pose: Pose, anchor: Float64Array): Float64Array {
    return this.#solvePose(pose, anchor, Float64Array.from(anchor), true);
  }

  /** Like `solve`, but near `start`, so that poses which change little by little give angles that do, too. */
  follow(pose: Pose, anchor: Float64Array, start: Float64Array): Float64Array {
    return this.#solvePose(pose, anchor, Float64Array.from(start), false);
  }

  /** Puts the simulated robot's upper body at these angles, [9], legs in the default pose. */
  place(q: ArrayLike<number>): void {
    for (let i = 0; i < this.#qpos.length; i++) this.simulation.views.qpos[this.#qpos[i]] = q[i];
  }

  /** Smallest distance between parts of the robot at these angles, m. */
  clearance(q: ArrayLike<number>): number {
    this.place(q);
    return this.#clearance.measure();
  }

  /** The two geoms that came closest in the last `clearance`. */
  get closest(): readonly [string, string] {
    return this.#clearance.closest;
  }

  [Symbol.dispose](): void {
    this.simulation[Symbol.dispose]();
  }

  #solvePose(pose: Pose, anchor: Float64Array, q: Float64Array, isSearch: boolean): Float64Array {
    q[0] = this.#within(0, pose.torso ?? 0);
    this.#solveArm(this.#arms[0], pose.left ?? "rest", anchor, q, isSearch);
    this.#solveArm(this.#arms[1], pose.right ?? "rest", anchor, q, isSearch);
    return q;
  }

  #arm(side: "left" | "right", first: number): Arm {
    const chain = new ArmChain(this.model, this.joints.slice(first, first + 4), `${side}_hand`);
    const solver = new ArmSolver(chain, this.low.slice(first, first + 4), this.high.slice(first, first + 4));
    const outward = side === "left" ? 1 : -1;
    const starts = STARTS.map(([pitch, roll, yaw, elbow]) =>
      Float64Array.of(pitch, outward * roll, outward * yaw, elbow).map((angle, i) =>
        this.#within(first + i, angle),
      ),
    );
    return { solver, first, outward, starts };
  }

  #solveArm(arm: Arm, pose: ArmPose, anchor: Float64Array, q: Float64Array, isSearch: boolean): void {
    const { first, outward, solver } = arm;
    if (pose === "rest") {
      for (let i = first; i < first + 4; i++) q[i] = this.default[i];
      return;
    }
    if ("angles" in pose) {
      pose.angles.forEach((angle, i) => {
        q[first + i] = this.#within(first + i, i === 1 || i === 2 ? outward * angle : angle);
      });
      return;
    }
    const own = q.slice(first, first + 4);
    const [forward, aside, up] = pose.hand;
    const target = Float64Array.of(
      this.origin[0] + this.reach * forward,
      this.origin[1] + this.reach * outward * aside,
      this.origin[2] + this.reach * up,
    );
    const pole = [pose.elbow[0], outward * pose.elbow[1], pose.elbow[2]];
    const near = anchor.subarray(first, first + 4);
    const miss = isSearch
      ? solver.search(target, pole, near, own, arm.starts)
      : solver.solve(target, pole, near, own);
    this.worstMiss = Math.max(this.worstMiss, miss);
    q.set(own, first);
  }

  #within(joint: number, angle: number): number {
    return Math.min(this.high[joint], Math.max(this.low[joint], angle));
  }
}

interface Arm {
  readonly solver: ArmSolver;
  readonly first: number;
  readonly outward: 1 | -1;
  readonly starts: readonly Float64Array[];
}

/** Where the search for a pose starts, with the left arm's signs: hanging, ahead, overhead, aside with the forearm up, behind. */
const STARTS = [
  [0.2, 0.2, 0, 0.3],
  [-1.3, 0.3, 0, 0.5],
  [-2.6, 0.4, 0, 1],
  [0, 1.4, 1.4, 0.3],
  [-1, 1, -1, 0.5],
  [0.9, 0.3, 0, 0.8],
] as const;
