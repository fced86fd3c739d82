import { ContrappostoError } from "../../common/index.ts";

/** Settings of the learner that contradict each other or the environment. */
export class PpoConfigError extends ContrappostoError {
  readonly code = "PPO_CONFIG";
}

/** A loss, an observation or a weight is no longer a number. */
export class DivergedError extends ContrappostoError {
  readonly code = "LEARNING_DIVERGED";

  constructor(what: string, iteration: number) {
    super(
      `In iteration ${iteration}, ${what} is not a finite number.`,
      "Resume from the last checkpoint, with a lower learning rate or bounded observations and rewards.",
    );
  }
}
