import { isStanding } from "../gait-phase.ts";
import type { MdpState } from "../mdp-state.ts";

/**
 * Whether a robot that is asked to stand still moves faster than `settled`, m/s, by the mean over half a stride: it has just
 * been told, or was pushed. Terms that would hold its feet where they are let it step meanwhile. Without `settled` none does.
 */
export function isStopping(
  { gait, state, travel }: MdpState,
  { settled = Number.POSITIVE_INFINITY }: Readonly<Record<string, number>>,
): boolean {
  return isStanding(gait, state) && Math.sqrt(travel[0] ** 2 + travel[1] ** 2) > settled;
}
