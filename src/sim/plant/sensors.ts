import { multiply, type Rng } from "../../common/index.ts";
import type { ControlState } from "../control-state.ts";
import type { SensorConfig } from "./plant-config.ts";
import { smallRotation } from "./small-rotation.ts";

/** What the robot's sensors would say: the truth with noise and bias. Owns the biases; the caller owns the random source. */
export class SensorModel {
  readonly isExact: boolean;
  /** Drawn at each reset; owned here, exposed to be saved and restored. */
  readonly biases: readonly [gyro: Float64Array, tilt: Float64Array] = [
    new Float64Array(3),
    new Float64Array(2),
  ];
  readonly #config: SensorConfig;
  readonly #gyroBias = this.biases[0];
  readonly #tiltBias = this.biases[1];
  readonly #tilt: [number, number, number, number] = [1, 0, 0, 0];

  constructor(config: SensorConfig) {
    this.#config = config;
    this.isExact = Object.values(config).every((amplitude) => amplitude === 0);
  }

  /** Draws the biases of an episode. */
  reset(rng: Rng): void {
    const { gyroBias, tiltBias } = this.#config;
    for (let axis = 0; axis < 3; axis++) this.#gyroBias[axis] = rng.uniform(-gyroBias, gyroBias);
    for (let axis = 0; axis < 2; axis++) this.#tiltBias[axis] = rng.uniform(-tiltBias, tiltBias);
  }

  /** Writes measurements into `measured`; privileged fields and commands are copied as they are. */
  measure(truth: ControlState, measured: ControlState, rng: Rng): void {
    const { jointPosNoise, jointVelNoise, gyroNoise, tiltNoise } = this.#config;
    measured.time = truth.time;
    measured.step = truth.step;
    for (const field of [
      "q",
      "dq",
      "tau",
      "baseQuat",
      "baseAngVel",
      "basePos",
      "baseLinVel",
      "command",
      "reference",
    ] as const) {
      measured[field].set(truth[field]);
    }
    if (this.isExact) return;
    addNoise(measured.q, jointPosNoise, rng);
    addNoise(measured.dq, jointVelNoise, rng);
    addNoise(measured.baseAngVel, gyroNoise, rng);
    for (let axis = 0; axis < 3; axis++) measured.baseAngVel[axis] += this.#gyroBias[axis];
    const roll = this.#tiltBias[0] + rng.uniform(-tiltNoise, tiltNoise);
    const pitch = this.#tiltBias[1] + rng.uniform(-tiltNoise, tiltNoise);
    multiply(measured.baseQuat, smallRotation(roll, pitch, this.#tilt), measured.baseQuat);
  }
}

function addNoise(values: Float64Array, amplitude: number, rng: Rng): void {
  if (amplitude === 0) return;
  for (let i = 0; i < values.length; i++) values[i] += rng.uniform(-amplitude, amplitude);
}
