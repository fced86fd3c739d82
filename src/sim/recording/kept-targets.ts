import type { JointTargets } from "../control-state.ts";
import { encodeFloats } from "../plant/exact-floats.ts";
import { KeptFloats } from "./kept-floats.ts";

const FIELDS = ["q", "kp", "kd", "tau"] as const;

/** Joint targets as a recording writes them: what has changed since the last ones. */
export class KeptTargets {
  readonly #kept = { q: new KeptFloats(), kp: new KeptFloats(), kd: new KeptFloats(), tau: new KeptFloats() };

  /** Keeps a copy of the targets and returns the fields that differ from the ones before; at first all. */
  take(targets: JointTargets): { [K in keyof JointTargets]?: string } {
    const changed = FIELDS.filter((field) => this.#kept[field].take(targets[field]));
    return Object.fromEntries(changed.map((field) => [field, encodeFloats(targets[field])]));
  }
}
