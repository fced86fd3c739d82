import type { VlaObservation, VlaSpec } from "../../../vla/index.ts";
import type { StreamPlan } from "../../../wire/index.ts";

type Camera = VlaSpec["cameras"][number];

/** The stream `pictures`: what the model saw when it decided, a field for each camera. */
export function picturesPlan(cameras: readonly Camera[], rateHz: number): StreamPlan {
  return {
    name: "pictures",
    layout: "record",
    rateHz,
    fields: cameras.map(({ name, width, height }) => ({ name, size: width * height, unit: "" })),
  };
}

/** Pictures as a sample: one number a pixel, 65536 r + 256 g + b, which float32 holds exactly. */
export function packPictures(cameras: readonly Camera[], images: VlaObservation["images"]): Float32Array {
  return Float32Array.from(cameras.flatMap(({ name }) => packed(images[name].rgb)));
}

function packed(rgb: Uint8Array): number[] {
  return Array.from({ length: rgb.length / 3 }, (_, i) => {
    const at = 3 * i;
    return 65536 * rgb[at] + 256 * rgb[at + 1] + rgb[at + 2];
  });
}

/** Values of a row of `futures` before `qpos`. */
export const FUTURE_HEAD = 10;

/** The stream `futures`: what each candidate leads to, action by action, in a copy of the simulation. */
export function futuresPlan(nq: number, rateHz: number): StreamPlan {
  return {
    name: "futures",
    layout: "rows",
    rateHz,
    fields: [
      { name: "decision", size: 1, unit: "" },
      { name: "candidate", size: 1, unit: "" },
      { name: "step", size: 1, unit: "" },
      { name: "left", size: 3, unit: "m" },
      { name: "right", size: 3, unit: "m" },
      { name: "outcome", size: 1, unit: "" },
      { name: "qpos", size: nq, unit: "" },
    ],
  };
}
