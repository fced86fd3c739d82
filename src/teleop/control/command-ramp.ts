/** Lets a velocity command change only so fast, so that a policy is never asked for a leap. */
export class CommandRamp {
  readonly #acceleration: number;
  readonly #value = new Float64Array(3);

  /** @param acceleration of each component, m/s² and rad/s² */
  constructor(acceleration: number) {
    this.#acceleration = acceleration;
  }

  /** Writes the command that is next on the way to `goal` [vx, vy, yaw rate] after so many seconds. */
  follow(goal: ArrayLike<number>, seconds: number, out: Float64Array): void {
    const reach = this.#acceleration * seconds;
    for (let k = 0; k < 3; k++) {
      const step = goal[k] - this.#value[k];
      this.#value[k] += Math.min(reach, Math.max(-reach, step));
      out[k] = this.#value[k];
    }
  }
}
