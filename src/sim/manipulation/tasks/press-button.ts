import type { Rng } from "../../../common/index.ts";
import type { Side } from "../arm-solver.ts";
import {
  COLOUR_NAMES,
  type ColourName,
  drawHands,
  drawPlace,
  drawShade,
  type EpisodeRequest,
  type Layout,
  sceneRng,
} from "../episode.ts";
import { pauses, spread, turnFor } from "../script-parts.ts";
import { type ExpertMode, type Judge, type ManipulationTask, type Stage, withHand } from "../task.ts";
import { drawInstruction, type Wordings } from "../wording.ts";
import { BENCH_HEIGHT, type Placement, type Vec3, type Workbench } from "../workbench.ts";

const NAME = "press-button";
const BUTTONS = ["button_0", "button_1", "button_2", "button_3"] as const;
/** How deep a button must go, m; it can go 22 mm. */
const PRESSED = 0.012;
/** Top of a cap that nobody presses, m. */
const CAP_TOP = BENCH_HEIGHT + 0.064;
const OUT_OF_SIGHT: Vec3 = [-3, 0, 0.1];

const WORDINGS: Wordings = {
  seen: [
    "push the {colour} button",
    "press the {colour} button",
    "push the button that is {colour}",
    "press down the {colour} button",
    "hit the {colour} button",
    "please press the {colour} one",
    "use the {colour} button",
    "touch and press the {colour} button",
  ],
  unseen: [
    "give the {colour} button a push",
    "could you press the button in {colour}",
    "the {colour} button, press it now",
    "activate the {colour} button",
  ],
};

/** Three buttons in a row, four with extra distractors: push the one of the named colour and no other. */
export const pressButton: ManipulationTask = {
  name: NAME,
  description: "push the button of the named colour and no other",
  scene: "manipulation/press-button.xml",
  episodeSeconds: 6,
  mistake: 6,
  layout,
  judge: (bench, { target }) => new ButtonJudge(bench, target),
  script,
};

function layout(request: EpisodeRequest): Layout {
  const rng = sceneRng(request, NAME);
  const count = request.shifts?.includes("distractors") === true ? 4 : 3;
  const names = rng.shuffled(COLOUR_NAMES);
  const target = rng.integer(count);
  const [x, y] = drawPlace(rng, { x: [0.34, 0.43], y: [-0.14, 0.14] }, request);
  const things: Placement[] = [];
  const colours: Record<string, Vec3> = {};
  for (const [i, body] of BUTTONS.entries()) {
    const pos: Vec3 =
      i < count
        ? [x + rng.uniform(-0.02, 0.02) * (i === target ? 0 : 1), y + 0.13 * (i - target), BENCH_HEIGHT]
        : OUT_OF_SIGHT;
    things.push({ body, pos, yaw: 0 });
    colours[body] = drawShade(rng, names[i], request);
  }
  const colour: ColourName = names[target];
  return {
    instruction: drawInstruction(rng, WORDINGS, request, { colour }),
    target: BUTTONS[target],
    goal: colour,
    things,
    colours,
    hands: drawHands(rng),
  };
}

class ButtonJudge implements Judge {
  readonly memory = new Float64Array(0);
  readonly #bench: Workbench;
  readonly #target: string;

  constructor(bench: Workbench, target: string) {
    this.#bench = bench;
    this.#target = target;
  }

  update() {
    const pressed = BUTTONS.filter((button) => this.#bench.joint(button) < -PRESSED);
    if (pressed.some((button) => button !== this.#target)) return "failed";
    return pressed.length > 0 ? "succeeded" : "running";
  }

  progress(): number {
    const depth = -this.#bench.joint(this.#target);
    if (this.update() === "failed") return 0;
    const [x, y] = this.#bench.pos(this.#target);
    const misses = (["left", "right"] as const).map((side) => {
      const hand = this.#bench.hand(side);
      const aside = Math.sqrt((hand[0] + TIP - x) ** 2 + (hand[1] - y) ** 2);
      return aside + Math.max(0, hand[2] - CAP_TOP);
    });
    return 0.8 * Math.max(0, 1 - Math.min(...misses) / 0.5) + 0.2 * Math.min(1, Math.max(0, depth / PRESSED));
  }
}

/** From the place between the fingertips to what presses. */
const TIP = 0.015;

/** The preferred hand, or the other where a palm that reaches across would press the neighbour. */
function handFor(y: number, preferred: Side): Side {
  if (Math.abs(y) < 0.08) return preferred;
  return y > 0 ? "left" : "right";
}

/**
 * Nominal: the right hand comes from above, but for buttons far to the left. Alternative: the left hand, but for those far
 * to the right. Sloppy: the right hand comes low and misses
 * the middle by centimetres, so that it slips off or catches a neighbour. Hesitant: it hovers and turns back.
 */
function* script(bench: Workbench, { target }: Layout, mode: ExpertMode, rng: Rng): Generator<Stage> {
  const [x, y] = bench.pos(target);
  const side = handFor(y, mode === "alternative" ? "left" : "right");
  const sloppy = mode === "sloppy";
  const at = (height: number, miss: readonly [number, number]): Vec3 => [
    x - TIP + miss[0],
    y + miss[1],
    CAP_TOP + height,
  ];
  const aside = rng.uniform(0.03, 0.065) * (rng.uniform() < 0.5 ? -1 : 1);
  const miss: [number, number] = sloppy
    ? [spread(rng, 0.03), aside]
    : [spread(rng, 0.004), spread(rng, 0.004)];
  const hover = sloppy ? 0.05 : 0.1;
  yield withHand(side, { grip: 1 }, { waist: turnFor(side, y) });
  if (sloppy) yield withHand(side, { to: at(hover, [miss[0] - 0.1, miss[1]]), speed: 0.5 });
  if (mode === "hesitant") yield* pauses(rng, side, bench.hand(side), at(hover + 0.03, miss));
  yield withHand(side, { to: at(hover, miss), speed: sloppy ? 0.5 : 0.4 });
  yield withHand(side, { to: at(-0.005, miss), speed: sloppy ? 0.35 : 0.25 }, { pause: 0.2 });
}
