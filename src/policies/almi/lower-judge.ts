import { type JointTargets, jointNames, type Plant, RewardMeter } from "../../sim/index.ts";
import { almiLowerTask } from "./lower-task.ts";

/**
 * Says what each reward term of ALMI's lower body would pay for what a plant does, whoever controls it: call `before`
 * and `after` around each control step, `begin` after a reset. Reads the truth and changes nothing.
 */
export class LowerJudge {
  readonly #plant: Plant;
  readonly #meter: RewardMeter;
  readonly #joints: Int32Array;
  readonly #scale: number;
  readonly #action: Float32Array;
  readonly #lastAction: Float32Array;

  private constructor(plant: Plant, ground?: { heightAt(x: number, y: number): number }) {
    const { robot } = plant;
    const task = almiLowerTask(robot);
    const [group] = task.actions;
    this.#plant = plant;
    this.#joints = Int32Array.from(group.joints, (name) => robot.joints.findIndex((j) => j.name === name));
    this.#scale = Number(group.scale);
    this.#action = new Float32Array(this.#joints.length);
    this.#lastAction = new Float32Array(this.#joints.length);
    const judged = { joints: this.#joints, action: this.#action, lastAction: this.#lastAction };
    this.#meter = new RewardMeter(plant, task, judged, ground);
    this.begin();
  }

  /**
   * A judge of a plant; undefined where the robot has no legs that ALMI knows.
   *
   * @param ground undefined where it is level at height 0
   */
  static of(plant: Plant, ground?: { heightAt(x: number, y: number): number }): LowerJudge | undefined {
    return jointNames(plant.robot, "lower").length === 0 ? undefined : new LowerJudge(plant, ground);
  }

  get names(): readonly string[] {
    return this.#meter.names;
  }

  /** Each term's weighted share of the last step's reward; kept and overwritten. */
  get terms(): Float64Array {
    return this.#meter.terms;
  }

  begin(): void {
    this.#action.fill(0);
    this.#meter.terms.fill(0);
    this.#meter.begin();
  }

  before(): void {
    this.#meter.remember();
    this.#lastAction.set(this.#action);
  }

  /** @param targets of the step; raw actions are what would have asked for them */
  after({ q }: Pick<JointTargets, "q">): void {
    const { joints } = this.#plant.robot;
    for (let k = 0; k < this.#joints.length; k++)
      this.#action[k] = (q[this.#joints[k]] - joints[this.#joints[k]].default) / this.#scale;
    this.#meter.look();
    this.#meter.measure();
  }
}
