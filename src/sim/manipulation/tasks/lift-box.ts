import type { Rng } from "../../../common/index.ts";
import {
  COLOUR_NAMES,
  drawHands,
  drawPlace,
  drawShade,
  type EpisodeRequest,
  type Layout,
  sceneRng,
} from "../episode.ts";
import { between, spread, upright } from "../script-parts.ts";
import type { ExpertMode, Judge, ManipulationTask, Stage } from "../task.ts";
import { drawInstruction, type Wordings } from "../wording.ts";
import { BENCH_HEIGHT, type Placement, type Vec3, type Workbench } from "../workbench.ts";

const NAME = "lift-box";
/** Half the carton's height and width, m. */
const HALF_HEIGHT = 0.07;
const HALF_WIDTH = 0.11;
/** How high it must hang, m, how level (cosine of its tilt), and for how many actions. */
const LIFTED = 0.1;
const LEVEL = 0.87;
const HOLD = 5;
const OUT_OF_SIGHT: Vec3 = [-3, 0, 0.03];

const WORDINGS: Wordings = {
  seen: [
    "lift the {colour} box with both hands",
    "pick up the {colour} box using both hands",
    "raise the {colour} box with two hands",
    "take the {colour} box in both hands and lift it",
    "lift up the {colour} box",
    "hold the {colour} box with both hands and raise it",
  ],
  unseen: [
    "use both arms to heave up the {colour} box",
    "please get the {colour} carton off the bench",
    "hoist the {colour} box between your hands",
    "both hands: up with the {colour} box",
  ],
};

/** A carton that is too wide for one gripper: squeeze it between both hands and lift it. */
export const liftBox: ManipulationTask = {
  name: NAME,
  description: "lift the carton between both hands",
  scene: "manipulation/lift-box.xml",
  episodeSeconds: 8,
  mistake: 8,
  layout,
  judge: (bench) => new LiftJudge(bench),
  script,
};

function layout(request: EpisodeRequest): Layout {
  const rng = sceneRng(request, NAME);
  const names = rng.shuffled(COLOUR_NAMES);
  const [x, y] = drawPlace(rng, { x: [0.36, 0.43], y: [-0.05, 0.05] }, request);
  const isCluttered = request.shifts?.includes("distractors") === true;
  const clutter = (side: number): Vec3 => [
    rng.uniform(0.55, 0.65),
    side * rng.uniform(0.1, 0.3),
    BENCH_HEIGHT + 0.03,
  ];
  const right = clutter(-1);
  const things: Placement[] = [
    { body: "carton", pos: [x, y, BENCH_HEIGHT + HALF_HEIGHT], yaw: spread(rng, 0.12) },
    { body: "clutter_0", pos: clutter(1), yaw: spread(rng, 1) },
    { body: "clutter_1", pos: isCluttered ? right : OUT_OF_SIGHT, yaw: spread(rng, 1) },
  ];
  const [colour, second, third] = names;
  return {
    instruction: drawInstruction(rng, WORDINGS, request, { colour }),
    target: "carton",
    goal: colour,
    things,
    colours: {
      carton: drawShade(rng, colour, request),
      clutter_0: drawShade(rng, second, request),
      clutter_1: drawShade(rng, third, request),
    },
    hands: drawHands(rng),
  };
}

class LiftJudge implements Judge {
  /** For how many actions in a row the carton has hung. */
  readonly memory = new Float64Array(1);
  readonly #bench: Workbench;

  constructor(bench: Workbench) {
    this.#bench = bench;
  }

  update() {
    const height = this.#height();
    if (height < -0.05) return "failed";
    const hangs = height > LIFTED && upright(this.#bench.quat("carton")) > LEVEL;
    this.memory[0] = hangs ? this.memory[0] + 1 : 0;
    return this.memory[0] >= HOLD ? "succeeded" : "running";
  }

  progress(): number {
    if (this.memory[0] >= HOLD) return 1;
    const height = this.#height();
    if (height < -0.05) return 0;
    const carton = this.#bench.pos("carton");
    const misses = (["left", "right"] as const).map((side) => {
      const [x, y, z] = this.#bench.hand(side);
      const face = carton[1] + (side === "left" ? HALF_WIDTH : -HALF_WIDTH);
      return Math.min(0.4, Math.sqrt((x - carton[0]) ** 2 + (y - face) ** 2 + (z - carton[2]) ** 2));
    });
    const tilt = Math.max(0, upright(this.#bench.quat("carton")));
    return 0.4 * (1 - Math.max(...misses) / 0.4) + 0.5 * tilt * Math.min(1, Math.max(0, height / LIFTED));
  }

  /** Of the carton's bottom over the bench, m. */
  #height(): number {
    return this.#bench.pos("carton")[2] - HALF_HEIGHT - BENCH_HEIGHT;
  }
}

/**
 * Nominal: the hands come from the sides and squeeze the carton's middle. Alternative: they come down from above and
 * squeeze it a little nearer to its far end. Sloppy: they squeeze lightly at unequal places and pull up fast. Hesitant: they halt and
 * turn back on their way.
 */
function* script(bench: Workbench, _: Layout, mode: ExpertMode, rng: Rng): Generator<Stage> {
  const carton = bench.pos("carton");
  const sloppy = mode === "sloppy";
  const isFromAbove = mode === "alternative";
  const ahead = isFromAbove ? -0.005 : -0.02;
  const miss = () =>
    sloppy ? [spread(rng, 0.065), 0, spread(rng, 0.06)] : [spread(rng, 0.005), 0, spread(rng, 0.005)];
  const misses = { left: miss(), right: miss() };
  const at = (side: "left" | "right", outside: number, height: number): Vec3 => [
    carton[0] + ahead + misses[side][0],
    carton[1] + (side === "left" ? 1 : -1) * (HALF_WIDTH + outside),
    carton[2] + misses[side][2] + height,
  ];
  const both = (outside: number, height: number, speed: number): Stage => ({
    left: { to: at("left", outside, height), speed, grip: 1 },
    right: { to: at("right", outside, height), speed, grip: 1 },
  });
  const starts = { left: bench.hand("left"), right: bench.hand("right") };
  const first = both(0.1, isFromAbove ? 0.18 : 0.02, 0.4);
  if (mode === "hesitant") {
    for (let i = 0; i < 1 + rng.integer(2); i++) {
      const share = rng.uniform(0.4, 0.9);
      const part = (side: "left" | "right", some: number): Vec3 =>
        between(starts[side], at(side, 0.1, 0.02), some);
      yield {
        left: { to: part("left", share) },
        right: { to: part("right", share) },
        pause: rng.uniform(0.4, 0.9),
      };
      yield { left: { to: part("left", share / 2) }, right: { to: part("right", share / 2) } };
    }
  }
  yield first;
  if (isFromAbove) yield both(0.06, 0.01, 0.35);
  const squeeze = sloppy ? rng.uniform(-0.008, 0.014) : -0.045;
  yield { ...both(squeeze, 0.01, 0.25), pause: sloppy ? 0 : 0.2 };
  yield { ...both(squeeze, 0.145, sloppy ? 0.6 : 0.25), pause: 1 };
}
