import { ContrappostoError } from "../common/index.ts";

/** The robot at the other end of a link is gone; its own side damps it. */
export class LinkClosedError extends ContrappostoError {
  override readonly code = "LINK_CLOSED";

  constructor(what: string, options?: ErrorOptions) {
    super(
      `The link to the robot is closed: ${what}.`,
      "Look at the robot, then open the link again.",
      options,
    );
  }
}

/** There is no robot, or nothing that answers as one. */
export class RobotMissingError extends ContrappostoError {
  override readonly code = "ROBOT_MISSING";
}
