import { portableMath } from "../../../../common/index.ts";
import { both, hand, mirrorPose, type Pose } from "../pose.ts";
import { bothSketch, rightSketch, type Sketch } from "../sketch.ts";

const { sin } = portableMath;
const ELBOW_OUT = [-0.1, 1, -0.2] as const;
/** Fists before the face, elbows in. */
const GUARD = both(hand(0.44, 0.22, 0.02));

const cross: Pose = { left: hand(0.42, 0.22, 0.02), right: hand(0.93, 0.12, 0.08), torso: 0.45 };
const jab: Pose = { left: hand(0.95, 0.15, 0.08), right: hand(0.42, 0.22, 0.02), torso: -0.25 };

/** Boxing and martial arts. */
export const STRIKES: readonly Sketch[] = [
  rightSketch(
    "punch_right",
    "two straight punches from a guard, with the torso behind them",
    ["strike", "torso", "large"],
    (s) =>
      s
        .move(1, GUARD)
        .move(0.42, cross)
        .move(0.5, GUARD)
        .hold(0.25)
        .move(0.42, cross)
        .move(0.5, GUARD)
        .home(),
  ),
  bothSketch("punch_combo", "jab, cross, jab, cross", ["strike", "torso", "large"], (s) => {
    let stage = s.move(1, GUARD);
    for (const strike of [jab, cross, jab, cross]) stage = stage.through([0.4, strike], [0.42, GUARD]);
    return stage.hold(0.2).home();
  }),
  rightSketch("uppercut_right", "an uppercut from low beside the hip", ["strike", "torso", "large"], (s) => {
    const low: Pose = { left: GUARD.left ?? "rest", right: hand(0.28, 0.36, -0.5), torso: -0.35 };
    const high: Pose = { left: GUARD.left ?? "rest", right: hand(0.55, 0.14, 0.28), torso: 0.4 };
    return s
      .move(0.9, GUARD)
      .move(0.5, low)
      .move(0.45, high)
      .move(0.5, GUARD)
      .move(0.5, low)
      .move(0.45, high)
      .move(0.5, GUARD)
      .home();
  }),
  rightSketch("hook_right", "a wide hook at head height", ["strike", "torso", "large"], (s) => {
    const back: Pose = { left: GUARD.left ?? "rest", right: hand(0.2, 0.75, 0.02, ELBOW_OUT), torso: -0.4 };
    const hit: Pose = { left: GUARD.left ?? "rest", right: hand(0.72, 0.1, 0.12, ELBOW_OUT), torso: 0.6 };
    return s
      .move(0.9, GUARD)
      .move(0.5, back)
      .move(0.5, hit)
      .move(0.6, GUARD)
      .move(0.5, back)
      .move(0.5, hit)
      .move(0.6, GUARD)
      .home();
  }),
  bothSketch("speed_bag", "short fast punches in turn", ["strike", "periodic"], (s) =>
    s
      .move(0.9, GUARD)
      .swing(
        0.55,
        9,
        (p, a) => {
          const beat = a * sin(p);
          return {
            left: hand(0.56 + 0.2 * beat, 0.19, 0.06),
            right: hand(0.56 - 0.2 * beat, 0.19, 0.06),
            torso: -0.12 * beat,
          };
        },
        0.6,
      )
      .home(),
  ),
  bothSketch("block", "lifts both forearms to block, high and low", ["strike"], (s) =>
    s
      .move(0.9, GUARD)
      .move(0.45, both(hand(0.48, 0.26, 0.34)))
      .hold(0.3)
      .move(0.5, both(hand(0.5, 0.34, -0.42)))
      .hold(0.3)
      .move(0.45, both(hand(0.48, 0.26, 0.34)))
      .hold(0.3)
      .home(),
  ),
  rightSketch("karate_chop_right", "an overhead chop with the edge of the hand", ["strike", "large"], (s) => {
    const up: Pose = { right: hand(0.15, 0.4, 0.62), torso: -0.2 };
    const down: Pose = { right: hand(0.72, 0.16, -0.32), torso: 0.2 };
    return s
      .move(1, up)
      .hold(0.2)
      .move(0.55, down)
      .hold(0.25)
      .move(0.7, up)
      .move(0.55, down)
      .hold(0.3)
      .home();
  }),
  rightSketch("sword_right", "two diagonal cuts and a thrust", ["strike", "torso", "large"], (s) =>
    s
      .move(1, { right: hand(0.1, 0.72, 0.52), torso: -0.3 })
      .through(
        [0.5, { right: hand(0.85, 0.3, 0.05), torso: 0.1 }],
        [0.5, { right: hand(0.52, -0.12, -0.4), torso: 0.4 }],
      )
      .through(
        [0.5, { right: hand(0.8, 0.4, 0.05), torso: -0.1 }],
        [0.5, { right: hand(0.25, 0.85, 0.4), torso: -0.4 }],
      )
      .move(0.6, { right: hand(0.3, 0.42, -0.15), torso: -0.3 })
      .move(0.45, { right: hand(0.97, 0.22, 0.02), torso: 0.25 })
      .hold(0.3)
      .home(),
  ),
  bothSketch("double_push", "draws both hands back and pushes off hard", ["strike", "large"], (s) => {
    const back = both(hand(0.34, 0.34, -0.12));
    const out = both(hand(0.93, 0.24, 0));
    return s.move(1, back).move(0.45, out).hold(0.2).move(0.7, back).move(0.45, out).hold(0.3).home();
  }),
  bothSketch(
    "ward_off",
    "flowing pushes to the left and to the right, as in tai chi",
    ["strike", "torso", "two-handed"],
    (s) => {
      const side: Pose = { left: hand(0.75, 0.3, -0.05), right: hand(0.5, 0.18, -0.25), torso: 0.5 };
      return s
        .move(1.4, both(hand(0.5, 0.3, -0.25)))
        .through(
          [1.4, side],
          [1.4, both(hand(0.48, 0.3, -0.1))],
          [1.4, mirrorPose(side)],
          [1.4, both(hand(0.5, 0.3, -0.25))],
        )
        .home(1.4);
    },
  ),
];
