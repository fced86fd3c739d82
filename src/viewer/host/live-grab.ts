import { rotate } from "../../common/index.ts";
import type { Plant } from "../../sim/index.ts";
import type { Outgoing, WorldMessage } from "../../wire/index.ts";
import type { Grab } from "./messages.ts";

type Triple = [number, number, number];

export interface LiveGrabOptions {
  /** Sends without waiting. */
  readonly send: (message: Outgoing) => void;
  /** Asks, and for control first where nobody has it. */
  readonly ask: (message: Outgoing) => Promise<void>;
  readonly takeControl: () => Promise<void>;
}

/** A pull is sent again before the server lets go of it, ms. */
const REPEAT_MS = 150;
/** A training run takes shoves alone: so fast for each metre that the hand is away when it lets go, 1/s, and at most, m/s. */
const SHOVE_RATE = 2;
const MOST_SHOVE = 1.5;

/** What a hand that holds a body does to a world on a server: it pulls, or, in a training run, shoves as it lets go. */
export class LiveGrab implements Disposable {
  readonly #options: LiveGrabOptions;
  #body = "";
  #repeat: ReturnType<typeof setInterval> | undefined;
  #shove: Triple | undefined;

  constructor(options: LiveGrabOptions) {
    this.#options = options;
  }

  /** Follows the hand; null lets go. */
  async take(grab: Grab | null, plant: Plant | undefined, kind: WorldMessage["kind"]): Promise<void> {
    clearInterval(this.#repeat);
    if (kind === "training") return this.#pullBack(grab, plant);
    if (grab === null || plant === undefined) return this.#letGo();
    if (this.#body === "") await this.#options.takeControl();
    this.#body = plant.simulation.model.names("body")[grab.body];
    const pull = () => this.#options.send({ op: "force", body: this.#body, ...pullOf(grab, plant) });
    pull();
    this.#repeat = setInterval(pull, REPEAT_MS);
  }

  [Symbol.dispose](): void {
    clearInterval(this.#repeat);
  }

  async #letGo(): Promise<void> {
    const body = this.#body;
    this.#body = "";
    if (body !== "") await this.#options.ask({ op: "force", body, force: [0, 0, 0] });
  }

  async #pullBack(grab: Grab | null, plant: Plant | undefined): Promise<void> {
    if (grab !== null && plant !== undefined) {
      this.#shove = grab.kind === "force" ? shoveOf(grab, plant) : undefined;
      return;
    }
    const velocity = this.#shove;
    this.#shove = undefined;
    if (velocity !== undefined) await this.#options.ask({ op: "push", velocity });
  }
}

/** A spring from the body to the hand, at most as strong as the robot is heavy; or a torque as the hand has turned. */
function pullOf(grab: Grab, plant: Plant): { force: Triple; torque?: Triple; point?: Triple } {
  const { body_subtreemass } = plant.simulation.model.views;
  if (grab.kind === "torque") {
    const torque = grab.target.map((angle) => 3 * body_subtreemass[grab.body] * angle) as Triple;
    return { force: [0, 0, 0], torque };
  }
  const mass = body_subtreemass[plant.index.base];
  const force = distance(grab, plant).map((d) => 20 * mass * d) as Triple;
  return { force: atMost(force, 9.81 * mass), point: [...grab.point] };
}

function shoveOf(grab: Grab, plant: Plant): Triple {
  const [x, y] = distance(grab, plant);
  return atMost([SHOVE_RATE * x, SHOVE_RATE * y, 0], MOST_SHOVE);
}

/** From the point that is held to the hand, world, m. */
function distance({ body, point, target }: Grab, plant: Plant): Triple {
  const { xpos, xquat } = plant.simulation.views;
  const arm = rotate(xquat.subarray(4 * body, 4 * body + 4), point, [0, 0, 0]);
  return [0, 1, 2].map((k) => target[k] - xpos[3 * body + k] - arm[k]) as Triple;
}

function atMost(vector: Triple, most: number): Triple {
  const share = Math.min(1, most / Math.max(1e-9, Math.hypot(...vector)));
  return vector.map((value) => share * value) as Triple;
}
