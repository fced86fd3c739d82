import type { Plant } from "../../sim/index.ts";

/**
 * A band from the ceiling to the torso, as a hoist: it pulls, never pushes, and calms bouncing, swinging and spinning.
 * Its length follows from how high the pelvis is to hang, so the same numbers suit robots of any weight.
 */
export class ElasticBand {
  /** Whether it pulls. */
  isAttached: boolean;
  /** How far above its standing height the limp robot's pelvis hangs, m; negative leaves weight on the feet. */
  lift: number;
  readonly #plant: Plant;
  readonly #body: number;
  /** What the robot's weight adds to the band's length, m. */
  readonly #stretch: number;
  /** Height of the ceiling, m. */
  readonly #ceiling: number;
  readonly #toCeiling = new Float64Array(3);

  /** The plant must be in its default pose. */
  constructor(plant: Plant, { isAttached, lift }: { isAttached: boolean; lift: number }) {
    const { model, views } = plant.simulation;
    const base = model.index("body", plant.robot.baseBody);
    this.#plant = plant;
    this.#body = model.find("body", "torso_link") ?? base;
    this.isAttached = isAttached;
    this.lift = lift;
    this.#stretch = (GRAVITY * model.views.body_subtreemass[base]) / STIFFNESS;
    const torsoAboveBase = views.xipos[3 * this.#body + 2] - plant.truth.basePos[2];
    this.#ceiling = plant.robot.standingHeight + torsoAboveBase + LENGTH;
  }

  /** Sets the force on the torso for the next physics step. Allocates nothing. */
  apply(): void {
    const { xfrc_applied, xipos, qvel } = this.#plant.simulation.views;
    const at = 6 * this.#body;
    if (!this.isAttached) {
      xfrc_applied.fill(0, at, at + 6);
      return;
    }
    const to = this.#toCeiling;
    for (let axis = 0; axis < 3; axis++)
      to[axis] = (axis === 2 ? this.#ceiling : 0) - xipos[3 * this.#body + axis];
    const distance = Math.sqrt(to[0] * to[0] + to[1] * to[1] + to[2] * to[2]);
    const { baseDof } = this.#plant.index;
    const speed = (qvel[baseDof] * to[0] + qvel[baseDof + 1] * to[1] + qvel[baseDof + 2] * to[2]) / distance;
    const ownLength = LENGTH - this.lift - this.#stretch;
    const tension = Math.max(0, STIFFNESS * (distance - ownLength) - DAMPING * speed);
    for (let axis = 0; axis < 3; axis++) {
      xfrc_applied[at + axis] = (tension * to[axis]) / distance;
      if (axis < 2) xfrc_applied[at + axis] -= SWING_DAMPING * qvel[baseDof + axis];
    }
    xfrc_applied[at + 5] = -SPIN_DAMPING * qvel[baseDof + 5];
  }
}

/** From the torso's centre of mass to the ceiling, m. */
const LENGTH = 2;
/** N/m and N·s/m: half a metre holds the heavier robot; swinging up and down dies within a second. */
const STIFFNESS = 2000;
const DAMPING = 600;
/** N·s/m across the band, N·m·s/rad about it. */
const SWING_DAMPING = 60;
const SPIN_DAMPING = 10;
const GRAVITY = 9.81;
