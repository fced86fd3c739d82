import { joinFloats } from "../../common/index.ts";
import type { LowerJudge, Policy } from "../../policies/index.ts";
import type { Engine, JointTargets, Model, Plant, Simulation } from "../../sim/index.ts";
import type { Frame, RobotFacts, Signal, Watch } from "./messages.ts";
import { PlantSignals } from "./plant-signals.ts";
import { contactRows, forceOn, velocityOf, writePoses } from "./world-poses.ts";

export const WATCH_NOTHING: Watch = { contacts: false, ghost: false, body: -1 };

/** Looks at a plant and describes what the page asked to see. Takes nothing from it and gives nothing to it. */
export class Observer implements Disposable {
  watch: Watch = WATCH_NOTHING;
  readonly #plant: Plant;
  readonly #ghost: Simulation;
  readonly #signals: PlantSignals;
  #samples: Float32Array[] = [];

  constructor(
    engine: Engine,
    model: Model,
    plant: Plant,
    policy: Policy | undefined,
    judge?: LowerJudge | undefined,
  ) {
    this.#plant = plant;
    this.#ghost = engine.simulate(model);
    this.#signals = new PlantSignals(plant, policy, judge);
  }

  get signals(): readonly Signal[] {
    return this.#signals.declaration;
  }

  /** What pages need to know of the robot. */
  get robot(): RobotFacts {
    return robotFacts(this.#plant);
  }

  /** Notes a control step; several make one frame where the world runs faster than pictures. */
  sample(targets: JointTargets | undefined, policyMs: number, physicsMs: number): void {
    this.#samples.push(this.#signals.sample(targets, policyMs, physicsMs));
    if (this.#samples.length > 200) this.#samples.shift();
  }

  /** The world now, with the samples since the last frame. */
  frame(isJump: boolean): Frame {
    const { simulation } = this.#plant;
    const samples = joinFloats(this.#samples);
    this.#samples = [];
    return {
      ...frameOf(this.#plant, samples, isJump),
      ...(this.watch.contacts ? { contacts: contactRows(simulation) } : {}),
      ...(this.watch.ghost ? { ghost: this.#ghostPoses() } : {}),
      ...(this.watch.body > 0 ? { inspected: inspect(simulation, this.watch.body) } : {}),
    };
  }

  [Symbol.dispose](): void {
    this.#ghost[Symbol.dispose]();
  }

  /** The robot where it is, with its upper body where the reference asks for it. */
  #ghostPoses(): Float32Array {
    const { simulation, robot, index, truth } = this.#plant;
    const { qpos } = this.#ghost.views;
    qpos.set(simulation.views.qpos);
    robot.joints.forEach(({ group }, j) => {
      if (group !== "lower") qpos[index.qpos[j]] = truth.reference[j];
    });
    this.#ghost.kinematics();
    return writePoses(this.#ghost);
  }
}

/** A plant's moment, with the samples since the one before and nothing that somebody would have to watch for. */
export function frameOf({ simulation, truth, index }: Plant, samples: Float32Array, isJump: boolean): Frame {
  const { subtree_com } = simulation.views;
  const base = 3 * index.base;
  return {
    time: truth.time,
    step: truth.step,
    poses: writePoses(simulation),
    centre: [subtree_com[base], subtree_com[base + 1], subtree_com[base + 2]],
    samples,
    isJump,
  };
}

function inspect(simulation: Simulation, body: number): NonNullable<Frame["inspected"]> {
  const force = forceOn(simulation, body, contactRows(simulation));
  return { ...velocityOf(simulation, body), force };
}

/** What pages need to know of a plant's robot. */
export function robotFacts(plant: Plant): RobotFacts {
  const { robot, index, simulation, controlTimestep } = plant;
  const { model } = simulation;
  return {
    name: robot.name,
    title: robot.title,
    base: index.base,
    feet: index.feet,
    jointNames: robot.joints.map(({ name }) => name),
    jointBodies: robot.joints.map(({ name }) => model.views.jnt_bodyid[model.index("joint", name)]),
    torqueLimits: robot.joints.map(({ torqueLimit }) => torqueLimit),
    controlTimestep,
    companions: plant.companions.map(({ name, robot, index }) => ({
      name,
      title: robot.title,
      base: index.base,
    })),
  };
}
