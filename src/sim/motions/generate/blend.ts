/** The minimum-jerk course from 0 to 1 (Flash and Hogan 1985): at rest, without acceleration, at both ends. */
export function minimumJerk(s: number): number {
  if (s <= 0) return 0;
  if (s >= 1) return 1;
  return s * s * s * (10 + s * (6 * s - 15));
}

/**
 * Quintic from one value to another over `duration` with given end velocities and no acceleration at the ends.
 *
 * @param t seconds since the start, within [0, duration]
 */
export function quintic(
  from: number,
  to: number,
  fromVelocity: number,
  toVelocity: number,
  duration: number,
  t: number,
): number {
  const s = t / duration;
  const a = fromVelocity * duration;
  const b = toVelocity * duration;
  const change = to - from;
  const s3 = s * s * s;
  return (
    from +
    a * s +
    s3 * (10 * change - 6 * a - 4 * b) +
    s3 * s * (-15 * change + 8 * a + 7 * b) +
    s3 * s * s * (6 * change - 3 * a - 3 * b)
  );
}

/** How far a swing has grown: up over the first `ease` seconds, down over the last, 1 between. */
export function swell(t: number, duration: number, ease: number): number {
  return minimumJerk(Math.min(t, duration - t) / ease);
}
