import { minimumJerk } from "./blend.ts";

/**
 * Where one hand is, in arm lengths from the middle between the shoulders, torso frame: forward, outward to the arm's
 * own side, up. The same numbers mirror between arms and carry over between robots. A stretched arm reaches 1; the
 * shoulder is about 0.31 outward, the head's middle about 0.35 up.
 */
export interface HandTarget {
  readonly hand: readonly [forward: number, outward: number, up: number];
  /** Where the elbow points, in the same directions. */
  readonly elbow: readonly [forward: number, outward: number, up: number];
}

/** The arm's joint angles, rad, with the left arm's signs: shoulder pitch, roll and yaw, elbow (pi/2 is straight). */
export interface ArmAngles {
  readonly angles: readonly [pitch: number, roll: number, yaw: number, elbow: number];
}

/** What one arm does; "rest" is the robot's default pose. */
export type ArmPose = HandTarget | ArmAngles | "rest";

/** A posture of the upper body. Arms left out rest. */
export interface Pose {
  /** Turn of the torso to the left, rad. */
  readonly torso?: number;
  readonly left?: ArmPose;
  readonly right?: ArmPose;
}

/**
 * A hand at a place. Unless it is told where to point, the elbow does what a person's does: below the shoulder it hangs
 * down, back and a little outward, overhead it comes to the front.
 */
export function hand(
  forward: number,
  outward: number,
  up: number,
  elbow: readonly [number, number, number] = naturalElbow(up),
): HandTarget {
  return { hand: [forward, outward, up], elbow };
}

function naturalElbow(up: number): [number, number, number] {
  const lift = minimumJerk((up - 0.1) / 0.5);
  return [-0.25 + 0.95 * lift, 0.4 + 0.3 * lift, -1 + 0.5 * lift];
}

/** An arm by its joint angles, with the left arm's signs. */
export function angles(pitch: number, roll: number, yaw: number, elbow: number): ArmAngles {
  return { angles: [pitch, roll, yaw, elbow] };
}

/** Both arms alike, mirror images of each other. */
export function both(arm: ArmPose, torso = 0): Pose {
  return { left: arm, right: arm, torso };
}

/** The pose with left and right exchanged. */
export function mirrorPose(pose: Pose): Pose {
  return { torso: -(pose.torso ?? 0), left: pose.right ?? "rest", right: pose.left ?? "rest" };
}
