import { both, type HandTarget, hand } from "../pose.ts";
import { bothSketch, rightSketch, type Sketch } from "../sketch.ts";

/** A reach and back: the hand goes somewhere, stays, and comes home. */
function reach(name: string, where: string, target: HandTarget, isLarge = false, torso = 0): Sketch {
  return rightSketch(
    `reach_${name}_right`,
    `reaches ${where} with the right hand`,
    isLarge ? ["reach", "large"] : ["reach"],
    (s) => s.move(1.3, { right: target, torso }).hold(0.8).home(1.4),
  );
}

/** Hands at many places around the body. */
export const REACHES: readonly Sketch[] = [
  reach("forward", "straight forward at chest height", hand(0.93, 0.25, -0.12)),
  reach("high", "up and forward, as to a shelf", hand(0.6, 0.32, 0.66), true),
  reach("low", "down and forward, as to a low drawer", hand(0.55, 0.34, -0.72)),
  reach("overhead", "straight overhead", hand(0.12, 0.38, 0.95), true),
  reach("side", "out to the side", hand(0.15, 1.22, -0.12), true),
  reach("across", "across the body to the other side", hand(0.62, -0.28, -0.12), false, 0.3),
  reach("behind", "back and down, as to a hip pocket", hand(-0.42, 0.55, -0.68)),
  reach("far_across", "far across with a turn of the torso", hand(0.78, -0.12, 0.05), true, 0.9),
  rightSketch("reach_table_right", "touches six places of a table, one after the other", ["reach"], (s) => {
    const spot = (forward: number, outward: number) => ({ right: hand(forward, outward, -0.48) });
    const lift = (forward: number, outward: number) => ({ right: hand(forward, outward, -0.32) });
    let stage = s.move(1.2, lift(0.45, 0.3));
    for (const [forward, outward] of [
      [0.45, 0.3],
      [0.72, 0.3],
      [0.68, 0.7],
      [0.42, 0.72],
      [0.6, -0.02],
      [0.7, 0.15],
    ] as const)
      stage = stage.through([0.55, lift(forward, outward)], [0.4, spot(forward, outward)]).hold(0.15);
    return stage.home(1.3);
  }),
  bothSketch("reach_both_forward", "reaches forward with both hands", ["reach"], (s) =>
    s
      .move(1.3, both(hand(0.92, 0.25, -0.08)))
      .hold(0.8)
      .home(1.4),
  ),
  bothSketch("reach_both_overhead", "reaches overhead with both hands", ["reach", "large"], (s) =>
    s
      .move(1.6, both(hand(0.15, 0.36, 0.94)))
      .hold(0.8)
      .home(1.7),
  ),
  bothSketch("reach_both_low", "reaches down in front with both hands", ["reach"], (s) =>
    s
      .move(1.3, both(hand(0.5, 0.28, -0.76)))
      .hold(0.8)
      .home(1.4),
  ),
  bothSketch("reach_both_sides", "reaches out to both sides, then forward", ["reach", "large"], (s) =>
    s
      .move(1.5, both(hand(0.1, 1.22, -0.05)))
      .hold(0.3)
      .move(1.2, both(hand(0.92, 0.3, 0)))
      .hold(0.3)
      .home(1.4),
  ),
  bothSketch("reach_opposite", "one hand up, the other down, and exchanged", ["reach", "large"], (s) => {
    const up = hand(0.25, 0.4, 0.85);
    const down = hand(0.2, 0.48, -0.85);
    return s
      .move(1.4, { left: up, right: down })
      .hold(0.4)
      .move(1.8, { left: down, right: up })
      .hold(0.4)
      .home(1.4);
  }),
  bothSketch(
    "reach_around",
    "touches points on a sphere around the body with both hands",
    ["reach", "large"],
    (s) => {
      const places = [
        hand(0.8, 0.4, 0.35),
        hand(0.35, 0.95, 0.45),
        hand(0.1, 1.1, -0.3),
        hand(0.55, 0.75, -0.55),
      ];
      return s
        .move(1.3, both(hand(0.75, 0.35, -0.3)))
        .through(...places.map((place) => [0.9, both(place)] as const))
        .hold(0.2)
        .home(1.3);
    },
  ),
];
