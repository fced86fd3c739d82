import type { Pinhole } from "./pinhole.ts";

/** Depth at which edges that pass the camera are cut, m. */
const CUT = 1e-4;

/** The rectangle of pixels whose centres a convex body before the camera may cover, and its nearest depth. */
export class PixelBounds {
  left = 0;
  top = 0;
  /** First column and row beyond. */
  right = 0;
  bottom = 0;
  /** Depth of the nearest corner, m; negative where the body reaches behind the camera. */
  nearest = 0;
  #u0 = 0;
  #u1 = 0;
  #v0 = 0;
  #v1 = 0;

  start(): void {
    this.nearest = Number.POSITIVE_INFINITY;
    this.#u0 = Number.POSITIVE_INFINITY;
    this.#v0 = Number.POSITIVE_INFINITY;
    this.#u1 = Number.NEGATIVE_INFINITY;
    this.#v1 = Number.NEGATIVE_INFINITY;
  }

  /** Takes in a corner given as right, up and depth, m. */
  addPoint(pinhole: Pinhole, points: Float64Array, at: number): void {
    const depth = points[at + 2];
    if (depth < this.nearest) this.nearest = depth;
    if (depth >= CUT) this.#add(pinhole, points[at], points[at + 1], depth);
  }

  /** Takes in where an edge between two corners passes the camera, if it does. */
  addEdge(pinhole: Pinhole, points: Float64Array, a: number, b: number): void {
    const depthA = points[a + 2];
    const depthB = points[b + 2];
    if (depthA < CUT === depthB < CUT) return;
    const part = (CUT - depthA) / (depthB - depthA);
    const x = points[a] + part * (points[b] - points[a]);
    const y = points[a + 1] + part * (points[b + 1] - points[a + 1]);
    this.#add(pinhole, x, y, CUT);
  }

  /** Cuts the rectangle to the picture, with a hair's breadth for rounding. */
  finish(pinhole: Pinhole): void {
    this.left = Math.max(0, Math.ceil(this.#u0 - 0.5 - 1e-6));
    this.top = Math.max(0, Math.ceil(this.#v0 - 0.5 - 1e-6));
    this.right = Math.min(pinhole.width, Math.floor(this.#u1 + 0.5 + 1e-6));
    this.bottom = Math.min(pinhole.height, Math.floor(this.#v1 + 0.5 + 1e-6));
  }

  #add(pinhole: Pinhole, x: number, y: number, depth: number): void {
    const u = pinhole.cx + (pinhole.fx * x) / depth;
    const v = pinhole.cy - (pinhole.fy * y) / depth;
    if (u < this.#u0) this.#u0 = u;
    if (u > this.#u1) this.#u1 = u;
    if (v < this.#v0) this.#v0 = v;
    if (v > this.#v1) this.#v1 = v;
  }
}
