/** How often motions are sampled, frames per second, and the step of their stored angles, rad. */
export const MOTION_RATE_HZ = 50;
export const ANGLE_STEP = 1e-4;

/** A clip of the upper body: nine joint angles over time, from the default pose and back to it. */
export class Motion {
  readonly name: string;
  /** Torso, left arm, right arm, as in the file. */
  readonly joints: readonly string[];
  /** Angles of the default pose, rad. */
  readonly default: Float64Array;
  /** Angles frame by frame, rad, [frameCount, joints]. */
  readonly frames: Float32Array;
  readonly frameCount: number;

  constructor(name: string, joints: readonly string[], defaultPose: Float64Array, frames: Float32Array) {
    this.name = name;
    this.joints = joints;
    this.default = defaultPose;
    this.frames = frames;
    this.frameCount = frames.length / joints.length;
  }

  /** Length, s. */
  get seconds(): number {
    return (this.frameCount - 1) / MOTION_RATE_HZ;
  }

  /**
   * The reference at a time, as ALMI scales it: default + amplitude (clip - default). Straight lines between frames; the
   * first and last frame hold before and after.
   *
   * @param time s since the clip's start
   * @param amplitude 0 keeps the default pose, 1 is the clip
   * @param out written and returned; rad, in the order of `joints`
   */
  sample(time: number, amplitude: number, out: Float64Array): Float64Array {
    const { frames, default: pose, frameCount } = this;
    const count = pose.length;
    const at = Math.min(frameCount - 1, Math.max(0, time * MOTION_RATE_HZ));
    const frame = Math.min(Math.floor(at), Math.max(0, frameCount - 2));
    const share = at - frame;
    const here = frame * count;
    const next = Math.min(frame + 1, frameCount - 1) * count;
    for (let i = 0; i < count; i++) {
      const angle = frames[here + i] + share * (frames[next + i] - frames[here + i]);
      out[i] = pose[i] + amplitude * (angle - pose[i]);
    }
    return out;
  }
}
