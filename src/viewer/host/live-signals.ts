import { fromYaw, rotate, rotateInverse, yawOf } from "../../common/index.ts";
import { rowSize, type Sample, type StreamDeclaration } from "../../wire/index.ts";
import type { Signal } from "./messages.ts";

/** Streams that can be plotted, in this order. `state` sets the pace; of the others the newest sample counts. */
export const PLOTTED = ["state", "observation", "reward", "timing"] as const;

/** Rows of everything that a server's streams tell, for the curves. */
export class LiveSignals {
  #streams: readonly StreamDeclaration[] = [];
  readonly #newest = new Map<string, Float32Array>();

  /** Takes the declaration of all streams and returns what rows hold from now on. */
  declare(streams: readonly StreamDeclaration[]): Signal[] {
    this.#newest.clear();
    this.#streams = PLOTTED.flatMap((name) => streams.filter((stream) => stream.name === name));
    return [
      ...this.#streams.flatMap(({ name, fields }) =>
        fields.map((field) => ({ ...field, name: signalName(name, field.name) })),
      ),
      { name: "velocity", size: 3, unit: "m/s, rad/s", labels: ["vx", "vy", "yawRate"] },
      { name: "latency", size: 1, unit: "ms" },
    ];
  }

  /** Keeps the newest sample of a stream beside `state`. */
  note(stream: string, { values }: Sample): void {
    this.#newest.set(stream, values);
  }

  /** One row, in a new array. */
  row(sample: Sample, latencyMs: number): Float32Array {
    const out = new Float32Array(this.#streams.reduce((sum, stream) => sum + rowSize(stream), 0) + 4);
    let at = 0;
    for (const stream of this.#streams) {
      const size = rowSize(stream);
      const values = stream.name === "state" ? sample.values : this.#newest.get(stream.name);
      if (values?.length === size) out.set(values, at);
      at += size;
    }
    out.set(headingVelocity(sample), at);
    out[at + 3] = latencyMs;
    return out;
  }
}

/** Fields whose names mean little by themselves carry their stream's. */
function signalName(stream: string, field: string): string {
  return stream === "reward" || stream === "timing" ? `${stream}.${field}` : field;
}

function headingVelocity(sample: Sample): [number, number, number] {
  const quat = sample.field("baseQuat");
  const world = rotate(quat, sample.field("baseLinVel"), [0, 0, 0]);
  const [vx, vy] = rotateInverse(fromYaw(yawOf(quat)), world, [0, 0, 0]);
  const turning = rotate(quat, sample.field("baseAngVel"), [0, 0, 0]);
  return [vx, vy, turning[2]];
}
