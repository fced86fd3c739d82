import { ContrappostoError, errorMessage } from "../../common/index.ts";
import { DivergedError } from "../engine/index.ts";

/** One of many environments could not go on; `dump` holds the last step where the physics broke. */
export class EnvironmentFailure extends ContrappostoError {
  override readonly code = "ENVIRONMENT_FAILED";
  readonly environment: number;
  readonly dump: unknown;

  constructor(environment: number, cause: unknown) {
    const isOurs = cause instanceof ContrappostoError;
    super(
      `Environment ${environment} cannot go on: ${isOurs ? cause.problem : errorMessage(cause)}`,
      isOurs ? cause.remedy : "Report this.",
      { cause },
    );
    this.environment = environment;
    this.dump = cause instanceof DivergedError ? cause.dump : undefined;
  }
}
