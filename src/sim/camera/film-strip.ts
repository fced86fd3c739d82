import { UsageError } from "../../common/index.ts";
import type { Simulation } from "../engine/index.ts";
import { encodePng } from "./png.ts";
import { RayCamera } from "./ray-camera.ts";

/** Size of one picture, pixels. */
const [WIDTH, HEIGHT] = [240, 400];
/** Where the camera is from the body that it follows, m: to its right, a little ahead. */
const OFFSET = [0.8, -3.6, 0.1] as const;
const FOVY = 0.55;
/** The subject's middle is this far below the body that is followed, m. */
const DROP = 0.1;

/**
 * A row of pictures of a moving robot, seen from its right side by a camera that goes along without turning. What a gait
 * looks like, on paper.
 */
export class FilmStrip {
  readonly #simulation: Simulation;
  readonly #body: number;
  readonly #frames: Uint8Array[] = [];

  /** @param body name of the body that the camera goes along with, such as the pelvis */
  constructor(simulation: Simulation, body: string) {
    this.#simulation = simulation;
    this.#body = simulation.model.index("body", body);
  }

  get frames(): number {
    return this.#frames.length;
  }

  /** Takes a picture of the simulation's current poses. */
  expose(): void {
    const at = 3 * this.#body;
    const [x, y, z] = this.#simulation.views.xpos.subarray(at, at + 3);
    const camera = {
      from: [x + OFFSET[0], y + OFFSET[1], z + OFFSET[2]] as const,
      at: [x, y, z - DROP] as const,
    };
    const view = new RayCamera(this.#simulation, { camera, width: WIDTH, height: HEIGHT, fovy: FOVY });
    this.#frames.push(view.render().rgb.slice());
  }

  /** All pictures side by side, from left to right, as a PNG file's bytes. Throws `UsageError` where there is none. */
  develop(): Uint8Array {
    const count = this.#frames.length;
    if (count === 0)
      throw new UsageError("The film has no picture.", "Begin it earlier, or take more pictures.");
    const row = 3 * WIDTH;
    const rgb = new Uint8Array(count * row * HEIGHT);
    for (const [i, frame] of this.#frames.entries()) {
      for (let y = 0; y < HEIGHT; y++) rgb.set(frame.subarray(y * row, (y + 1) * row), (y * count + i) * row);
    }
    return encodePng(count * WIDTH, HEIGHT, rgb);
  }
}
