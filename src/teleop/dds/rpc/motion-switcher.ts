import { setTimeout as sleep } from "node:timers/promises";
import { ContrappostoError } from "../../../common/index.ts";
import type { Participant } from "../cyclone/participant.ts";
import { ServiceClient } from "./service.ts";

/** The service that hands the motors to a built-in controller or to us. */
export const MOTION_SWITCHER = "motion_switcher";

/** Its procedures. */
export const MOTION_API = {
  checkMode: 1001,
  selectMode: 1002,
  releaseMode: 1003,
  setSilent: 1004,
  getSilent: 1005,
} as const;

/** Error codes that it and every service answer. */
export const SERVICE_ERROR = { badParameter: 7004, unknownApi: 3203 } as const;

/** The robot's motion service stands in the way, or is not there where it is needed. */
export class MotionServiceError extends ContrappostoError {
  override readonly code = "MOTION_SERVICE";
}

const ANSWER_MS = 5000;
const GLANCE_MS = 10;
/** A controller that lets go may take several seconds to be gone. */
const RELEASE_TRIES = 8;
const RELEASE_MS = 1000;

/** Takes the motors from the robot's built-in controller. Two writers of motor commands would fight. */
export class MotionSwitcher {
  readonly #client: ServiceClient;

  constructor(participant: Participant) {
    // All callers on a robot read one topic of answers.
    this.#client = new ServiceClient(participant, MOTION_SWITCHER, BigInt(process.pid) << 32n);
  }

  /** Asks until no built-in controller is active. Throws `MotionServiceError` where that cannot be had or known. */
  async release(): Promise<void> {
    for (let tries = 0; tries < RELEASE_TRIES; tries++) {
      const name = await this.activeMode();
      if (name === "") return;
      await this.#call(MOTION_API.releaseMode, "");
      if ((await this.activeMode()) === "") return;
      await sleep(RELEASE_MS);
    }
    throw new MotionServiceError(
      "The robot's motion service does not let go of the motors.",
      "Put the robot into debug mode with the remote control: L2+R2.",
    );
  }

  /** Throws `MotionServiceError` unless a built-in controller is active, as `arm_sdk` needs. */
  async expectActive(): Promise<void> {
    if ((await this.activeMode()) !== "") return;
    throw new MotionServiceError(
      "The robot's motion service is not active, so it does not mix in the arms.",
      "Start walking mode with the remote control, or take the whole body.",
    );
  }

  /** Name of the built-in controller that has the motors; empty where none has. */
  async activeMode(): Promise<string> {
    const data = await this.#call(MOTION_API.checkMode, "{}");
    try {
      const { name } = JSON.parse(data) as { name?: unknown };
      if (typeof name === "string") return name;
    } catch {
      // Said below: not an answer that we understand.
    }
    throw new MotionServiceError(
      `The robot's motion service answers "${data}", so whether it has the motors is not known.`,
      "Put the robot into debug mode with the remote control: L2+R2.",
    );
  }

  async #call(apiId: number, parameter: string): Promise<string> {
    await this.#until(() => this.#client.isServed || undefined, "serve");
    const id = this.#client.call(apiId, parameter);
    const { code, data } = await this.#until(() => this.#client.poll(id), "answer");
    if (code === 0) return data;
    throw new MotionServiceError(
      `The robot's motion service answers ${apiId} with error ${code}.`,
      "Put the robot into debug mode with the remote control: L2+R2.",
    );
  }

  async #until<T>(look: () => T | undefined, what: string): Promise<T> {
    for (let waited = 0; waited < ANSWER_MS; waited += GLANCE_MS) {
      const seen = look();
      if (seen !== undefined) return seen;
      await sleep(GLANCE_MS);
    }
    throw new MotionServiceError(
      `The robot's motion service does not ${what}, so whether it has the motors is not known.`,
      "See that the robot has started up, and that domain and interface are the right ones.",
    );
  }
}
