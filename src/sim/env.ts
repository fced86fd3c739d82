import { type Rng, UsageError } from "../common/index.ts";
import { createJointTargets, type JointTargets } from "./control-state.ts";
import { allOfTask, type Curriculum, drawEpisode, type Episode } from "./curriculum.ts";
import type { Simulation } from "./engine/index.ts";
import { drawCommand } from "./mdp/commands.ts";
import { drawPush, isDue } from "./mdp/events.ts";
import { harnessTorque } from "./mdp/harness.ts";
import type { MdpState } from "./mdp/mdp-state.ts";
import type { ObservationGroup } from "./mdp/observation-group.ts";
import type { ObservationSource } from "./mdp/observation-terms.ts";
import { RewardMeter } from "./mdp/rewards/reward-meter.ts";
import { Plant } from "./plant/plant.ts";
import { jointIndices, type RobotSpec } from "./robots/robot.ts";
import { actionGroup, bindObservation } from "./tasks/bind-observation.ts";
import { resetState } from "./tasks/reset-state.ts";
import type { ActionGroup, ObservationGroupConfig, TaskConfig } from "./tasks/task-config.ts";

/** What the upper body is asked to do, episode by episode: a motion clip, or nothing. */
export interface ReferenceSource {
  /** Chooses what this episode asks for. Must take the same number of draws whatever it chooses. */
  begin(rng: Rng, episode: Episode): void;
  /** Writes the reference joint angles (robot order, rad) at a time of the episode, s. */
  sample(time: number, out: Float64Array): void;
}

/** The world around the robot that an environment may ask about. */
export interface Terrain {
  /** Height of the ground at a point, m. */
  heightAt(x: number, y: number): number;
  /** Highest ground that the feet of a robot standing at a point may touch, m; where absent, the height there. */
  clearHeightAt?(x: number, y: number): number;
  /** Where an episode may start: x, y, m. */
  spawn(rng: Rng): readonly [number, number];
}

interface BoundAction {
  readonly config: ActionGroup;
  readonly joints: Int32Array;
  readonly scale: Float64Array;
  readonly action: Float32Array;
  readonly lastAction: Float32Array;
}

interface BoundObservation {
  readonly name: string;
  readonly group: ObservationGroup;
  readonly source: ObservationSource;
  readonly noise: Rng | undefined;
  readonly out: Float32Array;
}

const BEFORE_THE_FIRST: Episode = {
  motionAmplitude: 1,
  motionDifficulty: 1,
  variety: 1,
  isCalm: false,
  isPlain: false,
};
const NO_FORCE = new Float64Array(3);

/**
 * One robot in one world as a Markov decision process: raw actions in; observations, reward and ends out. Deterministic:
 * the same seed and actions give the same bits. Everything it returns is kept and overwritten.
 */
export class Environment implements Disposable {
  readonly plant: Plant;
  readonly config: TaskConfig;
  readonly observations: ReadonlyMap<string, Float32Array>;
  curriculum: Curriculum;
  /** Reward of the last step, and each term's weighted share of it in the order of `rewardNames`. */
  reward = 0;
  readonly rewardTerms: Float64Array;
  readonly rewardNames: readonly string[];
  /** The robot fell; the time ran out. */
  terminated = false;
  timedOut = false;
  readonly #rng: Rng;
  readonly #meter: RewardMeter;
  readonly #actions: readonly BoundAction[];
  readonly #groups: readonly BoundObservation[];
  readonly #targets: JointTargets;
  readonly #reference: ReferenceSource | undefined;
  readonly #terrain: Terrain | undefined;
  readonly #command = new Float64Array(3);
  readonly #referenceAngles: Float64Array;
  #episode = BEFORE_THE_FIRST;
  readonly #push: [number, number, number] = [0, 0, 0];
  /** Of the harness on the pelvis (world), N·m. */
  readonly #torque = new Float64Array(3);

  constructor(
    simulation: Simulation,
    robot: RobotSpec,
    config: TaskConfig,
    rng: Rng,
    world: { reference?: ReferenceSource; terrain?: Terrain } = {},
  ) {
    this.plant = new Plant(simulation, robot, config.plant);
    this.config = config;
    this.curriculum = allOfTask(config);
    this.#rng = rng;
    this.#reference = world.reference;
    this.#terrain = world.terrain;
    this.#actions = config.actions.map((group) => bindAction(robot, group));
    const judged = this.#boundAction(config.rewardedGroup);
    this.#meter = new RewardMeter(this.plant, config, judged, world.terrain);
    this.#groups = config.observations.map((group) => this.#bindObservation(robot, group));
    this.observations = new Map(this.#groups.map(({ name, out }) => [name, out]));
    this.rewardNames = this.#meter.names;
    this.rewardTerms = this.#meter.terms;
    this.#targets = createJointTargets(robot);
    this.#referenceAngles = Float64Array.from(robot.joints, (joint) => joint.default);
    this.reset();
  }

  /** How many raw actions a step takes: all groups' in the order of the config. */
  get actionSize(): number {
    return this.#actions.reduce((sum, group) => sum + group.joints.length, 0);
  }

  /** What reward and termination terms read; for viewers and tests. */
  get mdp(): MdpState {
    return this.#meter.mdp;
  }

  /**
   * Starts an episode and writes its first observations.
   *
   * @param elapsed control steps that count as done, so that many environments do not end together
   */
  reset(elapsed = 0): void {
    const { plant, config } = this;
    this.#episode = drawEpisode(this.curriculum, config, this.#rng);
    const { variety, isCalm } = this.#episode;
    const initial = resetState(config.reset, plant.robot, this.#rng, variety, this.#terrain);
    plant.reset(this.#rng, initial, variety);
    for (const state of [plant.truth, plant.measured]) {
      state.step = elapsed;
      state.time = elapsed * plant.controlTimestep;
    }
    this.#reference?.begin(this.#rng, this.#episode);
    if (isCalm) this.#command.fill(0);
    else drawCommand(this.curriculum.commands, this.#rng, this.#command);
    for (const { action, lastAction } of this.#actions) {
      action.fill(0);
      lastAction.fill(0);
    }
    this.#ask();
    this.#meter.begin(isCalm);
    this.terminated = false;
    this.timedOut = false;
    for (const { group } of this.#groups) group.reset();
    this.observe();
  }

  /** Starts an episode at a random moment of its time, so that many environments do not end together. */
  resetPartWay(): void {
    this.reset(this.#rng.integer(Math.floor(this.config.episodeSeconds / this.plant.controlTimestep)));
  }

  /**
   * Runs one control step.
   *
   * @param actions raw actions of all groups from `offset` on
   */
  step(actions: Float32Array, offset = 0): void {
    const { plant, config } = this;
    this.#takeActions(actions, offset);
    this.#meter.remember();
    this.#holdUp();
    plant.step(this.#targets);
    const { truth } = plant;
    this.#ask();
    this.terminated = this.#meter.look();
    this.timedOut = !this.terminated && truth.time >= config.episodeSeconds - 1e-9;
    const reward = this.#meter.measure(this.curriculum.shaping);
    this.reward = config.isRewardPositive ? Math.max(0, reward) : reward;
    this.#disturb();
    for (const { action, lastAction } of this.#actions) lastAction.set(action);
    this.observe();
  }

  /** Writes all observation groups. */
  observe(): void {
    const { isPlain } = this.#episode;
    for (const { group, source, noise, out } of this.#groups)
      group.write(source, out, 0, isPlain ? undefined : noise);
  }

  [Symbol.dispose](): void {
    this.plant[Symbol.dispose]();
  }

  #bindObservation(robot: RobotSpec, config: ObservationGroupConfig): BoundObservation {
    const group = bindObservation(robot, this.config, config);
    const { lastAction } = this.#boundAction(config.actionGroup);
    const source = config.isPrivileged
      ? { state: this.plant.truth, lastAction, judged: this.#meter.mdp }
      : { state: this.plant.measured, lastAction };
    return {
      name: config.name,
      group,
      source,
      noise: config.isNoisy ? this.#rng : undefined,
      out: new Float32Array(group.size),
    };
  }

  #boundAction(name: string): BoundAction {
    return this.#actions[this.config.actions.indexOf(actionGroup(this.config, name))];
  }

  #takeActions(actions: Float32Array, offset: number): void {
    const { q } = this.#targets;
    const { reference } = this.plant.truth;
    q.set(reference); // joints that no network drives follow the reference open loop
    let at = offset;
    for (const { config, joints, scale, action } of this.#actions) {
      for (let k = 0; k < joints.length; k++) {
        const raw = Math.min(config.clip, Math.max(-config.clip, actions[at++]));
        action[k] = raw;
        q[joints[k]] = this.plant.robot.joints[joints[k]].default + scale[k] * raw;
      }
    }
  }

  #ask(): void {
    const { plant } = this;
    this.#reference?.sample(plant.truth.time, this.#referenceAngles);
    plant.ask(this.#command, this.#referenceAngles);
  }

  #holdUp(): void {
    const { plant, curriculum } = this;
    const { harness } = this.config;
    if (harness === undefined) return;
    harnessTorque(harness, curriculum.harness, plant.truth, this.#torque);
    plant.applyForce(plant.index.base, NO_FORCE, this.#torque);
  }

  #disturb(): void {
    const { isCalm, isPlain } = this.#episode;
    if (isCalm) return;
    const { plant, curriculum } = this;
    const { step } = plant.truth;
    if (isDue(step, curriculum.commands.resampleSeconds, plant.controlTimestep)) {
      drawCommand(curriculum.commands, this.#rng, this.#command);
      plant.ask(this.#command);
    }
    if (
      !isPlain &&
      curriculum.pushes !== undefined &&
      isDue(step, curriculum.pushes.everySeconds, plant.controlTimestep)
    ) {
      plant.kick(drawPush(curriculum.pushes, this.#rng, this.#push));
    }
  }
}

function bindAction(robot: RobotSpec, config: ActionGroup): BoundAction {
  const joints = jointIndices(robot, config.joints);
  const { scale } = config;
  const scales = typeof scale === "number" ? config.joints.map(() => scale) : scale;
  if (scales.length !== joints.length) {
    throw new UsageError(
      `The action group "${config.name}" has ${joints.length} joints but ${scales.length} scales.`,
      "Give one scale, or one for each joint.",
    );
  }
  return {
    config,
    joints,
    scale: Float64Array.from(scales),
    action: new Float32Array(joints.length),
    lastAction: new Float32Array(joints.length),
  };
}
