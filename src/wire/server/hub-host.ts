import type { Frame } from "../frame.ts";
import type { HostMessage } from "../messages/client-message.ts";
import type { StreamDeclaration } from "../messages/stream.ts";
import type { ClientIdentity } from "./lease.ts";

/** What a hub gives access to: a simulation, a robot, a training run. All that it hears comes from the controller. */
export interface HubHost {
  /** Does what is asked, or throws: `UsageError` for a bad value, `RefusedError` with a reason, or what else went wrong. */
  handle(message: HostMessage, client: ClientIdentity): void | Promise<void>;
  /** Stops the robot or lets it go on; throws where it cannot go on. Stopping always works. */
  stop(isActive: boolean, reason: string): void;
  /** Nobody has control any more: ends what was commanded. */
  controlLost(): void;
  /** Says how actions on an input stream are laid out, or throws where it takes none. */
  accept?(request: ActionRequest): Omit<StreamDeclaration, "id" | "direction" | "layout">;
  /** Takes an action of the declared layout; the newest there is. `values` dies with the call. */
  act?(frame: Frame, declaration: StreamDeclaration, client: ClientIdentity): void;
}

/** What a client wants to send as actions. */
export interface ActionRequest {
  readonly stream: string;
  readonly joints: readonly string[];
  readonly fields: readonly string[];
}
