import { z } from "zod";
import type { JointTargets } from "../control-state.ts";
import type { Companion } from "../plant/companion.ts";
import { encodeFloats } from "../plant/exact-floats.ts";
import type { Plant, PlantTap } from "../plant/plant.ts";
import { changedEntries, KeptFloats } from "./kept-floats.ts";
import { KeptTargets } from "./kept-targets.ts";
import { McapLog, type Publish } from "./mcap-log.ts";
import { worldModels, zipModels } from "./model-files.ts";
import type { RecordingSink } from "./recording-sink.ts";
import { RECORDING_FORMAT, type SessionHeader } from "./session-header.ts";
import { SessionOp } from "./session-op.ts";
import type { SessionInfo } from "./session-recorder.ts";
import { Telemetry } from "./telemetry.ts";

export const HEADER_METADATA = "contrapposto.session";
export const MODEL_ATTACHMENT = "model.zip";
export const OPS_TOPIC = "/contrapposto/ops";

const SAMPLE_PERIOD = 0.02;

/** Listens to a plant and writes what it hears, until `end`. */
export class SessionLog implements PlantTap {
  readonly #plant: Plant;
  readonly #log: McapLog;
  readonly #publishOp: Publish;
  readonly #telemetry: Telemetry;
  readonly #stepsPerSample: number;
  readonly #stepsPerHash: number;
  /** The physics as the last step left it, to notice what changes it before the next. */
  readonly #left: Float64Array;
  readonly #command: KeptFloats;
  readonly #reference: KeptFloats;
  readonly #targets = new KeptTargets();
  readonly #companions: readonly (readonly [Companion, KeptTargets])[];
  #step = 0;
  #isStepping = false;

  private constructor(plant: Plant, log: McapLog, publishOp: Publish, telemetry: Telemetry) {
    this.#plant = plant;
    this.#log = log;
    this.#publishOp = publishOp;
    this.#telemetry = telemetry;
    this.#stepsPerSample = stepsIn(SAMPLE_PERIOD, plant);
    this.#stepsPerHash = stepsIn(1, plant);
    this.#left = plant.simulation.save();
    this.#command = new KeptFloats(plant.truth.command);
    this.#reference = new KeptFloats(plant.truth.reference);
    this.#companions = plant.companions.map((companion) => [companion, new KeptTargets()] as const);
    this.#telemetry.look(0n);
    this.#telemetry.sample(0n);
  }

  static async start(sink: RecordingSink, info: SessionInfo, plant: Plant): Promise<SessionLog> {
    const log = await McapLog.start(sink, `contrapposto ${info.software}`);
    const header = Object.entries(headerOf(info, plant));
    await log.addMetadata(
      HEADER_METADATA,
      new Map(header.map(([key, value]) => [key, JSON.stringify(value)])),
    );
    await log.addAttachment(MODEL_ATTACHMENT, "application/zip", zipModels(worldModels(info.world)));
    const publishOp = await log.declare({
      topic: OPS_TOPIC,
      schemaName: "contrapposto.SessionOp",
      schema: z.toJSONSchema(SessionOp),
    });
    return new SessionLog(plant, log, publishOp, await Telemetry.declare(log, plant));
  }

  stepping(state: Float64Array, targets: JointTargets): void {
    this.#writeChanges(state);
    this.#writeRequest();
    for (const [companion, kept] of this.#companions) {
      const changed = kept.take(companion.targets);
      if (Object.keys(changed).length > 0) this.#write({ op: "companion", name: companion.name, ...changed });
    }
    this.#write({ op: "step", ...this.#targets.take(targets) });
    this.#isStepping = true;
    if (this.#step % this.#stepsPerSample === 0) this.#telemetry.targets(this.#timeNs, targets);
  }

  stepped(): void {
    this.#isStepping = false;
    this.#step++;
    this.#plant.simulation.saveInto(this.#left);
    if (this.#step % this.#stepsPerSample === 0) this.#telemetry.sample(this.#timeNs);
    if (this.#step % this.#stepsPerHash === 0) this.#writeHash();
  }

  restarted(): void {
    this.#noteDivergence();
    const plant = this.#plant;
    this.#write({ op: "restart", snapshot: plant.snapshot() });
    plant.simulation.saveInto(this.#left);
    this.#command.take(plant.truth.command);
    this.#reference.take(plant.truth.reference);
    this.note("reset");
  }

  /** Writes a line for people. */
  note(message: string): void {
    this.#telemetry.note(this.#timeNs, message);
  }

  /** Lets go of the plant and completes the file. */
  async end(): Promise<void> {
    this.#plant.tap = undefined;
    if (!this.#noteDivergence()) {
      this.#writeChanges(this.#plant.simulation.save());
      this.#writeRequest();
      this.#writeHash();
    }
    this.#write({ op: "end", step: this.#step });
    await this.#log.end();
  }

  get #timeNs(): bigint {
    return BigInt(Math.floor(this.#step * this.#plant.controlTimestep * 1e9 + 0.5));
  }

  /** What changed the physics between two steps: pushes, forces, moved objects, whoever did it. */
  #writeChanges(state: Float64Array): void {
    const at = changedEntries(this.#left, state);
    if (at.length === 0) return;
    const values = encodeFloats(Float64Array.from(at, (i) => state[i]));
    this.#write({ op: "change", at, values });
  }

  #writeRequest(): void {
    const { command, reference } = this.#plant.truth;
    const isNewCommand = this.#command.take(command);
    const isNewReference = this.#reference.take(reference);
    if (!isNewCommand && !isNewReference) return;
    this.#write({
      op: "ask",
      ...(isNewCommand ? { command: encodeFloats(command) } : {}),
      ...(isNewReference ? { reference: encodeFloats(reference) } : {}),
    });
  }

  #writeHash(): void {
    this.#write({ op: "hash", step: this.#step, hash: this.#plant.stateHash() });
  }

  /** A step that began and did not end broke the physics. */
  #noteDivergence(): boolean {
    if (!this.#isStepping) return false;
    this.#isStepping = false;
    this.#write({ op: "diverged" });
    this.note("the physics diverged");
    return true;
  }

  #write(op: SessionOp): void {
    this.#publishOp(this.#timeNs, op);
  }
}

function headerOf({ world, seed, software, policy = "" }: SessionInfo, plant: Plant): SessionHeader {
  const { scene, sceneName, robotModel, companions = [] } = world;
  return {
    format: RECORDING_FORMAT,
    software,
    engine: plant.simulation.model.mujoco.mj_versionString(),
    modelHash: plant.modelHash,
    robot: plant.robot,
    robotModel: robotModel.main,
    sceneName,
    scene: "kind" in scene ? scene : scene.main,
    ...(companions.length === 0
      ? {}
      : {
          companions: companions.map((each) => ({
            ...each,
            place: [...each.place],
            robotModel: each.robotModel.main,
          })),
        }),
    seed,
    policy,
    plant: plant.config,
    start: plant.snapshot(),
  };
}

function stepsIn(seconds: number, plant: Plant): number {
  return Math.max(1, Math.floor(seconds / plant.controlTimestep + 0.5));
}
