import { createJointTargets, type JointTargets } from "../control-state.ts";
import type { RobotSpec } from "../robots/robot.ts";
import { unpack } from "./float-packing.ts";

/** Remembers past targets, so that those acting may be some physics steps old, as over a real bus. */
export class TargetDelay {
  readonly #ring: JointTargets[];
  readonly #decimation: number;
  #newest = 0;

  /** @param maxSteps the greatest delay that will be asked for, physics steps */
  constructor(robot: RobotSpec, decimation: number, maxSteps: number) {
    this.#decimation = decimation;
    this.#ring = Array.from({ length: Math.ceil(maxSteps / decimation) + 1 }, () =>
      createJointTargets(robot),
    );
  }

  /** Makes every remembered target this one: nothing was ever asked but to stay here. */
  fill(targets: JointTargets): void {
    for (const kept of this.#ring) copyTargets(targets, kept);
  }

  /** Takes the targets decided at this control step. */
  push(targets: JointTargets): void {
    this.#newest = (this.#newest + 1) % this.#ring.length;
    copyTargets(targets, this.#ring[this.#newest]);
  }

  /** Takes back the last `push`; the target that it displaced is lost, and the next `push` displaces it anyway. */
  rewind(): void {
    this.#newest = (this.#newest - 1 + this.#ring.length) % this.#ring.length;
  }

  /** All remembered targets, oldest first: q, kp, kd, tau of each. */
  save(): Float64Array {
    const ordered = this.#ring.map((_, i) => this.#ring[(this.#newest + 1 + i) % this.#ring.length]);
    return Float64Array.from(ordered.flatMap(({ q, kp, kd, tau }) => [...q, ...kp, ...kd, ...tau]));
  }

  /** Takes what `save` returned for the same robot and delay. */
  restore(saved: Float64Array): void {
    this.#newest = this.#ring.length - 1;
    unpack(
      saved,
      this.#ring.flatMap(({ q, kp, kd, tau }) => [q, kp, kd, tau]),
    );
  }

  /** The targets that act at physics step `substep` of the current control step, with this delay in physics steps. */
  at(substep: number, delaySteps: number): JointTargets {
    const age = Math.max(0, Math.ceil((delaySteps - substep) / this.#decimation));
    return this.#ring[(this.#newest - age + this.#ring.length) % this.#ring.length];
  }
}

/** Copies targets by value. */
function copyTargets(from: JointTargets, to: JointTargets): void {
  to.q.set(from.q);
  to.kp.set(from.kp);
  to.kd.set(from.kd);
  to.tau.set(from.tau);
}
