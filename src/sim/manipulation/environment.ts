import { projectedGravity, Rng, UsageError } from "../../common/index.ts";
import { type CameraFrame, RayCamera } from "../camera/index.ts";
import { type ControlState, createJointTargets, type JointTargets } from "../control-state.ts";
import type { Engine, Model, Simulation } from "../engine/index.ts";
import { Plant } from "../plant/plant.ts";
import type { PlantConfig } from "../plant/plant-config.ts";
import { type CompiledWorld, compileWorld, type World } from "../world.ts";
import {
  ACTION_TIMESTEP,
  actionNames,
  COMMANDED_JOINTS,
  type EmbodimentIndex,
  FINGER_TRAVEL,
  indexEmbodiment,
  PROPRIOCEPTION_NAMES,
} from "./embodiment.ts";
import type { EpisodeRequest, Layout } from "./episode.ts";
import { armsAt, Expert } from "./expert.ts";
import { type EpisodeStatus, type ExpertMode, type Judge, type ManipulationTask, scriptOf } from "./task.ts";
import { Workbench } from "./workbench.ts";

/** What stands under the arms: a policy that drives the legs. It must not remember more than `reset` clears. */
export interface Legs {
  /** Names of the joints it writes. */
  readonly joints: readonly string[];
  reset(): void;
  act(state: ControlState, targets: JointTargets): Promise<void>;
}

/** One camera of the robot and the size of its pictures, pixels. */
export interface CameraSetup {
  readonly camera: string;
  readonly width: number;
  readonly height: number;
}

/** What a VLA looks through unless told otherwise. */
export const DEFAULT_CAMERAS: readonly CameraSetup[] = [
  { camera: "head", width: 64, height: 64 },
  { camera: "left_wrist", width: 32, height: 32 },
  { camera: "right_wrist", width: 32, height: 32 },
];

export interface ManipulationOptions {
  readonly task: ManipulationTask;
  /** The robot with grippers, floating or with a fixed base, in the task's scene. */
  readonly world: World;
  readonly plant: PlantConfig;
  /** Needed where the base floats. */
  readonly legs?: Legs;
  readonly cameras?: readonly CameraSetup[];
}

/** What a VLA is given. Everything but the instruction is kept and overwritten by the next `observe`. */
export interface Observation {
  readonly instruction: string;
  /** Pictures by camera name. */
  readonly images: ReadonlyMap<string, CameraFrame>;
  /** In the order of `PROPRIOCEPTION_NAMES`. */
  readonly proprioception: Float32Array;
}

export type EpisodeEnd = EpisodeStatus | "timed out";

/** Everything that the rest of an episode depends on. It belongs to the environment that it was taken from. */
export interface EnvironmentState {
  readonly physics: Float64Array;
  /** What gravity took from each degree of freedom in the last physics step, which the next targets add. */
  readonly bias: Float64Array;
  readonly targets: Float64Array;
  readonly memory: Float64Array;
  readonly step: number;
  readonly status: EpisodeEnd;
}

/**
 * One manipulation task as a VLA meets it: pictures, an instruction and proprioception out; ten actions a second in,
 * between which joint targets move in straight lines. Deterministic: the same request and actions give the same bits.
 */
export class ManipulationEnvironment implements Disposable {
  readonly task: ManipulationTask;
  readonly plant: Plant;
  readonly bench: Workbench;
  readonly actionNames: readonly string[];
  readonly cameras: readonly CameraSetup[];
  readonly #model: Model;
  readonly #scratch: Simulation;
  readonly #legs: Legs | undefined;
  readonly #index: EmbodimentIndex;
  readonly #targets: JointTargets;
  /** Where the joint targets of waist, arms and fingers are, robot order. */
  readonly #commanded: Float64Array;
  readonly #from: Float64Array;
  readonly #reference: Float64Array;
  readonly #eyes: ReadonlyMap<string, RayCamera>;
  readonly #observation: {
    instruction: string;
    images: Map<string, CameraFrame>;
    proprioception: Float32Array;
  };
  #layout: Layout | undefined;
  #judge: Judge | undefined;
  #status: EpisodeEnd = "running";
  #step = 0;

  /** Throws `UsageError` where a floating base has no legs to stand on. */
  constructor(engine: Engine, options: ManipulationOptions) {
    const { world, task, plant: config, legs } = options;
    if (world.robot.fixedBase === undefined && legs === undefined) {
      throw new UsageError("A floating robot needs legs.", "Give a policy for the legs, or fix the base.");
    }
    const compiled: CompiledWorld = compileWorld(engine, world, config);
    this.task = task;
    this.#model = compiled.model;
    this.plant = new Plant(engine.simulate(compiled.model), world.robot, config);
    this.#scratch = engine.simulate(compiled.model);
    this.bench = new Workbench(this.plant);
    this.actionNames = actionNames(false);
    this.#legs = legs;
    this.#index = indexEmbodiment(world.robot);
    this.#targets = createJointTargets(world.robot);
    this.#commanded = this.#targets.q.slice();
    this.#from = this.#targets.q.slice();
    this.#reference = this.#targets.q.slice();
    this.cameras = options.cameras ?? DEFAULT_CAMERAS;
    this.#eyes = new Map(
      this.cameras.map((setup) => [
        setup.camera,
        new RayCamera(this.plant.simulation, { ...setup, hasShadows: false }),
      ]),
    );
    this.#observation = {
      instruction: "",
      images: new Map(),
      proprioception: new Float32Array(PROPRIOCEPTION_NAMES.length),
    };
  }

  get actionSize(): number {
    return this.actionNames.length;
  }

  /** The drawn scene. Throws `UsageError` before the first reset. */
  get layout(): Layout {
    if (this.#layout === undefined) throw new UsageError("No episode has begun.", "Call reset first.");
    return this.#layout;
  }

  get status(): EpisodeEnd {
    return this.#status;
  }

  /** Actions taken in this episode. */
  get actionCount(): number {
    return this.#step;
  }

  /** Simulated time since the episode began, s. */
  get seconds(): number {
    return this.#step * ACTION_TIMESTEP;
  }

  /** Begins an episode; resolves when the robot stands still with its hands where the layout says. */
  async reset(request: EpisodeRequest): Promise<void> {
    const layout = this.task.layout(request);
    const { plant, bench } = this;
    this.#layout = layout;
    plant.reset(new Rng(request.seed));
    const arms = armsAt(bench, this.#scratch, layout.hands);
    const q = Float64Array.from(plant.robot.joints, (joint) => joint.default);
    for (const [i, j] of this.#index.joints.entries()) q[j] = arms[i];
    plant.reset(new Rng(request.seed), { q });
    for (const thing of layout.things) bench.place(thing);
    for (const [geom, rgb] of Object.entries(layout.colours)) bench.colour(geom, rgb);
    plant.simulation.forward();
    this.#legs?.reset();
    this.#commanded.set(q);
    this.#from.set(q);
    for (let step = 0; step < SETTLING; step++) await this.#control(1);
    this.#judge = this.task.judge(bench, layout);
    this.#status = "running";
    this.#step = 0;
  }

  /** Takes pictures and reads the joints. */
  observe(): Observation {
    const observation = this.#observation;
    observation.instruction = this.layout.instruction;
    for (const [name, eye] of this.#eyes) observation.images.set(name, eye.render());
    this.readProprioception(observation.proprioception);
    return observation;
  }

  /** Writes proprioception alone, which costs next to nothing. */
  readProprioception(out: Float32Array): void {
    const { measured } = this.plant;
    const { joints, fingers } = this.#index;
    const n = joints.length;
    for (let i = 0; i < n; i++) {
      out[i] = measured.q[joints[i]];
      out[n + i] = measured.dq[joints[i]];
    }
    for (let side = 0; side < 2; side++) {
      const opening = measured.q[fingers[2 * side]] + measured.q[fingers[2 * side + 1]];
      out[2 * n + side] = 1 - opening / (2 * FINGER_TRAVEL);
    }
    const gravity = projectedGravity(measured.baseQuat, [0, 0, 0]);
    out.set(gravity, 2 * n + 2);
  }

  /**
   * Carries out one action, in the order of `actionNames`; joint targets are clipped to the joints' ranges and grippers to
   * 0 to 1. Throws `UsageError` where the episode is over, and `InvalidTargetError` for numbers that are none.
   */
  async step(action: ArrayLike<number>, offset = 0): Promise<EpisodeEnd> {
    for await (const _ of this.controlSteps(action, offset));
    return this.#status;
  }

  /** The same for whoever shows it in real time: stops after each control step. The last one ends the action. */
  async *controlSteps(action: ArrayLike<number>, offset = 0): AsyncGenerator<void> {
    if (this.#judge === undefined || this.#status !== "running")
      throw new UsageError("The episode is over.", "Call reset before the next step.");
    this.#take(action, offset);
    const steps = Math.floor(ACTION_TIMESTEP / this.plant.controlTimestep + 0.5);
    for (let step = 1; step < steps; step++) {
      await this.#control(step / steps);
      yield;
    }
    await this.#control(1);
    this.#step++;
    const isLate = this.#step * ACTION_TIMESTEP >= this.task.episodeSeconds - 1e-9;
    const status = this.#judge.update();
    this.#status = status === "running" && isLate ? "timed out" : status;
    yield;
  }

  /** How far the task has come, 0 to 1; privileged. */
  progress(): number {
    return this.#judge?.progress() ?? 0;
  }

  /** An expert for the episode that has begun. */
  expert(mode: ExpertMode, rng: Rng): Expert {
    return new Expert(this.bench, this.#scratch, scriptOf(this.task, this.bench, this.layout, mode, rng));
  }

  /** Copies what the rest of the episode depends on, apart from what the legs remember. */
  save(): EnvironmentState {
    return {
      physics: this.plant.simulation.save(),
      bias: this.plant.simulation.views.qfrc_bias.slice(),
      targets: this.#commanded.slice(),
      memory: this.#judge?.memory.slice() ?? new Float64Array(),
      step: this.#step,
      status: this.#status,
    };
  }

  /** Goes back to a state of this episode; the same actions then lead to the same bits. */
  restore(state: EnvironmentState): void {
    this.plant.overwrite(state.physics);
    this.plant.simulation.forward(); // poses for whoever looks; this moves the solver's warm start,
    this.plant.overwrite(state.physics); // so that goes back
    this.plant.simulation.views.qfrc_bias.set(state.bias);
    this.#commanded.set(state.targets);
    this.#judge?.memory.set(state.memory);
    this.#step = state.step;
    this.#status = state.status;
  }

  [Symbol.dispose](): void {
    this.plant[Symbol.dispose]();
    this.#scratch[Symbol.dispose]();
    this.#model[Symbol.dispose]();
  }

  #take(action: ArrayLike<number>, offset: number): void {
    const { joints, fingers } = this.#index;
    this.#from.set(this.#commanded);
    for (let i = 0; i < joints.length; i++) {
      const [low, high] = this.plant.robot.joints[joints[i]].range;
      this.#commanded[joints[i]] = Math.min(high, Math.max(low, action[offset + i]));
    }
    for (let f = 0; f < fingers.length; f++) {
      const closed = action[offset + COMMANDED_JOINTS.length + (f >> 1)];
      this.#commanded[fingers[f]] = FINGER_TRAVEL * (1 - Math.min(1, Math.max(0, closed)));
    }
  }

  /** One control step, `share` of the way from the last action's targets to this one's. */
  async #control(share: number): Promise<void> {
    const { plant } = this;
    const { joints, fingers } = this.#index;
    for (const list of [joints, fingers])
      for (const j of list) this.#reference[j] = this.#from[j] + share * (this.#commanded[j] - this.#from[j]);
    plant.ask(STAND, this.#reference);
    await this.#legs?.act(plant.measured, this.#targets);
    const { qfrc_bias } = plant.simulation.views;
    for (const list of [joints, fingers])
      for (const j of list) {
        const { kp, kd } = plant.robot.joints[j];
        this.#targets.q[j] = this.#reference[j];
        this.#targets.kp[j] = kp;
        this.#targets.kd[j] = (list === joints ? ARM_DAMPING : 1) * kd;
        this.#targets.tau[j] = qfrc_bias[plant.index.dof[j]]; // what gravity takes, as an arm controller adds it
      }
    plant.step(this.#targets);
  }
}

/** Control steps before an episode begins. */
const SETTLING = 15;
/** The default damping lets arms swing at a sixth of what settles them fastest; hands that grasp must not overshoot. */
const ARM_DAMPING = 4;
const STAND = [0, 0, 0];
