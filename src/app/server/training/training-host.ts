import {
  compileWorld,
  createJointTargets,
  Engine,
  Plant,
  trainingTerrain,
  type World,
} from "../../../sim/index.ts";
import { PeekBlock, type VecEnvSetup } from "../../../sim/node.ts";
import { FRAME_FLAG, type HostMessage, type Hub, type HubHost, RefusedError } from "../../../wire/index.ts";
import { describeWorld } from "../session/describe-session.ts";
import {
  contactStream,
  recordStream,
  rewardStreams,
  type SampledStream,
  stateParts,
} from "../session/plant-streams.ts";

/** What crosses to the thread that shows a training run. */
export interface TrainingShow {
  readonly run: string;
  readonly stage: string;
  readonly setup: VecEnvSetup;
  readonly peek: SharedArrayBuffer;
}

/** How often new moments are looked for, ms. */
const LOOK_MS = 20;

/**
 * A training run as a hub's host: shows one environment of the batch, chosen by `peek`, and pushes it. The trainer's
 * threads only copy that environment's state into shared memory; all else is computed here, on a plant of our own.
 */
export class TrainingHost implements HubHost, Disposable {
  readonly worlds = new Map<string, World>();
  readonly #show: TrainingShow;
  readonly #peek: PeekBlock;
  readonly #plant: Plant;
  readonly #model: Disposable;
  readonly #world: World;
  readonly #shown: { plant: Plant; targets: { q: Float64Array }; hasFallen: boolean };
  readonly #rewards: Float64Array;
  readonly #streams: readonly SampledStream[];
  #hub: Hub | undefined;
  #timer: NodeJS.Timeout | undefined;
  #seen = 0;
  #iteration = 0;
  #environment = 0;
  #lastStep = -1;

  private constructor(show: TrainingShow, engine: Engine) {
    const { setup } = show;
    this.#show = show;
    this.#peek = new PeekBlock(show.peek);
    this.#world = worldOf(setup);
    const config = { ...setup.task.plant, visuals: true }; // the trainer leaves out what only looks good
    const compiled = compileWorld(engine, this.#world, config);
    this.#model = compiled.model;
    this.#plant = new Plant(engine.simulate(compiled.model), setup.robot, config);
    this.#shown = { plant: this.#plant, targets: createJointTargets(setup.robot), hasFallen: false };
    const names = Object.keys(setup.task.rewards);
    this.#rewards = new Float64Array(names.length);
    const rateHz = 1 / this.#plant.controlTimestep;
    this.#streams = [
      recordStream("state", rateHz, stateParts(this.#shown, { realTimeFactor: Number.NaN })),
      contactStream(this.#plant, rateHz),
      ...rewardStreams({ names, terms: this.#rewards }, rateHz),
    ];
  }

  /** Compiles the batch's world. Throws what that throws. */
  static async open(show: TrainingShow): Promise<TrainingHost> {
    return new TrainingHost(show, await Engine.load());
  }

  /** Shows the run on a hub until it is disposed. */
  attach(hub: Hub): void {
    this.#hub = hub;
    const world = describeWorld({ plant: this.#plant, compiled: { world: this.#world } }, "training");
    this.worlds.set(world.worldId, this.#world);
    hub.broadcast(world);
    hub.declare(this.#streams.map(({ plan }) => plan));
    this.#tellRun();
    this.#peek.watch(this.#environment);
    this.#timer = setInterval(() => this.#look(hub), LOOK_MS);
  }

  /** The trainer has finished an iteration. */
  iterated(iteration: number): void {
    this.#iteration = iteration;
    this.#tellRun();
  }

  handle(message: HostMessage): void {
    if (message.op === "peek") this.#choose(message.environment);
    else if (message.op === "push") this.#peek.push(message.velocity);
    else
      throw new RefusedError(
        "UNSUPPORTED",
        `A training run has no "${message.op}".`,
        "It can be looked into (peek) and pushed (push).",
      );
  }

  stop(): void {
    throw new RefusedError("UNSUPPORTED", "A training run has no robot to stop.", "End it with Ctrl-C.");
  }

  controlLost(): void {}

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
    this.#peek.watch(undefined);
    this.#plant[Symbol.dispose]();
    this.#model[Symbol.dispose]();
  }

  #choose(environment: number): void {
    const { numEnvs } = this.#show.setup;
    if (environment >= numEnvs)
      throw new RefusedError(
        "BAD_VALUE",
        `There is no environment ${environment}.`,
        `Choose one from 0 to ${numEnvs - 1}.`,
      );
    this.#environment = environment;
    this.#lastStep = -1;
    this.#peek.watch(environment);
    this.#tellRun();
  }

  #look(hub: Hub): void {
    const news = this.#peek.read(this.#seen);
    if (news === undefined) return;
    this.#seen = news.sequence;
    const { moment } = news;
    if (moment.row !== this.#environment) return;
    const { truth, simulation } = this.#plant;
    this.#plant.overwrite(moment.state);
    simulation.forward();
    this.#plant.overwrite(moment.state); // now with the torques that forward has computed
    truth.step = moment.step;
    truth.time = moment.time;
    truth.command.set(moment.command);
    truth.reference.set(moment.reference);
    this.#shown.hasFallen = moment.terminated;
    this.#rewards.set(moment.rewardTerms);
    const flags = moment.step <= this.#lastStep || this.#lastStep < 0 ? FRAME_FLAG.discontinuity : 0;
    this.#lastStep = moment.step;
    for (const { plan, sample } of this.#streams) hub.publish(plan.name, sample(), hub.nowNs(), flags);
  }

  #tellRun(): void {
    const { run, stage, setup } = this.#show;
    this.#hub?.broadcast({
      op: "training",
      run,
      stage,
      iteration: this.#iteration,
      environments: setup.numEnvs,
      environment: this.#environment,
    });
  }
}

/** The batch's robot and ground as a world that clients can compile. */
function worldOf({ robot, models, terrain }: VecEnvSetup): World {
  return {
    robot,
    robotModel: models.robot,
    sceneName: terrain === undefined ? "flat" : "training terrain",
    scene: terrain === undefined ? models.scene : trainingTerrain(terrain).model(),
  };
}
