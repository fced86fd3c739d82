import { portableMath } from "../../../../common/index.ts";
import { angles, both, hand, mirrorPose, type Pose } from "../pose.ts";
import { bothSketch, rightSketch, type Sketch } from "../sketch.ts";

const { sin, cos } = portableMath;
const STRAIGHT = Math.PI / 2;

/** Dances. */
export const DANCES: readonly Sketch[] = [
  bothSketch("robot_dance", "square poses, each reached with a stop", ["dance", "torso", "large"], (s) => {
    const up = angles(-1.4, 0.2, 0, -0.1);
    const down = angles(0.1, 1.35, 0, 0.2);
    const front = angles(-0.1, 0.25, 0, 0);
    const poses: Pose[] = [
      both(front),
      { left: up, right: front, torso: 0.4 },
      { left: front, right: up, torso: -0.4 },
      both(down),
      { left: down, right: front, torso: 0.5 },
      { left: front, right: down, torso: -0.5 },
      both(front),
    ];
    let stage = s;
    for (const pose of poses) stage = stage.move(0.75, pose).hold(0.25);
    return stage.home();
  }),
  rightSketch(
    "disco_right",
    "points up to one side and down to the other",
    ["dance", "torso", "periodic", "large"],
    (s) => {
      const up: Pose = {
        left: hand(0.1, 0.46, -0.55, [-0.4, 1, 0]),
        right: hand(0.3, 0.85, 0.66),
        torso: -0.3,
      };
      const down: Pose = {
        left: hand(0.1, 0.46, -0.55, [-0.4, 1, 0]),
        right: hand(0.56, -0.1, -0.6),
        torso: 0.35,
      };
      let stage = s.move(1.2, up);
      for (let beat = 0; beat < 3; beat++)
        stage = stage.hold(0.15).move(0.85, down).hold(0.15).move(0.85, up);
      return stage.home(1.4);
    },
  ),
  bothSketch("twist", "twists with bent arms", ["dance", "torso", "periodic"], (s) =>
    s
      .swing(
        0.95,
        8,
        (p, a) => ({
          left: hand(0.44 + 0.08 * a * sin(p), 0.4, -0.3 + 0.08 * a * sin(p)),
          right: hand(0.44 - 0.08 * a * sin(p), 0.4, -0.3 - 0.08 * a * sin(p)),
          torso: -0.45 * a * sin(p),
        }),
        0.9,
      )
      .home(),
  ),
  bothSketch("ymca", "spells four letters with both arms", ["dance", "large"], (s) => {
    const letters: Pose[] = [
      both(hand(0.1, 0.88, 0.72)),
      both(hand(0.22, 0.42, 0.5, [0, 1, 0.1])),
      { left: hand(0.2, 0.95, -0.5), right: hand(0.2, 0.7, 0.82) },
      both(hand(0.15, 0.3, 0.82, [0, 1, 0.2])),
    ];
    let stage = s;
    for (const letter of letters) stage = stage.move(1.2, letter).hold(0.4);
    return stage.home(1.5);
  }),
  bothSketch("wings", "flaps both arms like wings", ["dance", "periodic", "large"], (s) =>
    s
      .swing(
        1.3,
        6,
        (p, a) => both(angles(0.05, 1.15 + 0.42 * a * sin(p), 0, STRAIGHT - 0.25 - 0.2 * a * cos(p))),
        1.4,
      )
      .home(1.4),
  ),
  bothSketch("arm_wave", "a wave that runs from one hand to the other", ["dance", "periodic", "large"], (s) =>
    s
      .swing(
        2,
        4,
        (p, a) => ({
          left: hand(0.25, 1, 0.02 + 0.24 * a * sin(p)),
          right: hand(0.25, 1, 0.02 + 0.24 * a * sin(p - 2)),
          torso: 0.15 * a * sin(p - 1),
        }),
        1.4,
      )
      .home(1.4),
  ),
  bothSketch("floss", "swings both straight arms from side to side", ["dance", "torso", "periodic"], (s) =>
    s
      .swing(
        0.9,
        8,
        (p, a) => ({
          left: hand(0.35, 0.5 + 0.16 * a * sin(p), -0.68),
          right: hand(0.35, 0.5 - 0.16 * a * sin(p), -0.68),
          torso: -0.35 * a * sin(p),
        }),
        0.9,
      )
      .home(),
  ),
  bothSketch(
    "hula",
    "flowing arms to one side and the other",
    ["dance", "torso", "periodic", "large"],
    (s) => {
      const side: Pose = { left: hand(0.4, 0.95, 0.05), right: hand(0.6, 0.1, -0.1), torso: 0.3 };
      return s
        .move(1.2, both(hand(0.6, 0.4, -0.1)))
        .through(
          [1, side],
          [1.1, both(hand(0.6, 0.38, -0.25))],
          [1.1, mirrorPose(side)],
          [1.1, both(hand(0.6, 0.38, -0.25))],
          [1.1, side],
          [1, both(hand(0.6, 0.4, -0.1))],
        )
        .home();
    },
  ),
  bothSketch("raise_the_roof", "pushes up the ceiling with both palms", ["dance", "periodic", "large"], (s) =>
    s.swing(0.8, 7, (p, a) => both(hand(0.28, 0.52, 0.52 + 0.17 * a * sin(p))), 1.4).home(1.4),
  ),
  bothSketch(
    "rolling_fists",
    "rolls both fists around each other",
    ["dance", "periodic", "two-handed"],
    (s) =>
      s
        .swing(
          0.75,
          9,
          (p, a) => ({
            left: hand(0.52 + 0.13 * a * cos(p), 0.22, -0.14 + 0.13 * a * sin(p)),
            right: hand(0.52 - 0.13 * a * cos(p), 0.22, -0.14 - 0.13 * a * sin(p)),
          }),
          1,
        )
        .home(),
  ),
];
