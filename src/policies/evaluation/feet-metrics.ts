import type { Plant } from "../../sim/index.ts";

/** Whether a robot steps or drags its feet. */
export interface FeetMetrics {
  /** Horizontal speed of a foot's ankle frame while that foot touches the ground, m/s, mean over both feet. */
  readonly slip: number;
  /** Share of the time in which exactly one foot bears the robot. */
  readonly singleSupport: number;
}

/** A foot that presses with more than this, N, touches the ground. */
const TOUCHING = 1;

/** What it reads of a plant. */
type Feet = Pick<Plant, "hasFootSensors" | "readFeet">;

/** Measures how one robot's feet move, from one control step to the next. */
export class FeetWatch {
  readonly #plant: Feet;
  readonly #feet = { pos: new Float64Array(6), vel: new Float64Array(6), force: new Float64Array(6) };
  #slip = 0;
  #contacts = 0;
  #single = 0;
  #steps = 0;

  private constructor(plant: Feet) {
    this.#plant = plant;
  }

  /** Undefined where the robot's model has no foot sensors, as those of others. */
  static on(plant: Feet): FeetWatch | undefined {
    return plant.hasFootSensors ? new FeetWatch(plant) : undefined;
  }

  look(): void {
    const { vel, force } = this.#feet;
    this.#plant.readFeet(this.#feet);
    let touching = 0;
    for (let foot = 0; foot < 6; foot += 3) {
      if (force[foot + 2] <= TOUCHING) continue;
      touching++;
      this.#slip += Math.hypot(vel[foot], vel[foot + 1]);
    }
    this.#contacts += touching;
    this.#single += Number(touching === 1);
    this.#steps++;
  }

  get metrics(): FeetMetrics {
    return {
      slip: this.#slip / Math.max(1, this.#contacts),
      singleSupport: this.#single / Math.max(1, this.#steps),
    };
  }
}
