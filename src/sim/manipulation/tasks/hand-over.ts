import type { Rng } from "../../../common/index.ts";
import type { Side } from "../arm-solver.ts";
import {
  COLOUR_NAMES,
  drawHands,
  drawPlace,
  drawShade,
  type EpisodeRequest,
  type Layout,
  sceneRng,
} from "../episode.ts";
import { approach, distance, pauses, shifted, spread, upright } from "../script-parts.ts";
import { type ExpertMode, type Judge, type ManipulationTask, type Stage, withHand } from "../task.ts";
import { drawInstruction, type Wordings } from "../wording.ts";
import { BENCH_HEIGHT, type Placement, type Vec3, type Workbench } from "../workbench.ts";

const NAME = "hand-over";
/** Half the stick's length, m. */
const HALF = 0.11;
/** How far below and above its middle the hands take it, m. */
const LOW = -0.05;
const HIGH = 0.055;
/** How high the stick must hang, m, and for how many actions. */
const LIFTED = 0.03;
const HOLD = 4;
const OUT_OF_SIGHT: Vec3 = [-3, 0, 0.03];

const WORDINGS: Wordings = {
  seen: [
    "hand the stick to your {side} hand",
    "pass the stick over to the {side} hand",
    "give the stick to the {side} hand",
    "move the stick into your {side} hand",
    "take the stick with your {side} hand from the other one",
    "switch the stick to the {side} hand",
  ],
  unseen: [
    "let your {side} hand have the stick",
    "transfer the stick so that the {side} hand holds it",
    "swap hands: the stick goes {side}",
    "the {side} hand should end up with the stick",
  ],
};

/** A stick that stands at one side: take it with the hand there and give it to the other, which alone holds it at the end. */
export const handOver: ManipulationTask = {
  name: NAME,
  description: "hand the stick from one hand to the other",
  scene: "manipulation/hand-over.xml",
  episodeSeconds: 11,
  mistake: 8,
  layout,
  judge: (bench, { goal }) => new HandOverJudge(bench, goal === "left" ? "left" : "right"),
  script,
};

function layout(request: EpisodeRequest): Layout {
  const rng = sceneRng(request, NAME);
  const receiver: Side = rng.uniform() < 0.5 ? "left" : "right";
  const sign = receiver === "left" ? -1 : 1;
  const near = [0.12, 0.2] as const;
  const [x, y] = drawPlace(rng, { x: [0.33, 0.41], y: sign > 0 ? near : [-near[1], -near[0]] }, request);
  const isCluttered = request.shifts?.includes("distractors") === true;
  const clutter: Vec3 = [rng.uniform(0.55, 0.65), spread(rng, 0.3), BENCH_HEIGHT + 0.03];
  const things: Placement[] = [
    { body: "stick", pos: [x, y, BENCH_HEIGHT + HALF], yaw: spread(rng, 0.25) },
    { body: "clutter", pos: isCluttered ? clutter : OUT_OF_SIGHT, yaw: spread(rng, 1) },
  ];
  const [colour, second] = rng.shuffled(COLOUR_NAMES);
  return {
    instruction: drawInstruction(rng, WORDINGS, request, { side: receiver }),
    target: "stick",
    goal: receiver,
    things,
    colours: { stick: drawShade(rng, colour, request), clutter: drawShade(rng, second, request) },
    hands: drawHands(rng),
  };
}

class HandOverJudge implements Judge {
  /** For how many actions in a row the receiver alone has held the stick. */
  readonly memory = new Float64Array(1);
  readonly #bench: Workbench;
  readonly #receiver: Side;
  readonly #giver: Side;

  constructor(bench: Workbench, receiver: Side) {
    this.#bench = bench;
    this.#receiver = receiver;
    this.#giver = receiver === "left" ? "right" : "left";
  }

  update() {
    const stick = this.#bench.pos("stick");
    const height = stick[2] - HALF - BENCH_HEIGHT;
    // What lies on the bench cannot be grasped from the front any more.
    if (height < -0.06) return "failed";
    const isHeld = height > LIFTED && this.#holds(this.#receiver) && !this.#holds(this.#giver);
    this.memory[0] = isHeld ? this.memory[0] + 1 : 0;
    return this.memory[0] >= HOLD ? "succeeded" : "running";
  }

  progress(): number {
    if (this.memory[0] >= HOLD) return 1;
    const stick = this.#bench.pos("stick");
    const height = stick[2] - HALF - BENCH_HEIGHT;
    if (height < -0.06 || upright(this.#bench.quat("stick")) < 0.5) return 0;
    const near = (side: Side) => Math.max(0, 1 - distance(this.#bench.hand(side), stick) / 0.6);
    const isLifted = height > LIFTED;
    if (this.#holds(this.#receiver) && isLifted) return this.#holds(this.#giver) ? 0.8 : 0.9;
    return isLifted ? 0.4 + 0.35 * near(this.#receiver) : 0.35 * near(this.#giver);
  }

  /** The gripper is neither open nor shut, and the stick is between its fingers. */
  #holds(side: Side): boolean {
    const opening = this.#bench.opening(side);
    const stick = this.#bench.pos("stick");
    const hand = this.#bench.hand(side);
    const aside = Math.sqrt((hand[0] - stick[0]) ** 2 + (hand[1] - stick[1]) ** 2);
    return opening < 0.5 && opening > 0.1 && aside < 0.07 && Math.abs(hand[2] - stick[2]) < HALF;
  }
}

/**
 * Nominal: the giver takes the stick low, the receiver high. Alternative: the other way round. Sloppy: the receiver comes
 * beside it and the giver lets go too early, or the giver takes it carelessly. Hesitant: pauses and turning back before the
 * grasp and before the hand-over.
 */
function* script(bench: Workbench, { goal }: Layout, mode: ExpertMode, rng: Rng): Generator<Stage> {
  const receiver: Side = goal === "left" ? "left" : "right";
  const giver: Side = receiver === "left" ? "right" : "left";
  const sloppy = mode === "sloppy";
  const [giveAt, takeAt] = mode === "alternative" ? [HIGH, LOW] : [LOW, HIGH];
  const miss = (most: number) => spread(rng, sloppy ? most : 0.003);
  const stick = bench.pos("stick");
  const grasp = shifted(stick, 0.005 + miss(0.01), miss(0.022), giveAt);
  const before = approach(giver, grasp, 0.11);
  yield withHand(giver, { grip: 0 });
  if (mode === "hesitant") yield* pauses(rng, giver, bench.hand(giver), before);
  yield withHand(giver, { to: before, speed: 0.4 });
  yield withHand(giver, { to: grasp, speed: 0.25 }, { pause: sloppy ? 0 : 0.1 });
  yield withHand(giver, { grip: 1 }, { pause: sloppy ? 0.2 : 0.4 });
  yield withHand(giver, { to: shifted(grasp, 0, 0, 0.1), speed: 0.3 });
  const meeting: Vec3 = [0.38 + spread(rng, 0.01), spread(rng, 0.015), grasp[2] + 0.1];
  yield withHand(giver, { to: meeting, speed: 0.35 }, { pause: 0.2 });
  const held = bench.pos("stick");
  const take = shifted(held, 0.005 + miss(0.025), miss(0.03), takeAt);
  const ready = approach(receiver, take, 0.13);
  if (mode === "hesitant") yield* pauses(rng, receiver, bench.hand(receiver), ready);
  yield withHand(receiver, { to: ready, grip: 0, speed: 0.4 });
  yield withHand(receiver, { to: take, speed: 0.25 }, { pause: sloppy ? 0 : 0.1 });
  const lead = sloppy && rng.uniform() < 0.5;
  const release = { grip: 0 };
  if (lead) yield { [giver]: release, pause: rng.uniform(0, 0.2) };
  yield withHand(receiver, { grip: 1 }, { pause: sloppy ? 0 : 0.4 });
  yield withHand(giver, release, { pause: sloppy ? 0 : 0.3 });
  yield withHand(giver, { to: approach(giver, bench.hand(giver), 0.14), speed: 0.3 });
  yield withHand(receiver, { to: shifted(take, 0, receiver === "left" ? 0.1 : -0.1, 0.03) }, { pause: 0.5 });
}
