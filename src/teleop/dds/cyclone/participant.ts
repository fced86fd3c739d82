import { networkInterfaces } from "node:os";
import type { IdlStruct } from "../idl/idl-type.ts";
import { type TopicDescriptor, topicDescriptor } from "./descriptor.ts";
import { DdsNetwork, domainConfig } from "./domain-config.ts";
import { DdsDomainError, DdsError } from "./errors.ts";
import { type CycloneLibrary, loadCyclone } from "./library.ts";

/** A topic: a name and a type. */
export interface Topic {
  readonly name: string;
  readonly type: IdlStruct;
}

/**
 * Our membership in one DDS domain on one network interface. Opens that interface or nothing: Cyclone would otherwise
 * carry on with the machine's default interface, which may lead to a robot.
 */
export class Participant implements Disposable {
  readonly library: CycloneLibrary;
  readonly network: DdsNetwork;
  readonly handle: number;
  readonly #domain: number;
  readonly #topics = new Map<string, { handle: number; descriptor: TopicDescriptor }>();
  #isDisposed = false;

  private constructor(library: CycloneLibrary, network: DdsNetwork, domain: number, handle: number) {
    this.library = library;
    this.network = network;
    this.#domain = domain;
    this.handle = handle;
  }

  /**
   * Joins a domain. Throws `DdsUnavailableError` without DDS, `DdsDomainError` where the interface does not exist, the
   * domain is open already in this process, or has no place left.
   */
  static async open(network: DdsNetwork): Promise<Participant> {
    const { domain: id, interface: name } = DdsNetwork.parse(network);
    if (networkInterfaces()[name] === undefined) {
      throw new DdsDomainError(
        `There is no network interface "${name}".`,
        `Use one of: ${Object.keys(networkInterfaces()).join(", ")}.`,
      );
    }
    const library = await loadCyclone();
    const domain = library.createDomain(id, domainConfig(network));
    // Going on from here after a failure would open the domain on the default interface.
    if (domain < 0) throw domainRefused(network, domain);
    const handle = library.createParticipant(id, null, null);
    if (handle >= 0) return new Participant(library, network, domain, handle);
    library.deleteEntity(domain);
    throw new DdsDomainError(
      `Domain ${id} on "${name}" admits no further participant (${new DdsError("a participant", handle).problem})`,
      "Too many programs may be in it: end some, or take another domain.",
    );
  }

  /** The entity of a topic, made at first use. */
  topic({ name, type }: Topic): number {
    const known = this.#topics.get(name);
    if (known !== undefined) return known.handle;
    const descriptor = topicDescriptor(this.library, type);
    const handle = this.library.createTopic(this.handle, descriptor.bytes, name, null, null);
    if (handle < 0) throw new DdsError(`topic "${name}" of type ${type.name}`, handle);
    this.#topics.set(name, { handle, descriptor });
    return handle;
  }

  /** Leaves the domain; readers and writers of this participant go with it. */
  [Symbol.dispose](): void {
    if (this.#isDisposed) return;
    this.#isDisposed = true;
    this.library.deleteEntity(this.handle);
    this.library.deleteEntity(this.#domain);
  }
}

function domainRefused({ domain, interface: name }: DdsNetwork, returnCode: number): DdsDomainError {
  const { problem } = new DdsError(`domain ${domain} on interface "${name}"`, returnCode);
  return new DdsDomainError(
    problem,
    "One process may open a domain once. See that the interface is up and has an address, and try again.",
  );
}
