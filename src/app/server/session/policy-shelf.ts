import { basename, extname } from "node:path";
import { UnknownNameError } from "../../../common/index.ts";
import {
  type ControllerFile,
  createController,
  type Policy,
  type PolicyFile,
  readPolicyFile,
} from "../../../policies/index.ts";
import type { RobotSpec } from "../../../sim/index.ts";
import { type PolicyRequest, readControllerFiles } from "../../policy-files.ts";
import { shippedPolicies } from "../../shipped-policies.ts";

/** A policy that can be chosen. */
export interface ShelvedPolicy {
  readonly id: string;
  readonly name: string;
  readonly robot: string;
  readonly joints: string[];
}

/** The policy files that a session can choose from: shipped ones, those named at the start, and those that clients send. */
export class PolicyShelf {
  readonly #files = new Map<string, ControllerFile>();
  readonly #entries = new Map<string, ShelvedPolicy>();
  readonly #robots: readonly RobotSpec[];

  /** @param robots whose policies are known */
  constructor(robots: readonly RobotSpec[]) {
    this.#robots = robots;
  }

  get entries(): ShelvedPolicy[] {
    return [...this.#entries.values()];
  }

  /** Reads files from disk and returns their ids. Throws what reading throws. */
  async read(paths: readonly string[], request: PolicyRequest = {}): Promise<string[]> {
    const files = await readControllerFiles(paths, request);
    return files.map((file) => this.add(file).name);
  }

  /** Reads the policies that ship for a robot, and returns their ids: a lower and an upper one, or none. */
  async readShipped(robot: RobotSpec): Promise<string[]> {
    const ids: string[] = [];
    for (const path of shippedPolicies(robot.name)) {
      const id = `${robot.name}-${basename(path, extname(path))}`;
      if (!this.#files.has(id)) {
        const [file] = await readControllerFiles([path], {});
        this.add({ ...file, name: id });
      }
      ids.push(id);
    }
    return ids;
  }

  /** Takes a file under its name, which is its id, and returns it read. Throws what `readPolicyFile` throws. */
  add(file: ControllerFile): PolicyFile & { readonly name: string } {
    const read = readPolicyFile(file.bytes, { robots: this.#robots, ...file });
    const { spec } = read;
    const id = file.name;
    this.#files.set(id, file);
    this.#entries.set(id, { id, name: spec.name, robot: spec.robot, joints: [...spec.jointNames] });
    return { ...read, name: id };
  }

  /** The entry of an id. Throws `UnknownNameError`. */
  entry(id: string): ShelvedPolicy {
    const entry = this.#entries.get(id);
    if (entry === undefined) throw new UnknownNameError("policy", id, this.#entries.keys());
    return entry;
  }

  /** A controller of these policies; without any, one that balances. Throws what building one throws. */
  async controller(ids: readonly string[], robot: RobotSpec, controlTimestep: number): Promise<Policy> {
    for (const id of ids) this.entry(id);
    const files = ids.flatMap((id) => this.#files.get(id) ?? []);
    return await createController(robot, files, controlTimestep);
  }
}
