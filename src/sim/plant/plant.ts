import { fromYaw, Rng, UsageError } from "../../common/index.ts";
import type { JointTargets } from "../control-state.ts";
import {
  applyPhysics,
  DivergedError,
  type Engine,
  type Model,
  type ModelSource,
  type Simulation,
} from "../engine/index.ts";
import { type RobotSpec, withPrefix } from "../robots/robot.ts";
import { applyCollisions } from "./collisions.ts";
import { Companion, type CompanionSpec, prefixOf } from "./companion.ts";
import { decodeFloats, encodeFloats } from "./exact-floats.ts";
import { pack } from "./float-packing.ts";
import { publishedDigest } from "./model-digest.ts";
import type { PlantConfig } from "./plant-config.ts";
import type { PlantDump, PlantSnapshot, RobotSnapshot } from "./plant-snapshot.ts";
import { type RobotStart, SimulatedRobot } from "./simulated-robot.ts";

/** Where and how a world's robots start. */
export interface InitialState extends RobotStart {
  /** One for each companion; where left out, they stand at their places on level ground. */
  readonly companions?: readonly RobotStart[];
}

/** What sees everything that a plant is given, as a recorder must. All arguments are kept and overwritten. */
export interface PlantTap {
  /**
   * A control step begins: the physics state [stateSize] that it starts from and the targets; those of companions are
   * in `Companion.targets`.
   */
  stepping(state: Float64Array, targets: JointTargets): void;
  /** The control step is done. Not called where the physics broke. */
  stepped(): void;
  /** The plant was reset or restored. */
  restarted(): void;
}

/**
 * Contacts under which feet creep an eighth as fast. With MuJoCo's default a sole that bears half of the H1 and pushes sideways slides by up to
 * 12 mm/s, far inside its friction cone (docs/decisions/0040).
 */
const FIRM = { cone: "elliptic", frictionStiffness: 4 } as const;

/** Compiles a robot in a scene, with companions where there are any, set up as the config asks. Worlds of one model may share it. */
export function compilePlantModel(
  engine: Engine,
  robot: RobotSpec,
  source: { robot: ModelSource; scene: ModelSource },
  config: PlantConfig,
  companions: readonly (CompanionSpec & { readonly robotModel: ModelSource })[] = [],
): Model {
  const model = engine.compose({
    world: source.scene,
    hasVisuals: config.visuals,
    attachments: [
      { source: source.robot, body: robot.baseBody, ...robot.fixedBase },
      ...companions.map(({ name, robot, robotModel, place: [x, y, yaw] }) => ({
        ...{ source: robotModel, body: robot.baseBody, ...robot.fixedBase },
        ...{ prefix: prefixOf(name), pos: [x, y, 0] as const, quat: fromYaw(yaw) },
      })),
    ],
    physics: {
      timestep: config.timestep,
      integrator: config.integrator ?? (config.actuation === "position" ? "implicitfast" : "euler"),
      ...(config.friction === "firm" ? FIRM : {}),
      jacobian: config.jacobian,
      ...(config.solverIterations === undefined ? {} : { iterations: config.solverIterations }),
    },
  });
  applyPhysics(engine.mujoco, { option: model.options }, { islands: config.islands });
  applyCollisions(model, robot, config.collisions);
  for (const { name, robot } of companions)
    applyCollisions(model, withPrefix(robot, prefixOf(name)), config.collisions);
  if (!config.frictionLoss) model.views.dof_frictionloss.fill(0);
  return model;
}

/**
 * One robot in one world: joint targets in, state out, one control step at a time. The same interface as a real
 * robot's, so what drives this drives that. Owns its simulation, not the model. Where the world has companions, they
 * are reset, stepped and saved along.
 */
export class Plant extends SimulatedRobot implements Disposable {
  /** Digest of the model before this or any other plant wrote into it. */
  readonly modelHash: string;
  readonly companions: readonly Companion[];
  /** Whoever listens to all that this plant is given; one at most. */
  tap: PlantTap | undefined;
  readonly #lastGood: Float64Array;

  constructor(
    simulation: Simulation,
    robot: RobotSpec,
    config: PlantConfig,
    companions: readonly CompanionSpec[] = [],
  ) {
    const modelHash = publishedDigest(simulation.model);
    super(simulation, robot, config);
    this.modelHash = modelHash;
    this.companions = companions.map((spec) => new Companion(simulation, spec, config));
    this.#lastGood = new Float64Array(simulation.stateSize);
    this.reset(new Rng(0));
  }

  /**
   * Starts an episode: draws this world's parameters from `rng`, which the plant keeps, and puts the robot in place.
   *
   * @param variety how far the parameters may be from the published ones, as a share of the config's ranges, 0 to 1
   */
  reset(rng: Rng, initial: InitialState = {}, variety = 1): void {
    const { simulation, companions } = this;
    simulation.reset();
    for (const [i, companion] of companions.entries()) {
      const start = initial.companions?.[i] ?? companion.startBeside(initial);
      companion.place(rng.fork(companion.name), start, variety);
      companion.hold();
    }
    this.place(rng, initial, variety);
    simulation.forward();
    for (const companion of companions) companion.observe(0);
    this.observe(0);
    this.tap?.restarted();
  }

  /**
   * Runs one control step under these targets, companions under theirs. Throws `InvalidTargetError` for targets that
   * are no numbers, and `DivergedError` with a `PlantDump` where the physics breaks.
   */
  step(targets: JointTargets): void {
    const { simulation, config, companions } = this;
    this.check(targets);
    for (const companion of companions) companion.check(companion.targets);
    simulation.saveInto(this.#lastGood);
    this.tap?.stepping(this.#lastGood, targets);
    this.begin(targets);
    for (const companion of companions) companion.begin(companion.targets);
    try {
      for (let substep = 0; substep < config.decimation; substep++) {
        this.actuate(substep);
        for (const companion of companions) companion.actuate(substep);
        simulation.step();
      }
      simulation.assertFinite();
    } catch (error) {
      if (error instanceof DivergedError) error.dump = this.#dump(targets);
      throw error;
    }
    const step = this.truth.step + 1;
    for (const companion of companions) companion.observe(step);
    this.observe(step);
    this.tap?.stepped();
  }

  /** Sets the external force (world), N, and torque, N·m, on a body (name or index); it acts until set again. */
  applyForce(body: string | number, force: ArrayLike<number>, torque: ArrayLike<number> = [0, 0, 0]): void {
    const { xfrc_applied } = this.simulation.views;
    const at = 6 * (typeof body === "number" ? body : this.simulation.model.index("body", body));
    xfrc_applied.set(force, at);
    xfrc_applied.set(torque, at + 3);
  }

  /** Everything that the next steps depend on. Continuing from it is bit-identical, in any engine of the same version. */
  snapshot(): PlantSnapshot {
    return this.#snapshotWith(this.simulation.save());
  }

  /**
   * Continues from a snapshot of a plant of the same robots, configuration and model; draws noise from a source of its
   * own from then on. Throws `UsageError` where the snapshot has another shape.
   */
  restore(snapshot: PlantSnapshot): void {
    const { simulation } = this;
    const physics = decodeFloats(snapshot.physics);
    this.restoreRobot(snapshot, snapshot.step);
    for (const [i, companion] of this.companions.entries())
      companion.restoreRobot(companionIn(snapshot, i), snapshot.step);
    simulation.restore(physics);
    simulation.forward(); // poses and sensors for whoever reads them; this moves the solver's warm start,
    simulation.restore(physics); // so that goes back
    this.tap?.restarted();
  }

  /** Puts the physics into a state that `simulation.save` returned. As after `kick`, sensors notice at the next step. */
  overwrite(state: Float64Array): void {
    this.simulation.restore(state);
    this.observeTruth();
    for (const companion of this.companions) companion.observeTruth();
  }

  /** A digest of the exact bits of the physics state. */
  stateHash(): string {
    return this.simulation.hash();
  }

  [Symbol.dispose](): void {
    this.simulation[Symbol.dispose]();
  }

  #snapshotWith(physics: Float64Array): PlantSnapshot {
    const { companions } = this;
    return {
      step: this.truth.step,
      physics: encodeFloats(physics),
      ...this.saveRobot(),
      ...(companions.length === 0 ? {} : { companions: companions.map((each) => each.saveRobot()) }),
    };
  }

  /** The plant as it was before the step that broke it. */
  #dump(targets: JointTargets): PlantDump {
    const { companions } = this;
    this.rewind();
    for (const companion of companions) companion.rewind();
    return {
      engine: this.simulation.model.mujoco.mj_versionString(),
      modelHash: this.modelHash,
      time: this.truth.time,
      snapshot: this.#snapshotWith(this.#lastGood),
      targets: packTargets(targets),
      ...(companions.length === 0
        ? {}
        : { companionTargets: companions.map((each) => packTargets(each.targets)) }),
    };
  }
}

function packTargets({ q, kp, kd, tau }: JointTargets): string {
  return encodeFloats(pack([q, kp, kd, tau]));
}

function companionIn({ companions = [] }: PlantSnapshot, i: number): RobotSnapshot {
  if (companions[i] !== undefined) return companions[i];
  throw new UsageError(
    `The snapshot has ${companions.length} companions.`,
    "Restore it into a plant of the world that it was taken in.",
  );
}
