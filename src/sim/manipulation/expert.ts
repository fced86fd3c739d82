import type { Rng } from "../../common/index.ts";
import type { Simulation } from "../engine/index.ts";
import { ArmSolver, SIDES, type Side } from "./arm-solver.ts";
import { ACTION_TIMESTEP, COMMANDED_JOINTS } from "./embodiment.ts";
import type { HandGoal, Script, Stage } from "./task.ts";
import type { Vec3, Workbench } from "./workbench.ts";

/** Arm angles that the solver prefers where the hand leaves a choice: elbow low, forearm level, rad. */
const POSTURE: Readonly<Record<Side, readonly number[]>> = {
  left: [0.2, 0.25, 0, 0],
  right: [0.2, -0.25, 0, 0],
};
const PULL = 0.01;
const DEFAULT_SPEED = 0.35;
/** A hand has arrived when its reference has, and it is itself this close or has been given this much time. */
const CLOSE = 0.012;
const PATIENCE = 0.5;

interface Hand {
  readonly side: Side;
  readonly solver: ArmSolver;
  readonly q: Float64Array;
  reference: Vec3;
  goal: Vec3;
  speed: number;
  grip: number;
}

/**
 * Follows a script: moves each hand's reference along straight lines and turns it into joint targets. It knows
 * everything about the bench; a demonstration shows only what its actions were.
 */
export class Expert {
  readonly #bench: Workbench;
  readonly #script: Script;
  readonly #hands: readonly Hand[];
  #stage: Stage | undefined;
  #pause = 0;
  #waiting = 0;
  #waist = 0;

  /** @param scratch a simulation of the bench's model whose state may be overwritten */
  constructor(bench: Workbench, scratch: Simulation, script: Script) {
    this.#bench = bench;
    this.#script = script;
    this.#hands = SIDES.map((side) => {
      const place = bench.hand(side);
      const solver = new ArmSolver(scratch, side);
      const q = armAngles(bench, side);
      return { side, solver, q, reference: place, goal: place, speed: 0, grip: 1 - bench.opening(side) };
    });
    this.#waist = bench.plant.truth.q[jointAt(bench, COMMANDED_JOINTS[0])];
    this.#next();
  }

  /** The script is over; the hands stay. */
  get isDone(): boolean {
    return this.#stage === undefined;
  }

  /** Writes the next action: waist, both arms, both grippers. */
  act(out: Float32Array): void {
    this.#advance();
    out[0] = this.#waist;
    for (const [h, hand] of this.#hands.entries()) {
      follow(hand);
      hand.solver.solve(
        this.#bench.plant.simulation.views.qpos,
        hand.reference,
        POSTURE[hand.side],
        PULL,
        hand.q,
      );
      out.set(hand.q, 1 + 4 * h);
      out[9 + h] = hand.grip;
    }
  }

  #advance(): void {
    if (this.#stage === undefined || !this.#hands.every((hand) => isThere(hand))) return;
    this.#waiting += ACTION_TIMESTEP;
    const isClose = this.#hands.every((hand) => gap(this.#bench.hand(hand.side), hand.goal) < CLOSE);
    if (!isClose && this.#waiting < PATIENCE) return;
    this.#pause -= ACTION_TIMESTEP;
    if (this.#pause < 1e-9) this.#next();
  }

  #next(): void {
    const { value, done } = this.#script.next();
    this.#stage = done === true ? undefined : value;
    this.#waiting = 0;
    this.#pause = this.#stage?.pause ?? 0;
    if (this.#stage === undefined) return;
    for (const hand of this.#hands) {
      const goal: HandGoal | undefined = this.#stage[hand.side];
      hand.goal = goal?.to ?? hand.goal;
      hand.speed = goal?.speed ?? DEFAULT_SPEED;
      hand.grip = goal?.grip ?? hand.grip;
    }
    this.#waist = this.#stage.waist ?? this.#waist;
  }
}

/**
 * Joint angles that put the hands at places, for the start of an episode, in the order of the commanded joints.
 *
 * @param scratch a simulation of the bench's model whose state may be overwritten
 */
export function armsAt(
  bench: Workbench,
  scratch: Simulation,
  hands: Readonly<Record<Side, Vec3>>,
): Float64Array {
  const { qpos } = bench.plant.simulation.views;
  return Float64Array.from([
    0,
    ...SIDES.flatMap((side) => {
      const q = Float64Array.from(POSTURE[side]);
      new ArmSolver(scratch, side).solve(qpos, hands[side], POSTURE[side], PULL, q);
      return [...q];
    }),
  ]);
}

/** An action with a little noise on the joints, so that demonstrations also show the way back from beside the path. */
export function disturb(action: Float32Array, previous: Float32Array, rng: Rng, deviation: number): void {
  for (let i = 0; i < COMMANDED_JOINTS.length; i++) {
    previous[i] = 0.7 * previous[i] + rng.normal(0, deviation);
    action[i] += previous[i];
  }
}

function armAngles({ plant }: Workbench, side: Side): Float64Array {
  const names = COMMANDED_JOINTS.filter((name) => name.startsWith(side));
  return Float64Array.from(
    names,
    (name) => plant.truth.q[plant.robot.joints.findIndex((j) => j.name === name)],
  );
}

function jointAt({ plant }: Workbench, name: string): number {
  return plant.robot.joints.findIndex((joint) => joint.name === name);
}

function follow(hand: Hand): void {
  const distance = gap(hand.reference, hand.goal);
  const step = hand.speed * ACTION_TIMESTEP;
  if (distance <= step) {
    hand.reference = hand.goal;
    return;
  }
  const { reference, goal } = hand;
  hand.reference = [0, 1, 2].map(
    (k) => reference[k] + (step / distance) * (goal[k] - reference[k]),
  ) as unknown as Vec3;
}

function isThere({ reference, goal }: Hand): boolean {
  return gap(reference, goal) < 1e-9;
}

function gap(a: Vec3, b: Vec3): number {
  const [x, y, z] = [a[0] - b[0], a[1] - b[1], a[2] - b[2]];
  return Math.sqrt(x * x + y * y + z * z);
}
