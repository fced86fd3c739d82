import { portableMath } from "../../../../common/index.ts";
import { both, hand } from "../pose.ts";
import { bothSketch, rightSketch, type Sketch } from "../sketch.ts";

const { sin, cos } = portableMath;
const ELBOW_OUT = [-0.2, 1, -0.25] as const;

/** Greetings, signs and everyday gestures. */
export const GESTURES: readonly Sketch[] = [
  rightSketch("wave_right", "raises the right hand beside the head and waves", ["gesture", "periodic"], (s) =>
    s
      .swing(0.8, 6, (p, a) => ({
        right: hand(0.25, 0.52 + 0.2 * a * sin(p), 0.4 - 0.05 * a * sin(p) * sin(p)),
      }))
      .home(),
  ),
  rightSketch(
    "wave_high_right",
    "waves from far overhead with a stretched right arm",
    ["gesture", "periodic", "large"],
    (s) =>
      s
        .swing(
          1.3,
          4,
          (p, a) => ({ right: hand(0.2, 0.45 + 0.38 * a * sin(p), 0.88 - 0.12 * a * sin(p) * sin(p)) }),
          1.4,
        )
        .home(1.5),
  ),
  bothSketch("wave_both", "waves with both hands at once", ["gesture", "periodic"], (s) =>
    s.swing(0.9, 6, (p, a) => both(hand(0.25, 0.58 + 0.2 * a * sin(p), 0.42)), 1.2).home(),
  ),
  bothSketch("wave_alternating", "waves with both hands, one after the other", ["gesture", "periodic"], (s) =>
    s
      .swing(
        1,
        5,
        (p, a) => ({
          left: hand(0.25, 0.58 + 0.2 * a * sin(p), 0.42),
          right: hand(0.25, 0.58 - 0.2 * a * sin(p), 0.42),
        }),
        1.2,
      )
      .home(),
  ),
  rightSketch("beckon_right", "waves somebody nearer with the right hand", ["gesture", "periodic"], (s) =>
    s
      .swing(0.9, 4, (p, a) => ({
        right: hand(0.62 - 0.13 * a * (1 - cos(p)), 0.3, -0.12 + 0.14 * a * (1 - cos(p))),
      }))
      .home(),
  ),
  rightSketch("salute_right", "salutes: hand to the brow, held, and sharply down", ["gesture"], (s) =>
    s
      .move(1, { right: hand(0.2, 0.36, 0.31, ELBOW_OUT) })
      .hold(1.6)
      .move(0.8, {}),
  ),
  rightSketch("point_front_right", "points straight ahead", ["gesture", "reach"], (s) =>
    s
      .move(1.1, { right: hand(0.95, 0.24, 0.04) })
      .hold(1.5)
      .home(),
  ),
  rightSketch(
    "point_side_right",
    "points to the side and turns along",
    ["gesture", "reach", "torso", "large"],
    (s) =>
      s
        .move(1.2, { right: hand(0.2, 1.2, 0.06), torso: -0.35 })
        .hold(1.5)
        .home(),
  ),
  rightSketch("point_up_right", "points at the sky", ["gesture", "reach", "large"], (s) =>
    s
      .move(1.3, { right: hand(0.25, 0.36, 0.92) })
      .hold(1.2)
      .home(1.4),
  ),
  rightSketch(
    "point_around_right",
    "points along the horizon from left to right",
    ["gesture", "torso", "large"],
    (s) =>
      s
        .move(1.3, { right: hand(0.8, -0.15, 0.05), torso: 0.5 })
        .through(
          [1, { right: hand(0.93, 0.3, 0.08), torso: 0 }],
          [1, { right: hand(0.65, 0.95, 0.05), torso: -0.5 }],
        )
        .hold(0.5)
        .home(1.4),
  ),
  bothSketch("shrug", "turns up both hands, as not knowing", ["gesture"], (s) =>
    s
      .move(0.9, both(hand(0.34, 0.68, -0.3)))
      .hold(0.6)
      .through([0.35, both(hand(0.34, 0.74, -0.22))], [0.4, both(hand(0.34, 0.68, -0.3))])
      .hold(0.4)
      .home(),
  ),
  bothSketch("hands_on_hips", "puts both hands on the hips and looks around", ["gesture", "torso"], (s) => {
    const hips = hand(0.05, 0.45, -0.55, [-0.45, 1, 0.15]);
    return s
      .move(1.2, both(hips))
      .hold(0.6)
      .through([1, both(hips, 0.35)], [1.4, both(hips, -0.35)], [1, both(hips)])
      .home(1.3);
  }),
  rightSketch("stop_right", "holds up a flat hand: stop", ["gesture"], (s) =>
    s
      .move(0.9, { right: hand(0.78, 0.3, 0.28) })
      .hold(1.6)
      .home(),
  ),
  bothSketch("traffic_police", "stops one lane and waves another on", ["gesture", "periodic", "large"], (s) =>
    s
      .move(1.2, { left: hand(0.2, 1.1, 0.3) })
      .swing(1.1, 4, (p, a) => ({
        left: hand(0.2, 1.1, 0.3),
        right: hand(0.5 + 0.16 * a * sin(p), 0.55 - 0.22 * a * sin(p), 0.15 + 0.15 * a * cos(p)),
      }))
      .home(1.4),
  ),
  rightSketch("handshake_right", "offers the right hand and shakes", ["gesture", "periodic"], (s) =>
    s.swing(0.55, 5, (p, a) => ({ right: hand(0.72, 0.18, -0.22 + 0.07 * a * sin(p)) })).home(),
  ),
  rightSketch("high_five_right", "draws back and claps a raised hand", ["gesture", "strike"], (s) =>
    s
      .move(0.9, { right: hand(0.15, 0.45, 0.5) })
      .through([0.3, { right: hand(0.6, 0.3, 0.62) }], [0.45, { right: hand(0.38, 0.36, 0.5) }])
      .hold(0.3)
      .home(),
  ),
  rightSketch("fist_bump_right", "bumps a fist twice", ["gesture", "strike"], (s) => {
    const back = { right: hand(0.45, 0.3, -0.2) };
    const out = { right: hand(0.85, 0.18, -0.06) };
    return s.move(0.8, back).move(0.5, out).move(0.5, back).move(0.5, out).hold(0.3).home();
  }),
  rightSketch("blow_kiss_right", "blows a kiss from the right hand", ["gesture"], (s) =>
    s
      .move(1.1, { right: hand(0.38, 0.2, 0.1) })
      .hold(0.5)
      .through([0.7, { right: hand(0.78, 0.42, 0.12) }], [0.6, { right: hand(0.72, 0.75, 0.02) }])
      .home(),
  ),
  bothSketch("welcome", "opens both arms wide", ["gesture", "large"], (s) =>
    s
      .move(1.4, both(hand(0.5, 0.95, -0.08)))
      .hold(1.2)
      .home(),
  ),
  rightSketch(
    "present_right",
    "shows something at the side with a wide turn of the arm",
    ["gesture", "torso"],
    (s) =>
      s
        .move(1, { right: hand(0.5, 0.02, -0.25), torso: 0.2 })
        .through(
          [0.9, { right: hand(0.62, 0.62, -0.02), torso: -0.2 }],
          [0.6, { right: hand(0.45, 0.95, -0.1), torso: -0.3 }],
        )
        .hold(1)
        .home(),
  ),
  rightSketch("think_right", "hand to the chin, thinking", ["gesture"], (s) =>
    s
      .move(1.1, { right: hand(0.36, 0.17, -0.02) })
      .hold(0.8)
      .through([0.5, { right: hand(0.38, 0.18, -0.06) }], [0.5, { right: hand(0.36, 0.17, -0.02) }])
      .hold(0.8)
      .home(),
  ),
  rightSketch("look_far_right", "shades the eyes and looks along the horizon", ["gesture", "torso"], (s) => {
    const brow = hand(0.28, 0.3, 0.34, [0.3, 1, -0.2]);
    return s
      .move(1.1, { right: brow })
      .through([1, { right: brow, torso: 0.5 }], [1.8, { right: brow, torso: -0.5 }], [1, { right: brow }])
      .home();
  }),
  rightSketch("check_watch_right", "raises the right wrist to look at a watch", ["gesture"], (s) =>
    s
      .move(1, { right: hand(0.45, 0.02, -0.02, [0, 1, -0.4]) })
      .hold(1.3)
      .home(),
  ),
  rightSketch("phone_right", "holds a phone to the right ear", ["gesture"], (s) =>
    s
      .move(1.1, { right: hand(0.28, 0.42, 0.21, [0, 0.7, -1]) })
      .hold(2)
      .home(),
  ),
  bothSketch("cheer", "pumps both fists overhead", ["gesture", "periodic", "large"], (s) =>
    s.swing(0.8, 5, (p, a) => both(hand(0.22, 0.42, 0.62 + 0.2 * a * sin(p))), 1.4).home(1.4),
  ),
  bothSketch("victory", "both arms up in a V", ["gesture", "large"], (s) =>
    s
      .move(1.5, both(hand(0.1, 0.85, 0.76)))
      .hold(1.5)
      .home(1.6),
  ),
  rightSketch("refuse_right", "wags the raised forearm: no", ["gesture", "periodic"], (s) =>
    s.swing(0.6, 6, (p, a) => ({ right: hand(0.48, 0.32 + 0.12 * a * sin(p), 0.16) })).home(),
  ),
  rightSketch("scratch_head_right", "scratches the side of the head", ["gesture", "periodic"], (s) =>
    s
      .swing(0.5, 5, (p, a) => ({ right: hand(0.08 + 0.04 * a * sin(p), 0.32, 0.42, [0.1, 1, 0]) }), 1.2)
      .home(1.3),
  ),
];
