import type { Rng } from "../../../common/index.ts";
import { SIDES, type Side } from "../arm-solver.ts";
import {
  COLOUR_NAMES,
  drawHands,
  drawPlace,
  drawShade,
  type EpisodeRequest,
  type Layout,
  sceneRng,
} from "../episode.ts";
import { between, distance, pauses, shifted, spread, turnFor, upright } from "../script-parts.ts";
import { type ExpertMode, type Judge, type ManipulationTask, type Stage, withHand } from "../task.ts";
import { drawInstruction, type Wordings } from "../wording.ts";
import { BENCH_HEIGHT, type Placement, type Vec3, type Workbench } from "../workbench.ts";

const NAME = "reach-around";
const BALLS = ["ball_0", "ball_1", "ball_2"] as const;
/** Middle of a ball above its foot, and of a post, m. */
const BALL_HEIGHT = 0.09;
const POST_HALF = 0.095;
/** How near a hand must be to a ball, m, and for how many actions. */
const NEAR = 0.035;
const HOLD = 3;
const OUT_OF_SIGHT: Vec3 = [-3, 0, 0.1];

const WORDINGS: Wordings = {
  seen: [
    "reach around the post to the {colour} ball",
    "touch the {colour} ball without knocking over the posts",
    "bring your hand to the {colour} ball behind the posts",
    "go around the posts and touch the {colour} ball",
    "reach for the {colour} ball, mind the posts",
    "move your hand to the {colour} ball",
  ],
  unseen: [
    "get to the {colour} ball but leave the posts standing",
    "put your fingers on the {colour} ball",
    "avoid the posts and hold the {colour} ball",
    "guide a hand past the posts to the {colour} ball",
  ],
};

/** Two balls behind two posts: bring a hand to the ball of the named colour, and leave the posts standing. */
export const reachAround: ManipulationTask = {
  name: NAME,
  description: "reach around the posts to the ball of the named colour",
  scene: "manipulation/reach-around.xml",
  episodeSeconds: 7,
  mistake: 6,
  layout,
  judge: (bench, made) => new ReachJudge(bench, made),
  script,
};

function layout(request: EpisodeRequest): Layout {
  const rng = sceneRng(request, NAME);
  const names = rng.shuffled(COLOUR_NAMES);
  const isLeft = rng.uniform() < 0.5;
  const [x, y] = drawPlace(rng, { x: [0.43, 0.48], y: isLeft ? [0.01, 0.05] : [-0.05, -0.01] }, request);
  const middle = isLeft ? y - 0.037 : y + 0.037;
  const other: Vec3 = [x + spread(rng, 0.015), 2 * middle - y, BENCH_HEIGHT];
  const third: Vec3 =
    request.shifts?.includes("distractors") === true
      ? [x + 0.1, middle + spread(rng, 0.1), BENCH_HEIGHT]
      : OUT_OF_SIGHT;
  const post = (side: number): Vec3 => [
    x - 0.095 + spread(rng, 0.01),
    middle + side * rng.uniform(0.168, 0.185),
    BENCH_HEIGHT + POST_HALF,
  ];
  const things: Placement[] = [
    { body: BALLS[0], pos: [x, y, BENCH_HEIGHT], yaw: 0 },
    { body: BALLS[1], pos: other, yaw: 0 },
    { body: BALLS[2], pos: third, yaw: 0 },
    { body: "post_left", pos: post(1), yaw: spread(rng, 0.3) },
    { body: "post_right", pos: post(-1), yaw: spread(rng, 0.3) },
  ];
  const [colour] = names;
  return {
    instruction: drawInstruction(rng, WORDINGS, request, { colour }),
    target: BALLS[0],
    goal: colour,
    things,
    colours: Object.fromEntries(BALLS.map((body, i) => [body, drawShade(rng, names[i], request)])),
    hands: drawHands(rng),
  };
}

class ReachJudge implements Judge {
  /** For how many actions in a row a hand has been at each ball. */
  readonly memory = new Float64Array(BALLS.length);
  readonly #bench: Workbench;
  readonly #target: number;
  readonly #posts: ReadonlyMap<string, Vec3>;

  constructor(bench: Workbench, { target, things }: Layout) {
    this.#bench = bench;
    this.#target = (BALLS as readonly string[]).indexOf(target);
    this.#posts = new Map(
      things.filter(({ body }) => body.startsWith("post")).map(({ body, pos }) => [body, pos] as const),
    );
  }

  update() {
    if (this.#isDisturbed()) return "failed";
    for (const [i, ball] of BALLS.entries())
      this.memory[i] = this.#miss(ball) < NEAR ? this.memory[i] + 1 : 0;
    if (this.memory[this.#target] >= HOLD) return "succeeded";
    return this.memory.some((count) => count >= HOLD) ? "failed" : "running";
  }

  progress(): number {
    if (this.#isDisturbed()) return 0;
    if (this.memory[this.#target] >= HOLD) return 1;
    return 0.9 * Math.max(0, 1 - this.#miss(BALLS[this.#target]) / 0.6);
  }

  #miss(ball: string): number {
    const place = shifted(this.#bench.pos(ball), 0, 0, BALL_HEIGHT);
    return Math.min(...SIDES.map((side) => distance(this.#bench.hand(side), place)));
  }

  /** A post has moved by 2.5 cm or leans by more than 15 degrees. */
  #isDisturbed(): boolean {
    for (const [post, place] of this.#posts)
      if (distance(this.#bench.pos(post), place) > 0.025 || upright(this.#bench.quat(post)) < 0.966)
        return true;
    return false;
  }
}

/**
 * A post stands in the straight way of either hand. Nominal: the hand at the ball's side goes in front of the body first
 * and then forward between the posts. Alternative: it goes over the post. Sloppy: it takes the straight way, a little bent.
 * Hesitant: as nominal, with pauses and turning back.
 */
function* script(bench: Workbench, { target }: Layout, mode: ExpertMode, rng: Rng): Generator<Stage> {
  const ball = shifted(bench.pos(target), 0, 0, BALL_HEIGHT);
  const side: Side = ball[1] > 0 ? "left" : "right";
  const sign = side === "left" ? 1 : -1;
  const start = bench.hand(side);
  const miss = (most: number) => spread(rng, most);
  const waist = turnFor(side, ball[1]);
  yield withHand(side, { grip: 1 }, { waist });
  if (mode === "alternative") {
    yield withHand(side, { to: [start[0] + 0.02, start[1], 1.27 + miss(0.01)] });
    yield withHand(side, { to: [ball[0] - 0.03, ball[1] + 0.02 * sign, 1.24 + miss(0.01)] });
    yield withHand(side, { to: ball, speed: 0.3 }, { pause: 1 });
    return;
  }
  const inside: Vec3 = [0.29 + miss(0.01), ball[1] + 0.01 * sign + miss(0.01), 1.11 + miss(0.015)];
  if (mode === "sloppy") {
    const straight = between(start, ball, 0.5);
    const bend = rng.uniform(0, 0.85);
    const via = between(straight, inside, bend);
    yield withHand(side, { to: [via[0], via[1], Math.min(via[2], 1.1)], speed: 0.5 });
    yield withHand(side, { to: shifted(ball, miss(0.02), miss(0.02), miss(0.02)), speed: 0.5 }, { pause: 1 });
    return;
  }
  if (mode === "hesitant") yield* pauses(rng, side, start, inside);
  yield withHand(side, { to: inside });
  yield withHand(side, { to: ball, speed: 0.3 }, { pause: 1 });
}
