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
import { approach, distance, pauses, shifted, spread, turnFor } from "../script-parts.ts";
import { type ExpertMode, type Judge, type ManipulationTask, type Stage, withHand } from "../task.ts";
import { drawInstruction, type Wordings } from "../wording.ts";
import { BENCH_HEIGHT, type Placement, type Vec3, type Workbench } from "../workbench.ts";

const NAME = "pick-place";
const BOXES = ["box_0", "box_1", "box_2"] as const;
/** Half a box's height, m. */
const HALF = 0.045;
/** Where a hand grasps a box that stands on the bench, m. */
const GRASP_HEIGHT = BENCH_HEIGHT + 0.055;
/** Half the inner edge of a tray, m. */
const TRAY = 0.079;

const WORDINGS: Wordings = {
  seen: [
    "put the {colour} box in the {side} tray",
    "place the {colour} box into the {side} tray",
    "move the {colour} box to the {side} tray",
    "pick up the {colour} box and put it in the {side} tray",
    "take the {colour} box to the {side} tray",
    "the {colour} box goes in the {side} tray",
    "set the {colour} box down in the {side} tray",
    "bring the {colour} box over to the tray on the {side}",
  ],
  unseen: [
    "could you drop the {colour} box into the {side} tray",
    "please sort the {colour} box to the tray at your {side}",
    "{side} tray: put the {colour} box there",
    "grab the {colour} box and leave it in the {side} tray",
  ],
};

/** Two boxes, three with extra distractors, and two trays: put the box of the named colour into the named tray. */
export const pickPlace: ManipulationTask = {
  name: NAME,
  description: "put the box of the named colour into the named tray",
  scene: "manipulation/pick-place.xml",
  episodeSeconds: 9,
  mistake: 8,
  layout,
  judge: (bench, made) => new TrayJudge(bench, made),
  script,
};

function layout(request: EpisodeRequest): Layout {
  const rng = sceneRng(request, NAME);
  const names = rng.shuffled(COLOUR_NAMES);
  const isLeft = rng.uniform() < 0.5;
  const [x, y] = drawPlace(rng, { x: [0.33, 0.4], y: isLeft ? [0.055, 0.095] : [-0.095, -0.055] }, request);
  const other: Vec3 = [
    rng.uniform(0.33, 0.4),
    (isLeft ? -1 : 1) * rng.uniform(0.055, 0.095),
    BENCH_HEIGHT + HALF,
  ];
  const third: Vec3 =
    request.shifts?.includes("distractors") === true
      ? [rng.uniform(0.5, 0.56), spread(rng, 0.15), BENCH_HEIGHT + HALF]
      : [-3, 0, HALF];
  const turn = () => spread(rng, 0.25);
  const things: Placement[] = [
    { body: BOXES[0], pos: [x, y, BENCH_HEIGHT + HALF], yaw: turn() },
    { body: BOXES[1], pos: other, yaw: turn() },
    { body: BOXES[2], pos: third, yaw: turn() },
    { body: "tray_left", pos: [rng.uniform(0.34, 0.4), rng.uniform(0.25, 0.31), BENCH_HEIGHT], yaw: 0 },
    { body: "tray_right", pos: [rng.uniform(0.34, 0.4), -rng.uniform(0.25, 0.31), BENCH_HEIGHT], yaw: 0 },
  ];
  const side: Side = rng.uniform() < 0.5 ? "left" : "right";
  const [colour] = names;
  return {
    instruction: drawInstruction(rng, WORDINGS, request, { colour, side }),
    target: BOXES[0],
    goal: `${colour} ${side}`,
    things,
    colours: Object.fromEntries(BOXES.map((body, i) => [body, drawShade(rng, names[i], request)])),
    hands: drawHands(rng),
  };
}

function sideOf({ goal }: Layout): Side {
  return goal.endsWith("left") ? "left" : "right";
}

class TrayJudge implements Judge {
  readonly memory = new Float64Array(0);
  readonly #bench: Workbench;
  readonly #side: Side;
  readonly #target: string;

  constructor(bench: Workbench, made: Layout) {
    this.#bench = bench;
    this.#side = sideOf(made);
    this.#target = made.target;
  }

  update() {
    const box = this.#bench.pos(this.#target);
    if (box[2] < BENCH_HEIGHT - 0.05) return "failed";
    const isReleased = (["left", "right"] as const).every(
      (side) => this.#bench.opening(side) > 0.7 || distance(this.#bench.hand(side), box) > 0.1,
    );
    const isDown = box[2] < BENCH_HEIGHT + 0.062;
    if (isReleased && isDown && this.#isOver("left", box))
      return this.#side === "left" ? "succeeded" : "failed";
    if (isReleased && isDown && this.#isOver("right", box))
      return this.#side === "right" ? "succeeded" : "failed";
    return "running";
  }

  progress(): number {
    const status = this.update();
    if (status !== "running") return status === "succeeded" ? 1 : 0;
    const box = this.#bench.pos(this.#target);
    const tray = this.#bench.pos(`tray_${this.#side}`);
    const hand = this.#bench.hand(this.#side);
    const isHeld = box[2] > BENCH_HEIGHT + HALF + 0.015;
    const aside = Math.sqrt((box[0] - tray[0]) ** 2 + (box[1] - tray[1]) ** 2);
    const near = Math.max(0, 1 - distance(hand, box) / 0.5);
    return isHeld
      ? 0.5 + 0.4 * Math.max(0, 1 - aside / 0.5)
      : 0.4 * near + 0.05 * Math.max(0, 1 - aside / 0.5);
  }

  #isOver(side: Side, box: Vec3): boolean {
    const tray = this.#bench.pos(`tray_${side}`);
    return Math.abs(box[0] - tray[0]) < TRAY && Math.abs(box[1] - tray[1]) < TRAY;
  }
}

/**
 * The arm at the tray's side works. Nominal: the open gripper comes from above. Alternative: it comes from
 * the front at the height of the grasp. Sloppy: from the front beside the box; it closes too early, lifts too little and lets
 * go too soon. Hesitant: as nominal, with pauses and turning back before the grasp.
 */
function* script(bench: Workbench, made: Layout, mode: ExpertMode, rng: Rng): Generator<Stage> {
  const side = sideOf(made);
  const sloppy = mode === "sloppy";
  const box = bench.pos(made.target);
  const grasp: Vec3 = [box[0] + 0.005, box[1], GRASP_HEIGHT];
  const miss: Vec3 = sloppy ? [spread(rng, 0.015), spread(rng, 0.032), 0] : [0, spread(rng, 0.003), 0];
  const aim = shifted(grasp, ...miss);
  const waist = turnFor(side, aim[1]);
  const early = sloppy ? rng.uniform(0, 0.04) : 0;
  const isFromFront = mode === "alternative" || sloppy;
  const before = isFromFront ? approach(side, aim, 0.11) : shifted(aim, -0.02, 0, 0.13);
  yield withHand(side, { grip: 0 }, { waist });
  if (mode === "hesitant") yield* pauses(rng, side, bench.hand(side), before);
  yield withHand(side, { to: before, speed: sloppy ? 0.5 : 0.4 });
  const closing = early === 0 ? aim : approach(side, aim, early);
  yield withHand(side, { to: closing, speed: 0.25 }, { pause: sloppy ? 0 : 0.1 });
  yield withHand(side, { to: closing, grip: 1 }, { pause: sloppy ? 0.2 : 0.4 });
  const height = sloppy ? rng.uniform(0.02, 0.07) : 0.11;
  yield withHand(side, { to: shifted(closing, 0, 0, height), speed: 0.3 });
  const tray = bench.pos(`tray_${side}`);
  const hand = bench.hand(side);
  const held = bench.pos(made.target);
  const off: Vec3 = sloppy
    ? [spread(rng, 0.05), spread(rng, 0.05), 0]
    : [spread(rng, 0.01), spread(rng, 0.01), 0];
  const over: Vec3 = [
    tray[0] + hand[0] - held[0] + off[0],
    tray[1] + hand[1] - held[1] + off[1],
    closing[2] + height,
  ];
  yield withHand(side, { to: over, speed: sloppy ? 0.5 : 0.4 }, { waist: 0, pause: sloppy ? 0 : 0.1 });
  const down: Vec3 = [over[0], over[1], GRASP_HEIGHT + (sloppy ? rng.uniform(0.01, 0.05) : 0.012)];
  yield withHand(side, { to: down, speed: 0.25 }, { pause: 0.1 });
  yield withHand(side, { to: down, grip: 0 }, { pause: 0.3 });
  yield withHand(side, { to: shifted(approach(side, down, 0.12), 0, 0, 0.05) });
}
