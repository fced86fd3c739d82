import type { MotionTag } from "../motion-tags.ts";
import type { Stage } from "./stage.ts";

/** A motion as its author wrote it. */
export interface Sketch {
  readonly name: string;
  readonly description: string;
  readonly tags: readonly MotionTag[];
  /** Name of the mirror image, where that is a motion of its own. */
  readonly mirror?: string;
  readonly draw: (stage: Stage) => Stage;
}

/** A motion of the right arm; its mirror image is the left arm's. The name must hold "right". */
export function rightSketch(
  name: string,
  description: string,
  tags: readonly MotionTag[],
  draw: Sketch["draw"],
): Sketch {
  return { name, description, tags: ["right", ...tags], mirror: name.replace("right", "left"), draw };
}

/** A motion of both arms that is its own mirror image, or whose mirror image is not worth keeping. */
export function bothSketch(
  name: string,
  description: string,
  tags: readonly MotionTag[],
  draw: Sketch["draw"],
): Sketch {
  return { name, description, tags: ["both", ...tags], draw };
}
