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

/** There is nobody at the other end of a link that was to be opened. */
export class NoAnswerError extends ContrappostoError {
  override readonly code = "NO_ANSWER";

  /** @param trouble what the platform says of the attempt; may be empty */
  constructor(url: string, trouble: string) {
    super(
      `Nobody answers at ${url}${trouble === "" ? "" : ` (${trouble})`}.`,
      /certificate/.test(trouble)
        ? "Name the bridge's certificate in the environment variable NODE_EXTRA_CA_CERTS."
        : "See that the bridge runs, and that address, port and ws or wss are the right ones.",
    );
  }
}

/** There is no robot, or nothing that answers as one. */
export class RobotMissingError extends ContrappostoError {
  override readonly code = "ROBOT_MISSING";
}
