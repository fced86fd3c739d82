import { portableMath } from "../../../../common/index.ts";
import { both, hand } from "../pose.ts";
import { bothSketch, rightSketch, type Sketch } from "../sketch.ts";

const { sin, cos } = portableMath;
const ELBOW_OUT = [-0.2, 1, -0.4] as const;

/** Instruments and conducting. */
export const MUSIC: readonly Sketch[] = [
  rightSketch(
    "guitar_right",
    "strums with the right hand, moves along the neck with the left",
    ["music", "periodic", "two-handed"],
    (s) =>
      s
        .swing(
          0.7,
          10,
          (p, a) => ({
            left: hand(0.52, 0.66 + 0.09 * a * sin(p / 5), -0.14),
            right: hand(0.34, 0.3, -0.42 + 0.11 * a * sin(p), ELBOW_OUT),
          }),
          1.3,
        )
        .home(),
  ),
  rightSketch(
    "violin_right",
    "bows with the right hand, the left at the neck",
    ["music", "periodic", "two-handed"],
    (s) =>
      s
        .swing(
          1.5,
          5,
          (p, a) => ({
            left: hand(0.56, 0.42, 0.1),
            right: hand(
              0.44 + 0.08 * a * sin(p),
              0.28 + 0.2 * a * sin(p),
              0.02 - 0.1 * a * sin(p),
              ELBOW_OUT,
            ),
          }),
          1.3,
        )
        .home(1.3),
  ),
  bothSketch("drums", "drums in turn, with accents to the cymbals", ["music", "periodic"], (s) =>
    s
      .swing(
        0.5,
        8,
        (p, a) => ({
          left: hand(0.58, 0.28, -0.32 + 0.09 * a * sin(p)),
          right: hand(0.58, 0.28, -0.32 - 0.09 * a * sin(p)),
        }),
        1,
      )
      .through(
        [0.35, { left: hand(0.58, 0.28, -0.3), right: hand(0.55, 0.72, 0.1) }],
        [0.35, both(hand(0.58, 0.28, -0.32))],
      )
      .through(
        [0.35, { left: hand(0.55, 0.72, 0.1), right: hand(0.58, 0.28, -0.3) }],
        [0.35, both(hand(0.58, 0.28, -0.32))],
      )
      .swing(
        0.5,
        6,
        (p, a) => ({
          left: hand(0.58, 0.28 + 0.1 * a * sin(p / 3), -0.32 + 0.09 * a * sin(p)),
          right: hand(0.58, 0.28 + 0.1 * a * sin(p / 3), -0.32 - 0.09 * a * sin(p)),
        }),
        0.2,
      )
      .home(),
  ),
  bothSketch("piano", "plays the piano, hands running over the keys", ["music", "periodic"], (s) =>
    s
      .swing(
        0.5,
        14,
        (p, a) => ({
          left: hand(0.62, 0.36 + 0.16 * a * sin(p / 7), -0.4 + 0.03 * a * sin(p)),
          right: hand(0.62, 0.36 + 0.16 * a * sin(p / 4), -0.4 + 0.03 * a * sin(p + 1.5)),
        }),
        1,
      )
      .home(),
  ),
  bothSketch("conduct", "conducts in four: down, in, out, up", ["music", "periodic", "large"], (s) => {
    const beats = [
      hand(0.6, 0.32, -0.3),
      hand(0.58, 0.2, -0.08),
      hand(0.55, 0.66, -0.02),
      hand(0.5, 0.36, 0.32),
    ];
    let stage = s.move(1.2, both(hand(0.5, 0.36, 0.3)));
    for (let bar = 0; bar < 4; bar++)
      stage = stage.through(...beats.map((beat) => [0.45, both(beat)] as const));
    return stage.home();
  }),
  bothSketch("maracas", "shakes maracas in turn", ["music", "periodic"], (s) =>
    s
      .swing(
        0.45,
        12,
        (p, a) => ({
          left: hand(0.48, 0.34, 0.02 + 0.07 * a * sin(p)),
          right: hand(0.48, 0.34, 0.02 - 0.07 * a * sin(p)),
          torso: 0.12 * a * sin(p / 4),
        }),
        1,
      )
      .home(),
  ),
  bothSketch("accordion", "pulls an accordion open and shut", ["music", "periodic", "two-handed"], (s) =>
    s.swing(1.8, 4, (p, a) => both(hand(0.42, 0.44 - 0.14 * a * cos(p), -0.26 + 0.03 * a * sin(p)))).home(),
  ),
];
