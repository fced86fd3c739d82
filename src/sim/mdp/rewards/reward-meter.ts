import { UnknownNameError } from "../../../common/index.ts";
import type { Plant } from "../../plant/plant.ts";
import { jointIndices } from "../../robots/robot.ts";
import type { TaskConfig } from "../../tasks/task-config.ts";
import type { MdpState, RewardKernel } from "../mdp-state.ts";
import { hasFallen } from "../terminations.ts";
import { REWARD_TERMS } from "./index.ts";
import { JointsApart } from "./joints-apart.ts";

/** The joints that rewards judge and the raw actions that drive them, this step's and the last one's. */
export interface JudgedAction {
  /** Indices in the robot's order. */
  readonly joints: Int32Array;
  readonly action: Float32Array;
  readonly lastAction: Float32Array;
}

/** The parts of a task that say what is rewarded. */
export type RewardedTask = Pick<TaskConfig, "rewards" | "gait" | "fall">;

/** Each property written out: objects that were spread out of others are slow to read, which took a tenth of a training step. */
interface BoundTerm {
  readonly kernel: RewardKernel;
  readonly weight: number;
  readonly params: Readonly<Record<string, number>>;
  readonly isShaping: boolean;
  readonly isCalmOnly: boolean;
  /** The state of some joints alone, for a term that judges no others. */
  readonly apart: JointsApart | undefined;
}

/**
 * Measures the reward terms of a task on a plant that somebody else steps: `remember` before the step, `look` and
 * `measure` after it. Reads the truth and changes nothing.
 */
export class RewardMeter {
  readonly mdp: MdpState;
  readonly names: readonly string[];
  /** Each term's weighted share of the last step's reward, in the order of `names`; kept and overwritten. */
  readonly terms: Float64Array;
  readonly #plant: Plant;
  readonly #bound: readonly BoundTerm[];
  readonly #fall: RewardedTask["fall"];
  readonly #ground: { heightAt(x: number, y: number): number } | undefined;
  #isCalm = false;

  /** @param ground undefined where it is level at height 0. Throws `UnknownNameError` for a term that is none. */
  constructor(
    plant: Plant,
    { rewards, gait, fall }: RewardedTask,
    judged: JudgedAction,
    ground?: { heightAt(x: number, y: number): number },
  ) {
    this.#plant = plant;
    this.#fall = fall;
    this.#ground = ground;
    this.names = Object.keys(rewards);
    this.terms = new Float64Array(this.names.length);
    this.mdp = {
      robot: plant.robot,
      state: plant.truth,
      previousDq: new Float64Array(plant.robot.joints.length),
      joints: judged.joints,
      action: judged.action,
      lastAction: judged.lastAction,
      feet: { pos: new Float64Array(6), vel: new Float64Array(6), force: new Float64Array(6) },
      knees: new Float64Array(6),
      groundHeight: 0,
      travel: new Float64Array(3),
      drawn: plant.randomization.drawn,
      gait,
      controlTimestep: plant.controlTimestep,
      hasFallen: false,
    };
    this.#bound = Object.entries(rewards).map(
      ([name, { weight, params, isShaping, isCalmOnly, joints }]) => ({
        kernel: kernelOf(name),
        weight,
        params,
        isShaping,
        isCalmOnly,
        apart:
          joints === undefined ? undefined : new JointsApart(this.mdp, jointIndices(plant.robot, joints)),
      }),
    );
  }

  /** After a reset. @param isCalm whether the episode is, for terms that count in such alone */
  begin(isCalm = false): void {
    this.#isCalm = isCalm;
    this.#readBody();
    this.remember();
    this.#followTravel(1);
    this.mdp.hasFallen = false;
  }

  /** Before a step: what differences are taken from. */
  remember(): void {
    this.mdp.previousDq.set(this.#plant.truth.dq);
  }

  /** After a step: reads the body, and returns whether it has fallen. */
  look(): boolean {
    this.#readBody();
    this.#followTravel(this.mdp.controlTimestep / (this.mdp.gait.period / 2));
    this.mdp.hasFallen = hasFallen(this.#plant.truth, this.#fall, this.mdp.groundHeight);
    return this.mdp.hasFallen;
  }

  /** Writes the terms of the step that `look` saw and returns their sum. @param shaping factor on shaping terms */
  measure(shaping = 1): number {
    const { controlTimestep } = this.mdp;
    let sum = 0;
    for (let i = 0; i < this.#bound.length; i++) {
      const { kernel, weight, params, isShaping, isCalmOnly, apart } = this.#bound[i];
      apart?.look();
      const factor = isCalmOnly && !this.#isCalm ? 0 : isShaping ? shaping : 1;
      const value = factor === 0 ? 0 : factor * weight * controlTimestep * kernel(apart ?? this.mdp, params);
      this.terms[i] = value;
      sum += value;
    }
    return sum;
  }

  #followTravel(share: number): void {
    const { travel, state } = this.mdp;
    travel[0] += share * (state.baseLinVel[0] - travel[0]);
    travel[1] += share * (state.baseLinVel[1] - travel[1]);
    travel[2] += share * (state.baseAngVel[2] - travel[2]);
  }

  #readBody(): void {
    const { feet, knees } = this.mdp;
    const { simulation, index, truth } = this.#plant;
    this.#plant.readFeet(feet);
    for (let side = 0; side < 2; side++) {
      const knee = 3 * index.knees[side];
      for (let axis = 0; axis < 3; axis++) knees[3 * side + axis] = simulation.views.xpos[knee + axis];
    }
    this.mdp.groundHeight = this.#ground?.heightAt(truth.basePos[0], truth.basePos[1]) ?? 0;
  }
}

function kernelOf(name: string): RewardKernel {
  const kernel = Object.hasOwn(REWARD_TERMS, name) ? REWARD_TERMS[name] : undefined;
  if (kernel === undefined) throw new UnknownNameError("reward term", name, Object.keys(REWARD_TERMS));
  return kernel;
}
