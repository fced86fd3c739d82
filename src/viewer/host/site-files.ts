import { UnknownNameError, UsageError } from "../../common/index.ts";
import type { ControllerFile } from "../../policies/index.ts";
import {
  ModelArchive,
  type ModelSource,
  MotionLibrary,
  parseCompanions,
  parseScene,
  type RobotSpec,
  type World,
  worldCompanions,
} from "../../sim/index.ts";
import type { Catalogue, WorldChoice } from "./messages.ts";

/** Reads files of the site by their path below its data folder. */
export type ReadFile = (path: string) => Promise<Uint8Array>;

/** `catalogue.json` of a site: what it holds and in which files. */
export interface SiteCatalogue {
  /** Version of Contrapposto that wrote it. */
  readonly software: string;
  readonly robots: readonly { readonly spec: RobotSpec; readonly archive: string; readonly main: string }[];
  readonly scenes: readonly {
    readonly name: string;
    readonly about: string;
    readonly levels: number;
    /** Absent where the ground is generated. */
    readonly archive?: string;
    readonly main?: string;
  }[];
  readonly policies: readonly (Catalogue["policies"][number] & { readonly file: string })[];
  /** Motion files by robot. */
  readonly motions: Readonly<Record<string, { readonly manifest: string; readonly data: string }>>;
}

/** A site's robots, scenes, policies and motions; files are fetched when they are first asked for, and kept. */
export class Site {
  readonly catalogue: SiteCatalogue;
  readonly #read: ReadFile;
  readonly #kept = new Map<string, Promise<Uint8Array>>();

  private constructor(catalogue: SiteCatalogue, read: ReadFile) {
    this.catalogue = catalogue;
    this.#read = read;
  }

  static async open(read: ReadFile): Promise<Site> {
    const text = new TextDecoder().decode(await read("catalogue.json"));
    return new Site(JSON.parse(text) as SiteCatalogue, read);
  }

  /** A site without anything, for worlds that bring all they need. */
  static empty(): Site {
    const nothing: SiteCatalogue = { software: "", robots: [], scenes: [], policies: [], motions: {} };
    return new Site(nothing, () => Promise.reject(new UsageError("This page has no files.", "Reload it.")));
  }

  /** The robot of that name. Throws `UnknownNameError`. */
  robot(name: string): SiteCatalogue["robots"][number] {
    const { robots } = this.catalogue;
    const robot = robots.find(({ spec }) => spec.name === name);
    if (robot !== undefined) return robot;
    throw new UnknownNameError(
      "robot",
      name,
      robots.map(({ spec }) => spec.name),
    );
  }

  /** Robot and scene, ready to compile. Throws `UnknownNameError` or `UsageError` for what the site lacks. */
  async world(choice: WorldChoice): Promise<World> {
    const { robot: robotName, scene: sceneName, seed } = choice;
    const companions = parseCompanions(choice.companions ?? []);
    const [scene, own, ...models] = await Promise.all([
      this.#scene(sceneName, seed),
      this.#robotModel(robotName),
      ...companions.map(({ robot }) => this.#robotModel(robot)),
    ]);
    const world = { ...own, sceneName, scene };
    return companions.length === 0 ? world : { ...world, companions: worldCompanions(companions, models) };
  }

  async #robotModel(name: string): Promise<{ robot: RobotSpec; robotModel: ModelSource }> {
    const { spec, archive, main } = this.robot(name);
    return { robot: spec, robotModel: await this.#model(archive, "robot", main) };
  }

  async #scene(sceneName: string, seed: number): Promise<World["scene"]> {
    const { scene, level, side } = parseScene(sceneName);
    if ("kind" in scene) return { kind: scene.kind, level, seed, side };
    const held = this.catalogue.scenes.find(({ name }) => name === scene.name);
    if (held?.archive === undefined || held.main === undefined) {
      const names = this.catalogue.scenes.map(({ name }) => name).join(", ");
      throw new UsageError(`This site has no scene "${sceneName}".`, `Choose one of ${names}.`);
    }
    return this.#model(held.archive, "scene", held.main);
  }

  /** The policies that ship for a robot: a lower and an upper one, or fewer. */
  shipped(robot: string): string[] {
    const ids = [`${robot}-lower`, `${robot}-upper`];
    return ids.filter((id) => this.catalogue.policies.some((policy) => policy.id === id));
  }

  /** A policy of the catalogue as a controller takes it. Throws `UnknownNameError`. */
  async policy(id: string): Promise<ControllerFile> {
    const { policies } = this.catalogue;
    const policy = policies.find((candidate) => candidate.id === id);
    if (policy === undefined)
      throw new UnknownNameError(
        "policy",
        id,
        policies.map((each) => each.id),
      );
    return { name: policy.name, bytes: await this.#file(policy.file) };
  }

  /** The robot's motions; undefined where it has none. */
  async motions(robot: string): Promise<MotionLibrary | undefined> {
    const files = this.catalogue.motions[robot];
    if (files === undefined) return undefined;
    const [manifest, data] = await Promise.all([this.#file(files.manifest), this.#file(files.data)]);
    const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
    return MotionLibrary.parse(text(manifest), text(data));
  }

  async #model(archive: string, folder: string, main: string): Promise<ModelSource> {
    return new ModelArchive(await this.#file(archive)).model(folder, main);
  }

  #file(path: string): Promise<Uint8Array> {
    let file = this.#kept.get(path);
    if (file === undefined) {
      file = this.#read(path);
      this.#kept.set(path, file);
    }
    return file;
  }
}
