import { ContrappostoError, UsageError } from "../common/index.ts";

/** An observation, noise or chunk that does not fit the model. */
export class VlaMismatchError extends UsageError {
  override readonly code = "VLA_MISMATCH";
}

/** A file that should hold a VLA, a scorer or a feature set, and does not. */
export class VlaFileError extends ContrappostoError {
  readonly code = "VLA_FILE";
}

/** A score, an action or a loss that is not a number. */
export class NotFiniteError extends ContrappostoError {
  readonly code = "NOT_FINITE";
}

/** A selector that needs something which this model, or this occasion, does not offer. */
export class SelectorNeedsError extends UsageError {
  override readonly code = "SELECTOR_NEEDS";
}

/** The other side of a policy connection did not answer as the protocol says. */
export class RemotePolicyError extends ContrappostoError {
  readonly code = "REMOTE_POLICY";
}
