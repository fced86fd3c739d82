import { Helper } from "../../../bench/bridge/processes.ts";

/** `contrapposto bridge` as a user runs it beside a robot, on a free port. */
export class BridgeProcess implements AsyncDisposable {
  /** Of its WebSocket. */
  readonly url: string;
  readonly #process: Helper;

  private constructor(process: Helper, url: string) {
    this.#process = process;
    this.url = url;
  }

  /** To a robot on DDS, over loopback. */
  static onDds(robot: string, domain: number, ...flags: string[]): Promise<BridgeProcess> {
    const network = ["--domain", `${domain}`, "--interface", "lo"];
    return BridgeProcess.start("--robot", robot, "--transport", "dds", ...network, ...flags);
  }

  static async start(...flags: string[]): Promise<BridgeProcess> {
    const process = Helper.contrapposto("bridge", "--port", "0", ...flags);
    try {
      const [, url] = await process.says(/(wss?:\/\/\S+)/);
      return new BridgeProcess(process, url);
    } catch (error) {
      await process[Symbol.asyncDispose]();
      throw error;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#process[Symbol.asyncDispose]();
  }
}
