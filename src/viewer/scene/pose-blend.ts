import { POSE_SIZE } from "./axes.ts";

/** Longest time between two frames that is drawn as one smooth movement, s. */
const LONGEST_GAP = 0.25;

/**
 * Draws smooth movement from frames that come at the control rate: shows the world one frame late and blends between
 * the last two. Jumps are shown as jumps.
 */
export class PoseBlend {
  #from: Float32Array = new Float32Array();
  #to: Float32Array = new Float32Array();
  #shown: Float32Array = new Float32Array();
  #arrived = 0;
  #gap = 0.02;

  /** A new frame came at `now`, s. */
  push(poses: Float32Array, now: number, isJump: boolean): void {
    const isFirst = this.#to.length !== poses.length;
    const gap = now - this.#arrived;
    this.#arrived = now;
    if (isFirst || isJump || gap > LONGEST_GAP) {
      this.#from = poses;
      this.#gap = 0.02;
    } else {
      this.#from = this.at(now).slice();
      this.#gap += 0.2 * (gap - this.#gap);
    }
    this.#to = poses;
    if (isFirst) this.#shown = new Float32Array(poses.length);
  }

  /** Body poses to draw at `now`, s, [7 nbody]; kept and overwritten. */
  at(now: number): Float32Array {
    const [from, to, out] = [this.#from, this.#to, this.#shown];
    const share = Math.min(1, Math.max(0, (now - this.#arrived) / this.#gap));
    for (let at = 0; at < to.length; at += POSE_SIZE) blendPose(from, to, share, out, at);
    return out;
  }
}

function blendPose(from: Float32Array, to: Float32Array, share: number, out: Float32Array, at: number): void {
  for (let k = at; k < at + 3; k++) out[k] = from[k] + share * (to[k] - from[k]);
  // A quaternion and its negative are one orientation: take the nearer. Between near ones a straight line will do.
  let dot = 0;
  for (let k = at + 3; k < at + 7; k++) dot += from[k] * to[k];
  const sign = dot < 0 ? -1 : 1;
  let square = 0;
  for (let k = at + 3; k < at + 7; k++) {
    out[k] = from[k] + share * (sign * to[k] - from[k]);
    square += out[k] * out[k];
  }
  const scale = square > 0 ? 1 / Math.sqrt(square) : 0;
  for (let k = at + 3; k < at + 7; k++) out[k] *= scale;
}
