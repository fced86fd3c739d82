export { ContrappostoError, errorMessage, UnknownNameError, UsageError } from "./errors.ts";
export { eventLoopTurn } from "./event-loop.ts";
export { hashBytes, hashFloats, hashText } from "./hash.ts";
export { joinBytes, joinFloats } from "./joined.ts";
export { halves, type Part, shareOut } from "./parts.ts";
export * as portableMath from "./portable-math.ts";
export {
  angleBetween,
  fromYaw,
  type MutableVector,
  multiply,
  pitchOf,
  projectedGravity,
  rollOf,
  rotate,
  rotateInverse,
  toRollPitchYaw,
  type Vector,
  yawOf,
} from "./quaternion.ts";
export { Rng, type RngState } from "./rng.ts";
export { segmentDistance } from "./segment-distance.ts";
export { mean, quantile, wilsonInterval } from "./statistics.ts";
