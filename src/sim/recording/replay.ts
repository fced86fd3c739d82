import { createJointTargets, type JointTargets } from "../control-state.ts";
import { DivergedError, type Engine, type Model } from "../engine/index.ts";
import { decodeFloats } from "../plant/exact-floats.ts";
import { unpack } from "../plant/float-packing.ts";
import type { Plant } from "../plant/plant.ts";
import type { PlantDump } from "../plant/plant-snapshot.ts";
import { compileWorld, openPlant } from "../world.ts";
import { CorruptRecordingError, RecordingMismatchError } from "./errors.ts";
import type { Recording } from "./recording.ts";
import type { SessionOp } from "./session-op.ts";

/** Where a replay first left the recording. */
export interface ReplayMismatch {
  /** Control steps and seconds since the recording began. The difference arose within the second before. */
  readonly step: number;
  readonly seconds: number;
  /** State digests, or "diverged" and "finite" where only one of the two broke. */
  readonly recorded: string;
  readonly replayed: string;
}

export interface ReplayResult {
  /** Control steps that were repeated. */
  readonly steps: number;
  readonly seconds: number;
  /** How many state digests were compared. */
  readonly checks: number;
  /** All of the recording was repeated and every digest was equal. */
  readonly verified: boolean;
  /** Digest of the last state. */
  readonly stateHash: string;
  /** The physics broke in the last step, in the recording and again here. */
  readonly diverged: boolean;
  readonly firstMismatch?: ReplayMismatch;
}

export interface ReplayOptions {
  /** Called after every control step, for instance to show it. */
  readonly onStep?: (plant: Plant) => void;
  /** Ends the replay early, after a whole step. */
  readonly signal?: AbortSignal;
}

/** The plant of a recording, built anew from the recording alone. Hold it with `using`. */
export class ReplayWorld implements Disposable {
  readonly model: Model;
  readonly plant: Plant;

  /** Throws `RecordingMismatchError` where the engine has another version. */
  constructor(engine: Engine, recording: Recording) {
    const { header, world } = recording;
    if (engine.version !== header.engine)
      throw new RecordingMismatchError("engine", header.engine, engine.version);
    const compiled = compileWorld(engine, world, header.plant);
    this.model = compiled.model;
    this.plant = openPlant(engine, compiled, header.plant);
  }

  [Symbol.dispose](): void {
    this.plant[Symbol.dispose]();
    this.model[Symbol.dispose]();
  }
}

/**
 * Does everything that was recorded to a plant again, and compares digests on the way. Stops at the first difference.
 *
 * @param plant built as the recording's was, by `ReplayWorld` or by hand
 * @throws RecordingMismatchError where engine or model differ from the recorded ones
 */
export function replay(recording: Recording, plant: Plant, options: ReplayOptions = {}): ReplayResult {
  const { header, ops } = recording;
  checkOrigin(header, plant);
  plant.restore(header.start);
  const run = new Replay(plant, options.onStep);
  for (const op of ops) {
    run.do(op);
    if (run.mismatch !== undefined || options.signal?.aborted === true) break;
  }
  return run.result();
}

/**
 * Repeats the step of a dump that a `DivergedError` carried, and returns the error that it ends with again, or
 * undefined where the physics holds.
 *
 * @throws RecordingMismatchError where engine or model differ from the dump's
 */
export function replayDump(dump: PlantDump, plant: Plant): DivergedError | undefined {
  checkOrigin(dump, plant);
  plant.restore(dump.snapshot);
  const targets = createJointTargets(plant.robot);
  unpackTargets(dump.targets, targets);
  for (const [i, packed] of (dump.companionTargets ?? []).entries())
    unpackTargets(packed, plant.companions[i].targets);
  return diverges(plant, targets);
}

function unpackTargets(packed: string, { q, kp, kd, tau }: JointTargets): void {
  unpack(decodeFloats(packed), [q, kp, kd, tau]);
}

/** A replay under way. */
class Replay {
  mismatch: ReplayMismatch | undefined;
  readonly #plant: Plant;
  readonly #onStep: ((plant: Plant) => void) | undefined;
  readonly #targets: JointTargets;
  #steps = 0;
  #checks = 0;
  /** The last step broke the physics, and the recording has not yet said that it did there too. */
  #isBroken = false;
  #hasDiverged = false;
  #isAtEnd = false;

  constructor(plant: Plant, onStep: ((plant: Plant) => void) | undefined) {
    this.#plant = plant;
    this.#onStep = onStep;
    this.#targets = createJointTargets(plant.robot);
  }

  do(op: SessionOp): void {
    if (op.op === "diverged") this.#expectDivergence();
    else if (this.#isBroken) this.#differ("finite", "diverged");
    else if (op.op === "step") this.#step(op);
    else if (op.op === "companion") this.#aim(op);
    else if (op.op === "ask") this.#ask(op);
    else if (op.op === "change") this.#change(op.at, decodeFloats(op.values));
    else if (op.op === "restart") this.#plant.restore(op.snapshot);
    else if (op.op === "hash") this.#compare(op.hash);
    else this.#isAtEnd = true;
  }

  result(): ReplayResult {
    const isChecked = this.#checks > 0 || this.#hasDiverged;
    return {
      steps: this.#steps,
      seconds: this.#seconds,
      checks: this.#checks,
      verified: this.#isAtEnd && isChecked && this.mismatch === undefined,
      stateHash: this.#plant.stateHash(),
      diverged: this.#hasDiverged,
      ...(this.mismatch === undefined ? {} : { firstMismatch: this.mismatch }),
    };
  }

  get #seconds(): number {
    return this.#steps * this.#plant.controlTimestep;
  }

  #ask({ command, reference }: Extract<SessionOp, { op: "ask" }>): void {
    const { truth } = this.#plant;
    this.#plant.ask(
      command === undefined ? truth.command : decodeFloats(command),
      reference === undefined ? undefined : decodeFloats(reference),
    );
  }

  #change(at: readonly number[], values: Float64Array): void {
    const state = this.#plant.simulation.save();
    for (let i = 0; i < at.length; i++) state[at[i]] = values[i];
    this.#plant.overwrite(state);
  }

  #aim(op: Extract<SessionOp, { op: "companion" }>): void {
    const companion = this.#plant.companions.find(({ name }) => name === op.name);
    if (companion === undefined)
      throw new CorruptRecordingError(
        `The recording moves "${op.name}", which is not in its world.`,
        "Record the session again.",
      );
    takeTargets(op, companion.targets);
  }

  #step(op: Extract<SessionOp, { op: "step" }>): void {
    takeTargets(op, this.#targets);
    this.#hasDiverged = false;
    this.#isBroken = diverges(this.#plant, this.#targets) !== undefined;
    if (this.#isBroken) return;
    this.#steps++;
    this.#onStep?.(this.#plant);
  }

  #expectDivergence(): void {
    this.#hasDiverged = this.#isBroken;
    if (!this.#isBroken) this.#differ("diverged", "finite");
    this.#isBroken = false;
  }

  #compare(recorded: string): void {
    const replayed = this.#plant.stateHash();
    if (replayed === recorded) this.#checks++;
    else this.#differ(recorded, replayed);
  }

  #differ(recorded: string, replayed: string): void {
    this.mismatch = { step: this.#steps, seconds: this.#seconds, recorded, replayed };
  }
}

/** Writes the targets that an operation changes. */
function takeTargets(op: { readonly [K in keyof JointTargets]?: string }, targets: JointTargets): void {
  for (const key of ["q", "kp", "kd", "tau"] as const) {
    const text = op[key];
    if (text !== undefined) unpack(decodeFloats(text), [targets[key]]);
  }
}

function checkOrigin(origin: { readonly engine: string; readonly modelHash: string }, plant: Plant): void {
  const engine = plant.simulation.model.mujoco.mj_versionString();
  if (engine !== origin.engine) throw new RecordingMismatchError("engine", origin.engine, engine);
  if (plant.modelHash !== origin.modelHash)
    throw new RecordingMismatchError("model", origin.modelHash, plant.modelHash);
}

/** Runs a step and returns the error with which the physics broke, if it did. */
function diverges(plant: Plant, targets: JointTargets): DivergedError | undefined {
  try {
    plant.step(targets);
    return undefined;
  } catch (error) {
    if (error instanceof DivergedError) return error;
    throw error;
  }
}
