import { portableMath } from "../../../../common/index.ts";
import { angles, both, hand, type Pose } from "../pose.ts";
import { bothSketch, rightSketch, type Sketch } from "../sketch.ts";

const { sin, cos } = portableMath;
const ELBOW_OUT = [-0.2, 1, -0.2] as const;

/** One arm's crawl stroke: the stretched arm pulls down and back, the bent one swings forward with a high elbow. */
function crawl(phase: number, size: number) {
  const pitch = -1 + 1.5 * size * cos(phase);
  const roll = 0.35 + 0.25 * size * (1 + sin(phase));
  return angles(pitch, roll, 0, 1 - 0.4 * size * sin(phase));
}

/** Ball games, swimming, rowing, lifting. */
export const SPORTS: readonly Sketch[] = [
  rightSketch("throw_right", "winds up and throws overarm", ["sport", "strike", "torso", "large"], (s) =>
    s
      .move(1.1, { left: hand(0.62, 0.4, 0.1), right: hand(-0.05, 0.72, 0.4, ELBOW_OUT), torso: -0.6 })
      .hold(0.2)
      .through(
        [0.6, { left: hand(0.45, 0.4, -0.1), right: hand(0.35, 0.5, 0.72), torso: 0 }],
        [0.5, { left: hand(0.3, 0.45, -0.3), right: hand(0.85, 0.12, 0.15), torso: 0.45 }],
        [0.5, { right: hand(0.5, -0.02, -0.5), torso: 0.6 }],
      )
      .home(1.3),
  ),
  bothSketch(
    "catch",
    "catches a ball with both hands and draws it to the chest",
    ["sport", "two-handed"],
    (s) =>
      s
        .move(0.8, both(hand(0.6, 0.28, 0)))
        .move(0.5, both(hand(0.85, 0.23, 0.15)))
        .hold(0.25)
        .move(0.5, both(hand(0.46, 0.25, -0.2)))
        .hold(0.5)
        .home(),
  ),
  rightSketch(
    "tennis_forehand_right",
    "a forehand with a turn of the torso",
    ["sport", "strike", "torso", "large"],
    (s) => {
      const back: Pose = { left: hand(0.55, 0.35, -0.1), right: hand(0.02, 1, -0.2), torso: -0.65 };
      return s
        .move(1.1, back)
        .through(
          [0.45, { left: hand(0.4, 0.5, -0.2), right: hand(0.72, 0.6, -0.12), torso: 0.05 }],
          [0.4, { left: hand(0.3, 0.55, -0.3), right: hand(0.65, -0.05, 0.2), torso: 0.6 }],
        )
        .hold(0.3)
        .move(1, back)
        .through(
          [0.45, { left: hand(0.4, 0.5, -0.2), right: hand(0.72, 0.6, -0.12), torso: 0.05 }],
          [0.4, { left: hand(0.3, 0.55, -0.3), right: hand(0.65, -0.05, 0.2), torso: 0.6 }],
        )
        .hold(0.2)
        .home(1.3);
    },
  ),
  rightSketch(
    "tennis_serve_right",
    "tosses with the left hand and serves with the right",
    ["sport", "strike", "torso", "large"],
    (s) =>
      s
        .move(1, { left: hand(0.6, 0.25, -0.25), right: hand(0.4, 0.3, -0.3) })
        .move(0.9, { left: hand(0.4, 0.36, 0.82), right: hand(-0.02, 0.66, 0.36, ELBOW_OUT), torso: -0.45 })
        .through(
          [0.8, { left: hand(0.5, 0.4, 0.2), right: hand(0.3, 0.42, 0.88), torso: 0.05 }],
          [0.7, { left: hand(0.35, 0.45, -0.3), right: hand(0.82, 0.15, 0.1), torso: 0.4 }],
          [0.5, { right: hand(0.5, 0, -0.52), torso: 0.5 }],
        )
        .home(1.3),
  ),
  bothSketch("golf", "a golf swing", ["sport", "torso", "two-handed", "large"], (s) => {
    const address: Pose = { left: hand(0.55, 0.12, -0.6), right: hand(0.55, 0.12, -0.6) };
    return s
      .move(1.2, address)
      .move(1.2, { left: hand(0.6, -0.3, -0.02), right: hand(0.25, 0.58, 0.12), torso: -0.7 })
      .through(
        [0.5, address],
        [0.55, { left: hand(0.3, 0.62, 0.15), right: hand(0.6, -0.28, 0), torso: 0.75 }],
      )
      .hold(0.5)
      .home(1.4);
  }),
  rightSketch("bowling_right", "swings the arm back and rolls a ball forward", ["sport", "large"], (s) => {
    const balance = hand(0.2, 0.9, -0.35);
    return s
      .move(1, { left: hand(0.45, 0.3, -0.3), right: hand(0.45, 0.25, -0.3) })
      .through(
        [0.9, { left: balance, right: angles(0.2, 0.35, 0, 1.4) }],
        [0.6, { left: balance, right: angles(1.2, 0.3, 0, 1.45), torso: -0.25 }],
        [0.6, { left: balance, right: angles(0.1, 0.3, 0, 1.5) }],
        [0.5, { left: balance, right: angles(-1.35, 0.12, 0, 1.35), torso: 0.2 }],
      )
      .hold(0.3)
      .home(1.3);
  }),
  bothSketch(
    "basketball_shot",
    "lifts a ball and shoots over the head",
    ["sport", "two-handed", "large"],
    (s) =>
      s
        .move(1, both(hand(0.5, 0.26, -0.35)))
        .move(0.8, both(hand(0.48, 0.27, 0.38)))
        .move(0.5, both(hand(0.55, 0.3, 0.78)))
        .hold(0.5)
        .home(1.4),
  ),
  rightSketch("dribble_right", "bounces a ball with the right hand", ["sport", "periodic"], (s) =>
    s.swing(0.6, 8, (p, a) => ({ right: hand(0.48, 0.42, -0.5 + 0.13 * a * sin(p)) }), 0.9).home(),
  ),
  bothSketch("swim_crawl", "crawl strokes, arm after arm", ["sport", "periodic", "torso", "large"], (s) =>
    s
      .swing(
        1.9,
        4,
        (p, a) => ({ left: crawl(p, a), right: crawl(p + Math.PI, a), torso: 0.25 * a * sin(p) }),
        1.3,
      )
      .home(1.4),
  ),
  bothSketch("swim_breast", "breast strokes", ["sport", "periodic", "large"], (s) =>
    s
      .swing(
        2,
        4,
        (p, a) =>
          both(
            hand(
              0.6 + 0.24 * a * cos(p),
              0.5 + a * (0.2 * sin(p) - 0.16 * cos(p)),
              -0.08 + 0.04 * a * cos(p),
              [-0.2, 0.8, -0.6],
            ),
          ),
        1.2,
      )
      .home(1.3),
  ),
  bothSketch("swim_back", "back strokes, arm after arm", ["sport", "periodic", "torso", "large"], (s) =>
    s
      .swing(
        2.1,
        4,
        (p, a) => ({ left: crawl(-p, a), right: crawl(Math.PI - p, a), torso: 0.25 * a * sin(p) }),
        1.3,
      )
      .home(1.4),
  ),
  bothSketch("row", "rows with both hands", ["sport", "periodic", "two-handed"], (s) =>
    s
      .swing(1.6, 5, (p, a) =>
        both(hand(0.62 + 0.25 * a * sin(p), 0.24 + 0.02 * a * cos(p), -0.3 + 0.07 * a * cos(p))),
      )
      .home(),
  ),
  bothSketch("kayak", "paddles a kayak left and right", ["sport", "periodic", "torso", "two-handed"], (s) =>
    s
      .swing(
        1.7,
        5,
        (p, a) => ({
          left: hand(0.55 + 0.14 * a * cos(p), 0.42, -0.18 + 0.22 * a * sin(p)),
          right: hand(0.55 - 0.14 * a * cos(p), 0.42, -0.18 - 0.22 * a * sin(p)),
          torso: 0.3 * a * cos(p),
        }),
        1.2,
      )
      .home(),
  ),
  rightSketch(
    "bow_and_arrow_right",
    "holds a bow with the left hand, draws with the right and lets go",
    ["sport", "torso", "large"],
    (s) => {
      const bow = hand(0.72, 0.84, 0.08);
      return s
        .move(1.2, { left: bow, right: hand(0.66, -0.1, 0.06, ELBOW_OUT), torso: -0.5 })
        .move(1.4, { left: bow, right: hand(0.4, 0.38, 0.06, ELBOW_OUT), torso: -0.5 })
        .hold(0.7)
        .move(0.4, { left: bow, right: hand(0.32, 0.66, 0.08, ELBOW_OUT), torso: -0.5 })
        .home(1.4);
    },
  ),
  bothSketch(
    "overhead_press",
    "presses a weight from the shoulders over the head",
    ["sport", "periodic", "two-handed", "large"],
    (s) => s.swing(1.8, 4, (p, a) => both(hand(0.3, 0.48, 0.55 - 0.28 * a * cos(p))), 1.3).home(1.4),
  ),
  bothSketch("biceps_curl", "curls two weights in turn", ["sport", "periodic"], (s) =>
    s
      .swing(
        1.5,
        5,
        (p, a) => ({
          left: hand(0.42 - 0.04 * a * sin(p), 0.38, -0.32 + 0.28 * a * sin(p)),
          right: hand(0.42 + 0.04 * a * sin(p), 0.38, -0.32 - 0.28 * a * sin(p)),
        }),
        1,
      )
      .home(),
  ),
  bothSketch("juggle", "juggles", ["sport", "periodic"], (s) =>
    s
      .swing(
        0.7,
        9,
        (p, a) => ({
          left: hand(0.5, 0.36 - 0.07 * a * cos(p), -0.24 + 0.11 * a * sin(p)),
          right: hand(0.5, 0.36 + 0.07 * a * cos(p), -0.24 - 0.11 * a * sin(p)),
        }),
        0.9,
      )
      .home(),
  ),
  bothSketch("ski", "plants ski poles in turn", ["sport", "periodic", "large"], (s) =>
    s
      .swing(
        1.3,
        6,
        (p, a) => ({
          left: hand(0.3 + 0.4 * a * sin(p), 0.52, -0.55 + 0.26 * a * sin(p)),
          right: hand(0.3 - 0.4 * a * sin(p), 0.52, -0.55 - 0.26 * a * sin(p)),
        }),
        1,
      )
      .home(),
  ),
  rightSketch("lasso_right", "whirls a lasso overhead", ["sport", "periodic", "large"], (s) =>
    s
      .swing(
        0.95,
        6,
        (p, a) => ({ right: hand(0.12 + 0.18 * a * cos(p), 0.48 + 0.18 * a * sin(p), 0.76) }),
        1.4,
      )
      .home(1.4),
  ),
  bothSketch("skip_rope", "turns a skipping rope with both forearms", ["sport", "periodic"], (s) =>
    s
      .swing(0.6, 9, (p, a) => both(hand(0.28 + 0.08 * a * cos(p), 0.74, -0.52 + 0.08 * a * sin(p))), 0.9)
      .home(),
  ),
  bothSketch("baseball_bat", "swings a bat", ["sport", "strike", "torso", "two-handed", "large"], (s) =>
    s
      .move(1.1, { left: hand(0.52, -0.14, -0.02), right: hand(0.3, 0.52, 0.18, ELBOW_OUT), torso: -0.55 })
      .hold(0.3)
      .through(
        [0.5, { left: hand(0.78, 0.1, -0.12), right: hand(0.72, 0.14, -0.1), torso: 0.1 }],
        [0.5, { left: hand(0.2, 0.62, 0.05, ELBOW_OUT), right: hand(0.52, -0.14, -0.02), torso: 0.75 }],
      )
      .hold(0.3)
      .home(1.4),
  ),
];
