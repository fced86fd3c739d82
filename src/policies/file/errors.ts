import { ContrappostoError } from "../../common/index.ts";

/** A policy file that cannot be read: damaged, no policy at all, or its description contradicts itself. */
export class PolicyFileError extends ContrappostoError {
  override readonly code: string = "POLICY_FILE";
}

/** A sound file that uses something we cannot run: an unknown layer, observation or input. */
export class UnsupportedPolicyError extends PolicyFileError {
  override readonly code = "POLICY_UNSUPPORTED";
}

/** The file does not say what robot, joints or observations it is for, and nothing else tells. */
export class UndescribedPolicyError extends PolicyFileError {
  override readonly code = "POLICY_UNDESCRIBED";
}

/** A pickle asks for something outside the short list that weights need; nothing of it was executed. */
export class UnsafePickleError extends PolicyFileError {
  override readonly code = "UNSAFE_PICKLE";
}
