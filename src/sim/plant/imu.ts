import { multiply, type Rng } from "../../common/index.ts";
import type { Model, Simulation } from "../engine/index.ts";
import type { SensorConfig } from "./plant-config.ts";
import { smallRotation } from "./small-rotation.ts";

/** What the inertial unit says, in its own frame; on both Unitree humanoids that is the torso's. Kept and overwritten. */
export interface ImuReading {
  /** World from IMU, [w, x, y, z]. */
  readonly quat: Float64Array;
  /** rad/s */
  readonly gyro: Float64Array;
  /** Proper acceleration, m/s²: +9.81 upwards at rest. */
  readonly acc: Float64Array;
}

/**
 * The inertial unit of the model's sensors `imu_quat`, `imu_gyro` and `imu_acc`, with noise and biases. The engine
 * computes sensors before it moves on, so a reading is one physics step old, as a real one is.
 */
export class Imu {
  readonly reading: ImuReading = {
    quat: Float64Array.of(1, 0, 0, 0),
    gyro: new Float64Array(3),
    acc: new Float64Array(3),
  };
  /** Drawn at each reset, m/s²; gyro and tilt share the biases of the plant's other readings. */
  readonly accelerometerBias = new Float64Array(3);
  readonly #config: SensorConfig;
  readonly #quat: number;
  readonly #gyro: number;
  readonly #acc: number;
  readonly #tilt: [number, number, number, number] = [1, 0, 0, 0];

  private constructor(config: SensorConfig, addresses: readonly [number, number, number]) {
    this.#config = config;
    [this.#quat, this.#gyro, this.#acc] = addresses;
  }

  /** A robot's inertial unit, or undefined where it has none. @param prefix before the robot's names in the model */
  static of(model: Model, config: SensorConfig, prefix = ""): Imu | undefined {
    const [quat, gyro, acc] = ["imu_quat", "imu_gyro", "imu_acc"].map((name) =>
      model.find("sensor", prefix + name),
    );
    if (quat === undefined || gyro === undefined || acc === undefined) return undefined;
    const { sensor_adr } = model.views;
    return new Imu(config, [sensor_adr[quat], sensor_adr[gyro], sensor_adr[acc]]);
  }

  reset(rng: Rng): void {
    const { accelerometerBias: limit } = this.#config;
    for (let axis = 0; axis < 3; axis++) this.accelerometerBias[axis] = rng.uniform(-limit, limit);
  }

  /** Takes a new reading. Draws from `rng` only for noise that is asked for. */
  read(simulation: Simulation, biases: readonly [gyro: Float64Array, tilt: Float64Array], rng: Rng): void {
    const { sensordata } = simulation.views;
    const { quat, gyro, acc } = this.reading;
    const { gyroNoise, tiltNoise, accelerometerNoise } = this.#config;
    for (let k = 0; k < 4; k++) quat[k] = sensordata[this.#quat + k];
    for (let axis = 0; axis < 3; axis++) {
      gyro[axis] = sensordata[this.#gyro + axis] + biases[0][axis] + noise(gyroNoise, rng);
      acc[axis] =
        sensordata[this.#acc + axis] + this.accelerometerBias[axis] + noise(accelerometerNoise, rng);
    }
    const roll = biases[1][0] + noise(tiltNoise, rng);
    const pitch = biases[1][1] + noise(tiltNoise, rng);
    if (roll !== 0 || pitch !== 0) multiply(quat, smallRotation(roll, pitch, this.#tilt), quat);
  }
}

function noise(amplitude: number, rng: Rng): number {
  return amplitude === 0 ? 0 : rng.uniform(-amplitude, amplitude);
}
