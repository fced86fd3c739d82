import { RefusedError } from "../errors.ts";
import type { ServerMessage } from "../messages/server-message.ts";
import { type ClientIdentity, Lease } from "./lease.ts";

/** What authority needs of the hub that it belongs to. */
export interface AuthorityOwner {
  nowNs(): number;
  tell(message: ServerMessage): void;
  /** Tells one client why it was refused something that it waited for. */
  refuse(client: ClientIdentity, error: RefusedError): void;
  controlLost(): void;
}

/** Who may control, whether the robot is stopped, and the telling of it. */
export class Authority {
  isStopped = false;
  readonly #owner: AuthorityOwner;
  readonly #lease: Lease;
  #lastControl = "";

  constructor(leaseMs: number, graceMs: number, owner: AuthorityOwner) {
    this.#owner = owner;
    this.#lease = new Lease(leaseMs * 1e6, graceMs * 1e6);
  }

  get holder(): ClientIdentity | undefined {
    return this.#lease.holder;
  }

  /** Throws `RefusedError` where somebody else has control, or takes it over already. */
  acquire(client: ClientIdentity, takeOver: boolean): void {
    const holder = this.#lease.holder;
    const outcome = this.#lease.acquire(client, takeOver, this.#owner.nowNs());
    this.tell();
    if (outcome === "held")
      throw new RefusedError("NOT_CONTROLLER", `${holder?.name} has control.`, "Ask to take over, or wait.");
    if (outcome === "busy")
      throw new RefusedError("BUSY", "Somebody else is taking over already.", "Ask again in a few seconds.");
  }

  /** The holder keeps control. Throws `RefusedError` for anybody else. */
  deny(client: ClientIdentity): void {
    this.requireControl(client);
    const refused = this.#lease.deny(client);
    this.tell();
    if (refused === undefined) return;
    this.#owner.refuse(
      refused,
      new RefusedError("NOT_CONTROLLER", `${client.name} keeps control.`, "Watch, or ask again later."),
    );
  }

  /** Ends what a client holds or waits for. */
  release(client: ClientIdentity): void {
    this.#lease.release(client, this.#owner.nowNs());
    this.tell();
  }

  /** A client has said something. */
  renew(client: ClientIdentity): void {
    this.#lease.renew(client, this.#owner.nowNs());
  }

  /** Lets time have its effect. */
  expire(): void {
    this.#lease.expire(this.#owner.nowNs());
    this.tell();
  }

  /** Throws `RefusedError` unless a client has control. */
  requireControl(client: ClientIdentity): void {
    if (this.#lease.isHeldBy(client)) return;
    const holder = this.#lease.holder;
    throw new RefusedError(
      "NOT_CONTROLLER",
      holder === undefined ? "Nobody has control." : `${holder.name} has control.`,
      "Acquire it first.",
    );
  }

  /** Throws `RefusedError` while the robot is stopped. */
  requireFreedom(): void {
    if (this.isStopped) throw new RefusedError("ESTOPPED", "The robot is stopped.", "Clear the stop first.");
  }

  /** Tells of control if anything about it has changed, and the host if it is gone. */
  tell(): void {
    const { holder, takeOver } = this.#lease;
    const control = [holder?.clientId, takeOver?.client.clientId].join();
    if (control === this.#lastControl) return;
    const [held] = this.#lastControl.split(",");
    this.#lastControl = control;
    if (held !== "" && held !== undefined && held !== holder?.clientId) this.#owner.controlLost();
    this.#owner.tell({
      op: "control",
      holder: holder ?? null,
      takeOver:
        takeOver === undefined
          ? null
          : { ...takeOver.client, inMs: Math.max(0, (takeOver.atNs - this.#owner.nowNs()) / 1e6) },
    });
  }
}
