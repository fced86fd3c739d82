import loadMujoco, { type MainModule } from "mujoco-js";
import { applyPhysics, type Composition, compileComposition, type PhysicsOptions } from "./compose.ts";
import { HeapExhaustedError, modelErrorFrom } from "./errors.ts";
import { Model } from "./model.ts";
import { type ModelSource, modelFromText } from "./model-source.ts";
import { Simulation } from "./simulation.ts";
import { withFiles } from "./virtual-files.ts";

export interface EngineOptions {
  /** Where the browser finds `mujoco.wasm`; Node finds it beside the package. */
  readonly wasmUrl?: string;
}

/** One instance of MuJoCo with a heap of its own (up to 2 GiB). One per thread; models and simulations belong to it. */
export class Engine {
  readonly mujoco: MainModule;

  private constructor(mujoco: MainModule) {
    this.mujoco = mujoco;
  }

  static async load(options: EngineOptions = {}): Promise<Engine> {
    const { wasmUrl } = options;
    const mujoco = await loadMujoco(wasmUrl === undefined ? {} : { locateFile: () => wasmUrl });
    // Rooms don't print: failures come as errors, warnings as `Simulation.warnings`.
    const log = mujoco.mju_getLogConfig();
    log.logto_console = false;
    mujoco.mju_setLogConfig(log);
    log.delete();
    return new Engine(mujoco);
  }

  /** The engine's version, such as "3.14.0". */
  get version(): string {
    return this.mujoco.mj_versionString();
  }

  /** Compiles a model given as text or as files. Throws `ModelError` or `MissingAssetError`. */
  compile(source: ModelSource | string, physics: PhysicsOptions = {}): Model {
    const files = typeof source === "string" ? modelFromText(source) : source;
    try {
      const handle = withFiles(this.mujoco, files, (root) =>
        this.mujoco.MjModel.from_xml_path(`${root}/${files.main}`),
      );
      applyPhysics(this.mujoco, { option: handle.opt }, physics);
      return new Model(this.mujoco, handle, files.main);
    } catch (cause) {
      throw modelErrorFrom(cause, files.main);
    }
  }

  /** Compiles a world with robots and other things attached to it. */
  compose(composition: Composition): Model {
    const label = [...composition.attachments.map((a) => a.source.main), composition.world.main].join(" in ");
    return new Model(this.mujoco, compileComposition(this.mujoco, composition), label);
  }

  /** A copy of a model that can be changed on its own, for instance to randomise masses. */
  copy(model: Model): Model {
    return new Model(this.mujoco, new this.mujoco.MjModel(model.handle), model.label);
  }

  /** A new world of the model, in its initial state, with everything computed. */
  simulate(model: Model): Simulation {
    const [simulation] = this.simulateMany(model, 1);
    return simulation;
  }

  /** Many worlds of one model. Throws `HeapExhaustedError`, which says how many fit, and frees those it made. */
  simulateMany(model: Model, count: number): Simulation[] {
    const simulations: Simulation[] = [];
    try {
      for (let i = 0; i < count; i++)
        simulations.push(new Simulation(model, new this.mujoco.MjData(model.handle)));
    } catch (cause) {
      const bytesEach =
        simulations.length > 0 ? simulations[0].handle.nbuffer + simulations[0].handle.narena : Number.NaN;
      for (const simulation of simulations) simulation[Symbol.dispose]();
      throw new HeapExhaustedError(count, simulations.length, bytesEach, { cause });
    }
    for (const simulation of simulations) simulation.forward();
    return simulations;
  }

  /**
   * Steps a throw-away world of the model until the WASM compiler's optimised code is in place (about 4,000 steps);
   * do so before timing anything.
   */
  warmUp(model: Model, steps = 4000): void {
    using simulation = this.simulate(model);
    for (let i = 0; i < steps; i++) simulation.step();
  }
}
