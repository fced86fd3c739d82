import { portableMath, UsageError } from "../../../common/index.ts";
import type { Simulation } from "../../engine/index.ts";
import { RayScene } from "../ray-scene.ts";
import type { StillOptions } from "./render-still.ts";

const FOVY = 0.48;
/** Part of the picture's height that the subject fills. */
const FILL = 0.92;

/**
 * A three-quarter view that frames a body and all below it, seen from its front right (the body looks along +x).
 *
 * @param body name of the subject's root body, such as a robot's pelvis
 * @returns camera and field of view for `renderStill`; throws `UsageError` where nothing of the body is visible
 */
export function portrait(
  simulation: Simulation,
  body: string,
  groups: readonly number[] = [0, 1, 2],
): Required<Pick<StillOptions, "camera" | "fovy">> {
  const { model } = simulation;
  const root = model.views.body_rootid[model.index("body", body)];
  const scene = new RayScene(simulation, groups);
  const low = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY];
  const high = low.map((value) => -value);
  scene.bounded.forEach((slot, item) => {
    if (model.views.body_rootid[model.views.geom_bodyid[scene.table.geoms[slot]]] !== root) return;
    for (let k = 0; k < 3; k++) {
      low[k] = Math.min(low[k], scene.itemBoxes[6 * item + k]);
      high[k] = Math.max(high[k], scene.itemBoxes[6 * item + k + 3]);
    }
  });
  if (!(low[0] <= high[0]))
    throw new UsageError(
      `Nothing of body "${body}" is visible.`,
      "Show the geom groups that its geoms are in.",
    );
  const at = [(low[0] + high[0]) / 2, (low[1] + high[1]) / 2, (low[2] + high[2]) / 2] as const;
  const radius = (high[2] - low[2]) / 2 / FILL;
  // What stands before the middle looks larger, so the distance counts from the front.
  const depth = Math.max(high[0] - low[0], high[1] - low[1]) / 2;
  const distance = depth + radius * (portableMath.cos(FOVY / 2) / portableMath.sin(FOVY / 2));
  const from = [at[0] + 0.815 * distance, at[1] - 0.57 * distance, at[2] + 0.08 * distance] as const;
  return { camera: { from, at }, fovy: FOVY };
}
