import { portableMath } from "../../../../common/index.ts";
import { angles, both, hand, type Pose } from "../pose.ts";
import { bothSketch, rightSketch, type Sketch } from "../sketch.ts";

const { sin, cos } = portableMath;
const STRAIGHT = Math.PI / 2;
/** An arm straight out to the side. */
const T_ARM = angles(0, 1.5, 0, STRAIGHT);

/** Calisthenics, stretching, walking arms. */
export const EXERCISE: readonly Sketch[] = [
  bothSketch("t_pose", "both arms straight out to the sides", ["exercise", "large"], (s) =>
    s.move(1.6, both(T_ARM)).hold(1.5).home(1.6),
  ),
  bothSketch("clap", "claps the hands before the chest", ["exercise", "periodic", "two-handed"], (s) =>
    s.swing(0.55, 10, (p, a) => both(hand(0.58, 0.22 + 0.1 * a * sin(p), -0.12)), 1).home(),
  ),
  bothSketch(
    "clap_overhead",
    "claps overhead with stretched arms",
    ["exercise", "periodic", "two-handed", "large"],
    (s) => s.swing(1, 5, (p, a) => both(hand(0.2, 0.44 + 0.3 * a * sin(p), 0.84)), 1.6).home(1.6),
  ),
  bothSketch(
    "jumping_jack_arms",
    "swings both arms up at the sides and down",
    ["exercise", "periodic", "large"],
    (s) => {
      const jack = (lift: number): Pose => both(angles(0.05, lift, 0, STRAIGHT - 0.15));
      return s.swing(1.5, 5, (p, a) => jack(1.35 - 0.95 * a * cos(p)), 1.4).home(1.4);
    },
  ),
  bothSketch(
    "arm_circles_forward",
    "small forward circles with arms at the sides",
    ["exercise", "periodic", "large"],
    (s) =>
      s
        .swing(0.9, 8, (p, a) => both(hand(0.18 + 0.15 * a * cos(p), 1.15, 0.02 + 0.15 * a * sin(p))), 1.5)
        .home(1.5),
  ),
  bothSketch(
    "arm_circles_backward",
    "small backward circles with arms at the sides",
    ["exercise", "periodic", "large"],
    (s) =>
      s
        .swing(0.9, 8, (p, a) => both(hand(0.18 - 0.15 * a * cos(p), 1.15, 0.02 + 0.15 * a * sin(p))), 1.5)
        .home(1.5),
  ),
  bothSketch(
    "windmill",
    "arms out, the torso turns far left and right",
    ["exercise", "torso", "periodic", "large"],
    (s) => s.swing(2.4, 3, (p, a) => both(hand(0.15, 1.15, -0.1), 0.85 * a * sin(p)), 1.5).home(1.5),
  ),
  bothSketch(
    "torso_twist",
    "hands before the chest, the torso turns left and right",
    ["exercise", "torso", "periodic"],
    (s) =>
      s
        .swing(1.7, 5, (p, a) => both(hand(0.42, 0.28, -0.15, [-0.1, 1, -0.5]), 0.65 * a * sin(p)), 1.1)
        .home(),
  ),
  bothSketch("stretch_up", "stretches both arms up, and higher", ["exercise", "large"], (s) =>
    s
      .move(1.7, both(hand(0.1, 0.36, 0.88)))
      .hold(0.3)
      .move(0.8, both(hand(0.05, 0.34, 0.97)))
      .hold(1)
      .home(1.8),
  ),
  rightSketch(
    "stretch_side_right",
    "right arm over the head, left hand at the hip",
    ["exercise", "large"],
    (s) =>
      s
        .move(1.7, {
          right: hand(0.15, 0.12, 0.86),
          left: hand(0.05, 0.47, -0.58, [-0.4, 1, 0]),
          torso: 0.15,
        })
        .hold(1.2)
        .home(1.7),
  ),
  rightSketch(
    "stretch_across_right",
    "pulls the straight right arm across the chest",
    ["exercise", "torso"],
    (s) =>
      s
        .move(1.4, { right: hand(0.72, -0.32, 0), left: hand(0.42, 0.4, -0.28), torso: 0.2 })
        .hold(1.2)
        .home(1.4),
  ),
  bothSketch("flex_biceps", "shows both biceps", ["exercise", "large"], (s) => {
    const up = hand(0.12, 0.78, 0.36, [-0.1, 1, -0.25]);
    const tight = hand(0.12, 0.66, 0.38, [-0.1, 1, -0.2]);
    return s
      .move(1.4, both(up))
      .move(0.6, both(tight))
      .hold(0.5)
      .move(0.6, both(up))
      .move(0.6, both(tight))
      .hold(0.5)
      .home(1.4);
  }),
  bothSketch("hug", "opens both arms and hugs", ["exercise", "two-handed", "large"], (s) =>
    s
      .move(1.3, both(hand(0.6, 0.85, 0.02)))
      .hold(0.2)
      .move(1.1, {
        left: hand(0.56, 0.24, -0.02, [0, 1, -0.4]),
        right: hand(0.56, 0.24, -0.24, [0, 1, -0.4]),
      })
      .hold(1)
      .move(1, both(hand(0.6, 0.8, 0)))
      .home(1.3),
  ),
  bothSketch("pray", "palms together before the chest", ["exercise", "two-handed"], (s) =>
    s
      .move(1.3, both(hand(0.48, 0.12, -0.02)))
      .hold(1.5)
      .home(1.3),
  ),
  bothSketch("walk_arms", "swings both arms as in walking", ["exercise", "periodic"], (s) =>
    s
      .swing(
        1.1,
        8,
        (p, a) => ({
          left: hand(0.16 + 0.28 * a * sin(p), 0.5, -0.84 + 0.07 * a * sin(p)),
          right: hand(0.16 - 0.28 * a * sin(p), 0.5, -0.84 - 0.07 * a * sin(p)),
          torso: -0.1 * a * sin(p),
        }),
        0.8,
      )
      .home(),
  ),
  bothSketch("run_arms", "swings both bent arms as in running", ["exercise", "periodic", "torso"], (s) =>
    s
      .swing(
        0.75,
        10,
        (p, a) => ({
          left: hand(0.3 + 0.26 * a * sin(p), 0.36, -0.42 + 0.2 * a * sin(p)),
          right: hand(0.3 - 0.26 * a * sin(p), 0.36, -0.42 - 0.2 * a * sin(p)),
          torso: -0.16 * a * sin(p),
        }),
        0.9,
      )
      .home(),
  ),
  bothSketch(
    "big_circles",
    "draws big circles before the body with both arms",
    ["exercise", "periodic", "large"],
    (s) =>
      s
        .swing(2, 4, (p, a) => both(hand(0.5, 0.55 + 0.3 * a * sin(p), 0.05 - 0.45 * a * cos(p))), 1.4)
        .home(1.4),
  ),
  bothSketch(
    "chest_opener",
    "presses both elbows back and brings the hands together",
    ["exercise", "periodic", "large"],
    (s) =>
      s
        .swing(
          1.5,
          5,
          (p, a) => both(hand(0.5 + 0.12 * a * sin(p), 0.6 - 0.3 * a * sin(p), 0.02, [-0.2, 1, -0.3])),
          1.3,
        )
        .home(1.3),
  ),
];
