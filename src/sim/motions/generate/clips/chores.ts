import { portableMath } from "../../../../common/index.ts";
import { both, hand, type Pose } from "../pose.ts";
import { bothSketch, rightSketch, type Sketch } from "../sketch.ts";

const { sin, cos } = portableMath;
const ELBOW_OUT = [-0.2, 1, -0.2] as const;

/** Work with hands: kitchen, workshop, household, office, boxes. */
export const CHORES: readonly Sketch[] = [
  rightSketch(
    "stir_right",
    "holds a bowl with the left hand and stirs with the right",
    ["chore", "periodic", "two-handed"],
    (s) =>
      s
        .swing(1, 7, (p, a) => ({
          left: hand(0.58, 0.3, -0.42),
          right: hand(0.58 + 0.08 * a * cos(p), 0.2 + 0.08 * a * sin(p), -0.2),
        }))
        .home(),
  ),
  rightSketch(
    "pour_right",
    "lifts a jug and pours it into a glass in the left hand",
    ["chore", "two-handed"],
    (s) => {
      const glass = hand(0.62, 0.18, -0.4);
      return s
        .move(1.2, { left: glass, right: hand(0.62, 0.42, -0.3) })
        .move(0.9, { left: glass, right: hand(0.6, 0.3, -0.02) })
        .move(0.8, { left: glass, right: hand(0.6, 0.22, -0.04, [-0.1, 1.2, 0.3]) })
        .hold(1.2)
        .move(0.8, { left: glass, right: hand(0.6, 0.32, -0.05) })
        .home(1.3);
    },
  ),
  rightSketch("iron_right", "irons: long strokes over a board", ["chore", "periodic", "torso"], (s) =>
    s
      .swing(1.8, 4, (p, a) => ({
        left: hand(0.5, 0.35, -0.52),
        right: hand(0.62 + 0.06 * a * sin(2 * p), 0.3 + 0.34 * a * sin(p), -0.48),
        torso: -0.2 * a * sin(p),
      }))
      .home(),
  ),
  rightSketch("wipe_table_right", "wipes a table in circles", ["chore", "periodic"], (s) =>
    s
      .swing(1.1, 6, (p, a) => ({ right: hand(0.62 + 0.14 * a * cos(p), 0.36 + 0.2 * a * sin(p), -0.5) }))
      .home(),
  ),
  rightSketch("wipe_window_right", "wipes a window in wide arcs", ["chore", "periodic", "large"], (s) =>
    s
      .swing(
        1.5,
        5,
        (p, a) => ({
          right: hand(0.68, 0.38 + 0.28 * a * sin(p), 0.28 + 0.2 * a * cos(p)),
          torso: -0.1 * a * sin(p),
        }),
        1.2,
      )
      .home(1.3),
  ),
  rightSketch("knock_right", "knocks at a door, three times and three times", ["chore", "strike"], (s) => {
    const near = { right: hand(0.54, 0.24, 0.16) };
    const door = { right: hand(0.68, 0.22, 0.16) };
    let stage = s.move(1, near);
    for (let round = 0; round < 2; round++) {
      for (let knock = 0; knock < 3; knock++) stage = stage.through([0.18, door], [0.2, near]);
      stage = stage.hold(0.5);
    }
    return stage.home();
  }),
  rightSketch("hammer_right", "holds a nail and hammers", ["chore", "strike", "two-handed"], (s) => {
    const nail = hand(0.6, 0.12, -0.4);
    const up: Pose = { left: nail, right: hand(0.42, 0.4, 0.08) };
    const hit: Pose = { left: nail, right: hand(0.66, 0.22, -0.26) };
    let stage = s.move(1.1, up);
    for (let blow = 0; blow < 5; blow++) stage = stage.through([0.36, hit], [0.5, up]);
    return stage.home();
  }),
  rightSketch(
    "saw_right",
    "saws a board that the left hand holds",
    ["chore", "periodic", "torso", "two-handed"],
    (s) =>
      s
        .swing(0.9, 8, (p, a) => ({
          left: hand(0.6, 0.36, -0.5),
          right: hand(0.55 + 0.2 * a * sin(p), 0.26, -0.42 - 0.07 * a * sin(p)),
          torso: 0.12 * a * sin(p),
        }))
        .home(),
  ),
  rightSketch(
    "paint_wall_right",
    "rolls paint up and down a wall, strip after strip",
    ["chore", "periodic", "large"],
    (s) => {
      let stage = s;
      for (const outward of [0.1, 0.35, 0.6])
        stage = stage.swing(1.5, 2, (p, a) => ({ right: hand(0.66, outward, 0.1 + 0.34 * a * sin(p)) }), 0.9);
      return stage.home(1.3);
    },
  ),
  bothSketch("type", "types on a keyboard", ["chore", "periodic"], (s) =>
    s
      .swing(
        0.42,
        14,
        (p, a) => ({
          left: hand(0.62, 0.24 + 0.03 * a * sin(0.37 * p), -0.38 + 0.022 * a * sin(p)),
          right: hand(0.62, 0.24 + 0.03 * a * sin(0.29 * p), -0.38 + 0.022 * a * sin(p + 2)),
        }),
        1,
      )
      .home(),
  ),
  bothSketch("steer", "turns a steering wheel left and right", ["chore", "periodic", "two-handed"], (s) =>
    s
      .swing(
        3,
        3,
        (p, a) => {
          // A wheel before the chest: hands at a quarter to three, turned by up to 50 degrees.
          const turn = 0.9 * a * sin(p);
          return {
            left: hand(0.64, 0.3 * cos(turn), -0.24 - 0.3 * sin(turn)),
            right: hand(0.64, 0.3 * cos(turn), -0.24 + 0.3 * sin(turn)),
          };
        },
        1.1,
      )
      .home(),
  ),
  bothSketch(
    "sweep_floor",
    "sweeps with a broom from side to side",
    ["chore", "periodic", "torso", "two-handed"],
    (s) =>
      s
        .swing(
          1.6,
          5,
          (p, a) => ({
            left: hand(0.5, 0.22 + 0.18 * a * sin(p), -0.5),
            right: hand(0.42, 0.24 - 0.1 * a * sin(p), -0.08),
            torso: 0.35 * a * sin(p),
          }),
          1.2,
        )
        .home(),
  ),
  rightSketch("drink_right", "lifts a cup to the mouth and puts it back", ["chore"], (s) => {
    const table = { right: hand(0.6, 0.3, -0.42) };
    return s
      .move(1, table)
      .hold(0.3)
      .move(1.1, { right: hand(0.34, 0.17, 0.1) })
      .move(0.5, { right: hand(0.34, 0.17, 0.18, [-0.2, 0.9, -0.7]) })
      .hold(0.8)
      .move(1.1, table)
      .home();
  }),
  rightSketch("eat_right", "eats with a spoon from a plate", ["chore", "periodic"], (s) => {
    const plate = { right: hand(0.58, 0.2, -0.4) };
    const mouth = { right: hand(0.36, 0.19, 0.06) };
    let stage = s.move(1, plate);
    for (let bite = 0; bite < 3; bite++) stage = stage.move(0.8, mouth).hold(0.2).move(0.8, plate).hold(0.15);
    return stage.home();
  }),
  bothSketch("box_lift", "takes a box from below and lifts it to the chest", ["chore", "two-handed"], (s) =>
    s
      .move(1.3, both(hand(0.52, 0.46, -0.72)))
      .move(0.5, both(hand(0.54, 0.33, -0.72)))
      .hold(0.2)
      .move(1.5, both(hand(0.54, 0.33, -0.2)))
      .hold(0.8)
      .move(1.5, both(hand(0.54, 0.33, -0.7)))
      .move(0.5, both(hand(0.5, 0.46, -0.7)))
      .home(1.3),
  ),
  bothSketch(
    "box_to_shelf",
    "lifts a box and puts it onto a high shelf",
    ["chore", "two-handed", "large"],
    (s) =>
      s
        .move(1.2, both(hand(0.55, 0.33, -0.5)))
        .hold(0.2)
        .through(
          [1.1, both(hand(0.5, 0.33, -0.05))],
          [1.1, both(hand(0.5, 0.33, 0.55))],
          [0.8, both(hand(0.68, 0.33, 0.58))],
        )
        .hold(0.3)
        .move(0.6, both(hand(0.62, 0.48, 0.56)))
        .home(1.6),
  ),
  bothSketch(
    "box_aside",
    "takes a box from the left and puts it down on the right",
    ["chore", "torso", "two-handed", "large"],
    (s) => {
      const low = both(hand(0.6, 0.33, -0.46));
      const carried = both(hand(0.54, 0.33, -0.2));
      return s
        .move(1.3, { ...low, torso: 0.9 })
        .hold(0.2)
        .move(0.9, { ...carried, torso: 0.9 })
        .move(1.6, { ...carried, torso: -0.9 })
        .move(0.9, { ...low, torso: -0.9 })
        .move(0.5, both(hand(0.55, 0.48, -0.44), -0.9))
        .home(1.5);
    },
  ),
  bothSketch(
    "push_cart",
    "pushes a bar at chest height, harder and softer",
    ["chore", "periodic", "two-handed"],
    (s) => s.swing(1.4, 4, (p, a) => both(hand(0.74 + 0.12 * a * sin(p), 0.32, -0.22))).home(),
  ),
  bothSketch("pull_rope", "pulls a rope hand over hand", ["chore", "periodic", "two-handed"], (s) =>
    s
      .swing(
        1.2,
        6,
        (p, a) => ({
          left: hand(0.6 + 0.22 * a * sin(p), 0.2, -0.2 + 0.12 * a * cos(p)),
          right: hand(0.6 - 0.22 * a * sin(p), 0.2, -0.2 - 0.12 * a * cos(p)),
          torso: -0.15 * a * sin(p),
        }),
        1,
      )
      .home(),
  ),
  rightSketch("crank_right", "turns a crank", ["chore", "periodic"], (s) =>
    s
      .swing(1.2, 6, (p, a) => ({ right: hand(0.6 + 0.15 * a * cos(p), 0.28, -0.2 + 0.17 * a * sin(p)) }))
      .home(),
  ),
  bothSketch("chop_wood", "swings an axe from overhead", ["chore", "strike", "two-handed", "large"], (s) => {
    const up = both(hand(0.3, 0.27, 0.6));
    const down = both(hand(0.66, 0.22, -0.5));
    return s
      .move(1.3, up)
      .hold(0.2)
      .move(0.7, down)
      .hold(0.3)
      .move(1.1, up)
      .hold(0.2)
      .move(0.7, down)
      .hold(0.3)
      .home(1.3);
  }),
  rightSketch(
    "chop_vegetables_right",
    "chops with a knife in small quick cuts",
    ["chore", "periodic", "two-handed"],
    (s) =>
      s
        .swing(0.45, 12, (p, a) => ({
          left: hand(0.6, 0.2, -0.46),
          right: hand(0.58, 0.26 + 0.025 * sin(p / 12) * a, -0.36 + 0.055 * a * sin(p)),
        }))
        .home(),
  ),
  rightSketch("screw_bulb_right", "screws a bulb into the ceiling", ["chore", "periodic", "large"], (s) =>
    s
      .swing(
        0.9,
        5,
        (p, a) => ({ right: hand(0.3 + 0.05 * a * cos(p), 0.36 + 0.05 * a * sin(p), 0.82) }),
        1.4,
      )
      .home(1.4),
  ),
  bothSketch(
    "shovel",
    "digs and throws over the right side",
    ["chore", "torso", "two-handed", "large"],
    (s) => {
      const dig: Pose = { left: hand(0.62, 0.22, -0.62), right: hand(0.36, 0.32, -0.36), torso: 0.15 };
      const lift: Pose = { left: hand(0.66, 0.22, -0.32), right: hand(0.36, 0.36, -0.3), torso: 0.1 };
      const toss: Pose = {
        left: hand(0.7, 0.02, -0.02),
        right: hand(0.34, 0.42, -0.15, ELBOW_OUT),
        torso: -0.7,
      };
      return s
        .move(1.2, dig)
        .move(0.6, lift)
        .move(0.7, toss)
        .hold(0.2)
        .move(0.9, dig)
        .move(0.6, lift)
        .move(0.7, toss)
        .home(1.3);
    },
  ),
  rightSketch("open_door_right", "takes a handle, presses it and pulls the door", ["chore"], (s) =>
    s
      .move(1.1, { right: hand(0.82, 0.28, -0.36) })
      .hold(0.2)
      .move(0.5, { right: hand(0.8, 0.26, -0.46) })
      .through(
        [0.9, { right: hand(0.55, 0.5, -0.44), torso: -0.15 }],
        [0.8, { right: hand(0.3, 0.75, -0.4), torso: -0.35 }],
      )
      .hold(0.2)
      .home(1.3),
  ),
];
