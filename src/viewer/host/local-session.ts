import { Rng } from "../../common/index.ts";
import { type ControllerFile, ControlSession, createController, type Policy } from "../../policies/index.ts";
import {
  type CompiledWorld,
  compileWorld,
  controlTimestep,
  describeScene,
  type Engine,
  openPlant,
  type Plant,
  PlantConfig,
  type RobotSpec,
  type SceneDescription,
  startOn,
} from "../../sim/index.ts";
import { commandRanges } from "./command-ranges.ts";
import { DragSpring } from "./drag-spring.ts";
import type { CommandRanges, Frame, Input, WorldChoice } from "./messages.ts";
import { Observer } from "./observer.ts";
import type { Site } from "./site-files.ts";

/** Finds the policy file that an id stands for. */
export type FindPolicy = (id: string) => Promise<ControllerFile>;

/**
 * A session of robots under their policies as a tab runs it, one control step at a time. Deterministic: the same choice
 * and the same inputs at the same steps give the same bits, in a tab as in Node. Time and pictures are others' business.
 */
export class LocalSession implements Disposable {
  readonly scene: SceneDescription;
  choice: WorldChoice;
  observer: Observer;
  readonly control: ControlSession;
  readonly #engine: Engine;
  readonly #find: FindPolicy;
  readonly #spring: DragSpring;
  #grab: Extract<Input, { op: "grab" }>["grab"] = null;
  #jumped = true;
  /** Control steps since the session began, across resets. */
  steps = 0;

  private constructor(
    engine: Engine,
    control: ControlSession,
    choice: WorldChoice,
    find: FindPolicy,
    scene: SceneDescription,
  ) {
    this.#engine = engine;
    this.control = control;
    this.choice = choice;
    this.#find = find;
    this.scene = scene;
    this.observer = this.#observe();
    this.#spring = new DragSpring(control.plant);
  }

  /**
   * Compiles the world and readies its policies. Throws what reading, compiling and loading throw.
   *
   * @param options.find where policies come from; the site by default
   * @param options.onWorld is told of the world as soon as it is there, the robots where they start; their policies may
   *   take longer
   * @param options.now measures how long policy and physics take, ms, and nothing else
   */
  static async open(
    engine: Engine,
    site: Site,
    choice: WorldChoice,
    options: {
      readonly find?: FindPolicy;
      readonly onWorld?: (plant: Plant, scene: SceneDescription) => void;
      readonly now?: () => number;
    } = {},
  ): Promise<LocalSession> {
    const { find = (id) => site.policy(id), now = () => 0 } = options;
    const config = PlantConfig.parse({});
    const { spec: robot } = site.robot(choice.robot);
    const control = async (spec: RobotSpec, ids: readonly string[]): Promise<Policy> =>
      createController(spec, await Promise.all(ids.map(find)), controlTimestep(config));
    // Asked for before this thread is busy with compiling, so that the network works meanwhile.
    const policy = control(robot, choice.policies);
    const motions = site.motions(robot.name);
    for (const promise of [policy, motions]) promise.catch(() => {}); // whoever awaits them is told
    const world = await site.world(choice);
    const compiled = compileWorld(engine, world, config);
    const plant = openPlant(engine, compiled, config);
    plant.reset(new Rng(choice.seed), startOn(robot, compiled.terrain, choice.seed, world.companions));
    const scene = describeScene(plant.simulation);
    options.onWorld?.(plant, scene);
    const companions: Policy[] = [];
    for (const { robot: spec } of plant.companions)
      companions.push(
        await control(spec, spec.name === robot.name ? choice.policies : site.shipped(spec.name)),
      );
    const parts = { companions, motions: await motions, seed: choice.seed, nowMs: now };
    const session = new ControlSession(compiled, plant, await policy, parts);
    return new LocalSession(engine, session, choice, find, scene);
  }

  get plant(): Plant {
    return this.control.plant;
  }

  get compiled(): CompiledWorld {
    return this.control.compiled;
  }

  get policy(): Policy {
    return this.control.policy;
  }

  /** Trained ranges of vx, vy and yaw rate; [0, 0] where nobody follows the command. */
  get ranges(): CommandRanges {
    return commandRanges(this.control.ranges);
  }

  /** The same of each companion, by name. */
  get companionRanges(): Record<string, CommandRanges> {
    const { companions } = this.control;
    return Object.fromEntries(
      this.plant.companions.map(({ name }, i) => [name, commandRanges(companions[i].ranges)]),
    );
  }

  get motionNames(): { name: string; seconds: number }[] {
    const { motions } = this.control;
    return motions?.names().map((name) => ({ name, seconds: motions.get(name).seconds })) ?? [];
  }

  /** Takes an input; it acts from the next step on. Throws `UnknownNameError` and what loading a policy throws. */
  async apply(input: Input): Promise<void> {
    const { control } = this;
    if (input.op === "velocity") control.ask(input.velocity, input.robot);
    else if (input.op === "grab") this.#grab = input.grab;
    else if (input.op === "push") control.push(input.velocity);
    else if (input.op === "motion") control.play(input.motion, input.amplitude);
    else if (input.op === "policy") await this.#change(input.policies);
    else this.#restart(input.keyframe);
  }

  /** One control step. Throws `DivergedError` where the physics breaks; a reset mends it. */
  async step(): Promise<void> {
    const { control } = this;
    this.#spring.pull(this.#grab);
    await control.step();
    this.steps++;
    this.observer.sample(control.targets, control.policyMs, control.physicsMs);
  }

  /** The world now, with the samples since the last frame. */
  frame(): Frame {
    const isJump = this.#jumped;
    this.#jumped = false;
    return this.observer.frame(isJump);
  }

  [Symbol.dispose](): void {
    this.observer[Symbol.dispose]();
    this.control[Symbol.dispose]();
  }

  #observe(): Observer {
    const { compiled, plant, policy, judge } = this.control;
    return new Observer(this.#engine, compiled.model, plant, policy, judge);
  }

  async #change(ids: readonly string[]): Promise<void> {
    const files = await Promise.all(ids.map(this.#find));
    const { robot, controlTimestep } = this.plant;
    this.control.switchPolicy(await createController(robot, files, controlTimestep));
    this.choice = { ...this.choice, policies: ids };
    const { watch } = this.observer;
    this.observer[Symbol.dispose]();
    this.observer = this.#observe();
    this.observer.watch = watch;
  }

  #restart(keyframe: string | null): void {
    this.#grab = null;
    this.#spring.pull(null);
    this.control.reset({ keyframe: keyframe ?? undefined });
    this.#jumped = true;
  }
}
