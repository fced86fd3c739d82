import type { Worker } from "node:worker_threads";
import type { World } from "../../sim/index.ts";
import { spawnWorker } from "../../sim/node.ts";
import type { DdsNetwork } from "../dds/cyclone/domain-config.ts";
import { loadCyclone } from "../dds/cyclone/library.ts";
import { RobotMissingError } from "../errors.ts";
import { TwinConfig } from "./twin-config.ts";
import { TwinControls } from "./twin-controls.ts";

/** A simulated robot on DDS, running in real time in a thread of its own. */
export class Twin implements AsyncDisposable {
  /** Remote control, band, stop switch, and what the twin reports. */
  readonly controls: TwinControls;
  /** Resolves when the twin has stopped; rejects with `RobotMissingError` if it failed. */
  readonly ended: Promise<void>;

  private constructor(controls: TwinControls, ended: Promise<void>) {
    this.controls = controls;
    this.ended = ended;
  }

  /**
   * Starts a twin and waits until it is on the network. Throws `DdsUnavailableError` without DDS, `RobotMissingError`
   * where it cannot be: no such interface, a robot that speaks no Unitree messages.
   */
  static async start(world: World, network: DdsNetwork, config: TwinConfig): Promise<Twin> {
    const { band, lift } = TwinConfig.parse(config);
    await loadCyclone();
    const controls = new TwinControls();
    controls.store("band", band ? 1 : 0);
    controls.set("lift", lift);
    const worker = spawnWorker(new URL("./twin.worker", import.meta.url), {
      world,
      network,
      config,
      controls: controls.buffer,
    });
    const ended = end(worker);
    await Promise.race([ready(worker), ended]);
    return new Twin(controls, ended);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.controls.stop();
    await this.ended;
  }
}

type Message = { kind: "ready" } | { kind: "failed"; problem: string; remedy: string };

function ready(worker: Worker): Promise<void> {
  return new Promise((resolve) => {
    worker.on("message", (message: Message) => {
      if (message.kind === "ready") resolve();
    });
  });
}

function end(worker: Worker): Promise<void> {
  return new Promise((resolve, reject) => {
    worker.on("message", (message: Message) => {
      if (message.kind === "failed") reject(new RobotMissingError(message.problem, message.remedy));
    });
    worker.on("error", (cause) =>
      reject(new RobotMissingError("The twin's thread failed.", "See the cause.", { cause })),
    );
    worker.on("exit", () => resolve());
  });
}
