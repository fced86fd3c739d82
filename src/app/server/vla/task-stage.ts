import { fromYaw } from "../../../common/index.ts";
import { dampOnly, HeldForce } from "../../../policies/index.ts";
import {
  createJointTargets,
  type Engine,
  type EpisodeRequest,
  type JointTargets,
  type ManipulationEnvironment,
  manipulationWorld,
  type World,
} from "../../../sim/index.ts";
import type { VlaSpec } from "../../../vla/index.ts";
import { type EnvironmentSetup, openEnvironment } from "../../../vla/node.ts";
import type { LayoutMessage, StreamPlan, WorldMessage } from "../../../wire/index.ts";
import { loadManipulation } from "../../manipulation.ts";
import { describeWorld } from "../session/describe-session.ts";
import {
  contactStream,
  recordStream,
  type SampledStream,
  stateParts,
  type Timing,
} from "../session/plant-streams.ts";
import { type FuturesAnswers, FuturesThread } from "./futures-thread.ts";
import { futuresPlan, picturesPlan } from "./vla-streams.ts";

/** One task's scene with everything that is told of it, and the copy in which futures are tried. */
export class TaskStage implements AsyncDisposable {
  readonly environment: ManipulationEnvironment;
  readonly force: HeldForce;
  /** Nobody has seen it yet. */
  isNew = true;
  readonly #setup: EnvironmentSetup;
  readonly #spec: VlaSpec;
  readonly #world: World;
  readonly #damping: JointTargets;
  #streams: readonly SampledStream[] = [];
  #futures: FuturesThread | undefined;

  private constructor(environment: ManipulationEnvironment, setup: EnvironmentSetup, spec: VlaSpec) {
    this.environment = environment;
    this.force = new HeldForce(environment.plant);
    this.#damping = createJointTargets(environment.plant.robot);
    this.#setup = setup;
    this.#spec = spec;
    this.#world = manipulationWorld(environment.task, setup.base, setup.models);
  }

  /** A stage with its first scene on it. Throws what an environment throws. */
  static async open(
    engine: Engine,
    setup: EnvironmentSetup,
    spec: VlaSpec,
    request: EpisodeRequest,
  ): Promise<TaskStage> {
    const cameras = spec.cameras.map(({ name: camera, width, height }) => ({ camera, width, height }));
    const environment = await openEnvironment(engine, { ...setup, cameras });
    try {
      await environment.reset(request);
      return new TaskStage(environment, setup, spec);
    } catch (error) {
      environment[Symbol.dispose]();
      throw error;
    }
  }

  /** Another task's stage. Throws `UnknownNameError` for a task that there is not. */
  static async load(engine: Engine, task: string, spec: VlaSpec): Promise<TaskStage> {
    return TaskStage.open(engine, await loadManipulation(task, "fixed"), spec, { split: "test", seed: 0 });
  }

  /** The world with its files, as clients load it. */
  describe(): { world: WorldMessage; files: World; layout: LayoutMessage } {
    const { plant } = this.environment;
    const world = describeWorld({ plant, compiled: { world: this.#world } }, "vla");
    return { world, files: this.#world, layout: this.layout() };
  }

  /** Where the scene's things are and which colours they have. */
  layout(): LayoutMessage {
    const { things, colours } = this.environment.layout;
    return {
      op: "layout",
      bodies: things.map(({ body, pos, yaw }) => ({ body, pos: [...pos], quat: fromYaw(yaw) })),
      colours: Object.entries(colours).map(([geom, rgb]) => ({ geom, rgb: [...rgb] })),
    };
  }

  /** All streams; those that are not sampled at each step too. */
  plans(timing: Pick<Timing, "realTimeFactor">): StreamPlan[] {
    const { plant } = this.environment;
    const rateHz = 1 / plant.controlTimestep;
    const shown = { plant, targets: { q: plant.truth.reference }, hasFallen: false };
    this.#streams = [recordStream("state", rateHz, stateParts(shown, timing)), contactStream(plant, rateHz)];
    const { chunkTimestep, executeHorizon, cameras } = this.#spec;
    const decisionsHz = 1 / (chunkTimestep * executeHorizon);
    return [
      ...this.#streams.map(({ plan }) => plan),
      picturesPlan(cameras, decisionsHz),
      futuresPlan(plant.simulation.model.sizes.nq, decisionsHz),
    ];
  }

  /** The streams that are sampled at each step; none before `plans`. */
  get streams(): readonly SampledStream[] {
    return this.#streams;
  }

  /** One control step in which the motors only damp. */
  damp(): void {
    const { plant } = this.environment;
    dampOnly(plant, this.#damping);
    plant.step(this.#damping);
  }

  /** Makes the copy in which candidates are tried, if there is none yet. */
  prepare(answers: FuturesAnswers): FuturesThread {
    this.#futures ??= new FuturesThread(this.#setup, answers);
    return this.#futures;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.environment[Symbol.dispose]();
    await this.#futures?.[Symbol.asyncDispose]();
  }
}
