import { Rng } from "../../common/index.ts";
import {
  type ControllerFile,
  createController,
  LowerJudge,
  OnnxPolicy,
  type Policy,
  WholeBodyPolicy,
} from "../../policies/index.ts";
import {
  type CompiledWorld,
  compileWorld,
  controlTimestep,
  createJointTargets,
  describeScene,
  type Engine,
  type InitialState,
  type Motion,
  type MotionLibrary,
  MotionPlayer,
  Plant,
  PlantConfig,
  type SceneDescription,
  startOn,
} from "../../sim/index.ts";
import { DragSpring } from "./drag-spring.ts";
import type { Frame, Input, WorldChoice } from "./messages.ts";
import { Observer } from "./observer.ts";
import type { Site } from "./site-files.ts";

/** Finds the policy file that an id stands for. */
export type FindPolicy = (id: string) => Promise<ControllerFile>;

/**
 * A robot in its world under its policies, one control step at a time. Deterministic: the same choice and the same
 * inputs at the same steps give the same bits, in a tab as in Node. Time and pictures are others' business.
 */
export class LocalSession implements Disposable {
  readonly plant: Plant;
  readonly compiled: CompiledWorld;
  readonly scene: SceneDescription;
  choice: WorldChoice;
  motion: { readonly clip: Motion; readonly amplitude: number } | undefined;
  policy: Policy;
  observer: Observer;
  readonly #engine: Engine;
  readonly #judge: LowerJudge | undefined;
  readonly #motions: MotionLibrary | undefined;
  readonly #player: MotionPlayer | undefined;
  readonly #find: FindPolicy;
  readonly #targets;
  readonly #spring: DragSpring;
  readonly #reference: Float64Array;
  readonly #command: [number, number, number] = [0, 0, 0];
  #grab: Extract<Input, { op: "grab" }>["grab"] = null;
  #motionSince = 0;
  #jumped = true;
  /** Control steps since the session began, across resets. */
  steps = 0;

  private constructor(
    engine: Engine,
    compiled: CompiledWorld,
    plant: Plant,
    policy: Policy,
    choice: WorldChoice,
    motions: MotionLibrary | undefined,
    find: FindPolicy,
    scene: SceneDescription,
  ) {
    this.#engine = engine;
    this.compiled = compiled;
    this.plant = plant;
    this.policy = policy;
    this.choice = choice;
    this.#motions = motions;
    this.#find = find;
    this.#player = motions === undefined ? undefined : new MotionPlayer(plant.robot, motions.joints);
    this.scene = scene;
    this.#judge = LowerJudge.of(plant, compiled.terrain);
    this.observer = new Observer(engine, compiled.model, plant, policy, this.#judge);
    this.#targets = createJointTargets(plant.robot);
    this.#spring = new DragSpring(plant);
    this.#reference = plant.truth.reference.slice();
    this.#restart({});
  }

  /**
   * Compiles the world and readies its policies. Throws what reading, compiling and loading throw.
   *
   * @param find where policies come from; the site by default
   * @param onWorld is told of the world as soon as it is there, the robot where it starts; its policies may take longer
   */
  static async open(
    engine: Engine,
    site: Site,
    choice: WorldChoice,
    find: FindPolicy = (id) => site.policy(id),
    onWorld: (plant: Plant, scene: SceneDescription) => void = () => {},
  ): Promise<LocalSession> {
    const config = PlantConfig.parse({});
    const { spec: robot } = site.robot(choice.robot);
    // Asked for before this thread is busy with compiling, so that the network works meanwhile.
    const policy = Promise.all(choice.policies.map(find)).then((files) =>
      createController(robot, files, controlTimestep(config)),
    );
    const motions = site.motions(robot.name);
    for (const promise of [policy, motions]) promise.catch(() => {}); // whoever awaits them is told
    const compiled = compileWorld(engine, await site.world(choice), config);
    const plant = new Plant(engine.simulate(compiled.model), robot, config);
    plant.reset(new Rng(choice.seed), startOn(robot, compiled.terrain, choice.seed));
    const scene = describeScene(plant.simulation);
    onWorld(plant, scene);
    return new LocalSession(engine, compiled, plant, await policy, choice, await motions, find, scene);
  }

  /** Whether the robot only stands: nothing follows velocity commands. */
  get isStanding(): boolean {
    return networksOf(this.policy).length === 0;
  }

  /** Trained ranges of vx, vy and yaw rate; [0, 0] where nobody follows the command. */
  get ranges(): [number, number][] {
    const commands = networksOf(this.policy).flatMap(({ spec }) => spec.commands);
    return ["vx", "vy", "yawRate"].map((name) => {
      const range = commands.find((command) => command.name === name);
      return [range?.low ?? 0, range?.high ?? 0];
    });
  }

  get motionNames(): { name: string; seconds: number }[] {
    const library = this.#motions;
    return library === undefined
      ? []
      : library.names().map((name) => ({ name, seconds: library.get(name).seconds }));
  }

  /** Takes an input; it acts from the next step on. Throws `UnknownNameError` and what loading a policy throws. */
  async apply(input: Input): Promise<void> {
    if (input.op === "velocity") this.#ask(input.velocity);
    else if (input.op === "grab") this.#grab = input.grab;
    else if (input.op === "push") this.plant.kick(input.velocity);
    else if (input.op === "motion") this.#play(input.motion, input.amplitude);
    else if (input.op === "policy") await this.#change(input.policies);
    else this.#restart(this.#keyframe(input.keyframe));
  }

  /** One control step. Throws `DivergedError` where the physics breaks; a reset mends it. */
  async step(now: () => number = () => 0): Promise<void> {
    const { plant } = this;
    this.#spring.pull(this.#grab);
    this.#sampleMotion();
    plant.ask(this.#command, this.#reference);
    const began = now();
    await this.policy.act(plant.measured, this.#targets);
    const acted = now();
    this.#judge?.before();
    plant.step(this.#targets);
    const stepped = now();
    this.#judge?.after(this.#targets);
    this.steps++;
    this.observer.sample(this.#targets, acted - began, stepped - acted);
  }

  /** The world now, with the samples since the last frame. */
  frame(): Frame {
    const isJump = this.#jumped;
    this.#jumped = false;
    return this.observer.frame(isJump);
  }

  [Symbol.dispose](): void {
    this.observer[Symbol.dispose]();
    for (const network of networksOf(this.policy)) network[Symbol.dispose]();
    this.plant[Symbol.dispose]();
    this.compiled.model[Symbol.dispose]();
  }

  /** Commands stay within what the policies were trained for. */
  #ask(velocity: readonly [number, number, number]): void {
    this.ranges.forEach(([low, high], k) => {
      this.#command[k] = Math.min(high, Math.max(low, velocity[k]));
    });
  }

  #play(name: string | null, amplitude: number): void {
    const clip = name === null ? undefined : this.#motions?.get(name);
    this.motion = clip === undefined ? undefined : { clip, amplitude };
    this.#motionSince = this.plant.truth.time;
  }

  async #change(ids: readonly string[]): Promise<void> {
    const files = await Promise.all(ids.map(this.#find));
    const policy = await createController(this.plant.robot, files, this.plant.controlTimestep);
    policy.reset();
    for (const network of networksOf(this.policy)) network[Symbol.dispose]();
    this.policy = policy;
    this.choice = { ...this.choice, policies: ids };
    this.#ask([...this.#command]);
    const { watch } = this.observer;
    this.observer[Symbol.dispose]();
    this.observer = new Observer(this.#engine, this.compiled.model, this.plant, policy, this.#judge);
    this.observer.watch = watch;
  }

  #restart(initial: InitialState): void {
    const { plant, compiled, choice } = this;
    this.#grab = null;
    this.#spring.pull(null);
    plant.reset(new Rng(choice.seed), { ...startOn(plant.robot, compiled.terrain, choice.seed), ...initial });
    this.policy.reset();
    this.#judge?.begin();
    this.#motionSince = 0;
    this.#jumped = true;
  }

  /** The joint angles of a keyframe; feet stay where the robot starts. */
  #keyframe(name: string | null): InitialState {
    if (name === null) return {};
    const { model } = this.compiled;
    const at = model.index("key", name) * model.sizes.nq;
    const { key_qpos } = model.views;
    const base = at + this.plant.index.baseQpos;
    const height = key_qpos[base + 2];
    const start = startOn(this.plant.robot, this.compiled.terrain, this.choice.seed).basePos;
    const q = Array.from(this.plant.index.qpos, (place) => key_qpos[at + place]);
    const ground = start === undefined ? 0 : start[2] - this.plant.robot.standingHeight;
    return { q, basePos: [start?.[0] ?? 0, start?.[1] ?? 0, ground + height] };
  }

  #sampleMotion(): void {
    const { robot, truth } = this.plant;
    for (let j = 0; j < robot.joints.length; j++) this.#reference[j] = robot.joints[j].default;
    if (this.motion === undefined || this.#player === undefined) return;
    const { clip, amplitude } = this.motion;
    const time = truth.time - this.#motionSince;
    this.#player.write(
      clip,
      time - clip.seconds * Math.floor(time / clip.seconds),
      amplitude,
      this.#reference,
    );
  }
}

/** The networks in a controller. */
export function networksOf(policy: Policy): OnnxPolicy[] {
  if (policy instanceof WholeBodyPolicy) return policy.parts.flatMap(networksOf);
  return policy instanceof OnnxPolicy ? [policy] : [];
}
