/** What a motion is like; "left", "right" and "both" say which arms act. */
export const MOTION_TAGS = [
  "left",
  "right",
  "both",
  "torso",
  "periodic",
  "reach",
  "gesture",
  "strike",
  "sport",
  "chore",
  "music",
  "dance",
  "exercise",
  "two-handed",
  "random",
  "large",
] as const;
export type MotionTag = (typeof MOTION_TAGS)[number];
