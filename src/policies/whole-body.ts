import { UsageError } from "../common/index.ts";
import type { ControlState, JointTargets } from "../sim/index.ts";
import type { Policy } from "./policy.ts";

/** Several policies as one, each driving joints of its own: legs from one file, waist and arms from another or a clip. */
export class WholeBodyPolicy implements Policy {
  readonly name: string;
  readonly joints: readonly string[];
  readonly controlTimestep: number;
  readonly parts: readonly Policy[];

  /** Throws `UsageError` where two parts drive the same joint, or act at different rates. */
  constructor(...parts: readonly Policy[]) {
    const [first] = parts;
    if (first === undefined) throw new UsageError("A whole body needs at least one policy.", "Name one.");
    this.parts = parts;
    this.name = parts.map((part) => part.name).join(" + ");
    this.controlTimestep = first.controlTimestep;
    for (const part of parts) {
      requireSameRate(first, part);
      for (const other of parts) if (other !== part) requireDisjoint(part, other);
    }
    this.joints = parts.flatMap((part) => part.joints);
  }

  reset(): void {
    for (const part of this.parts) part.reset();
  }

  /** The parts act one after the other, each on the same state. */
  async act(state: ControlState, targets: JointTargets): Promise<void> {
    for (let i = 0; i < this.parts.length; i++) await this.parts[i].act(state, targets);
  }
}

function requireSameRate(first: Policy, part: Policy): void {
  if (Math.abs(part.controlTimestep - first.controlTimestep) < 1e-9) return;
  throw new UsageError(
    `"${first.name}" acts every ${first.controlTimestep} s but "${part.name}" every ${part.controlTimestep} s.`,
    "Combine policies of one rate.",
  );
}

function requireDisjoint(part: Policy, other: Policy): void {
  const shared = part.joints.find((joint) => other.joints.includes(joint));
  if (shared === undefined) return;
  throw new UsageError(
    `Both "${part.name}" and "${other.name}" drive ${shared}.`,
    "Each joint can follow one policy: use a lower and an upper one.",
  );
}
