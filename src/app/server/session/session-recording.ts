import { basename, join } from "node:path";
import type { ControlSession } from "../../../policies/index.ts";
import { type FileRecording, recordTo } from "../../recorders.ts";

/** Where recordings can be fetched. */
export const RECORDINGS_PATH = "/api/recordings/";

/** A recording of a session under way. */
export class SessionRecording {
  readonly file: string;
  readonly sinceNs: number;
  readonly #recording: FileRecording;
  #steps = 0;
  readonly #stepSeconds: number;

  private constructor(file: string, recording: FileRecording, session: ControlSession, sinceNs: number) {
    this.file = file;
    this.sinceNs = sinceNs;
    this.#recording = recording;
    this.#stepSeconds = session.plant.controlTimestep;
  }

  /** Begins with the session as it is now. Throws what opening the file throws. */
  static async start(file: string, session: ControlSession, sinceNs: number): Promise<SessionRecording> {
    const recording = await recordTo(file, session.compiled, session.seed, session.policy.name);
    await recording.recorder.start(session.plant);
    return new SessionRecording(file, recording, session, sinceNs);
  }

  get name(): string {
    return basename(this.file);
  }

  /** Simulated seconds so far. */
  get seconds(): number {
    return this.#steps * this.#stepSeconds;
  }

  stepped(): void {
    this.#steps++;
  }

  /** Completes the file, or leaves none where it cannot be completed. Throws what the disk throws. */
  async end(): Promise<void> {
    await this.#recording[Symbol.asyncDispose]();
  }
}

/** A file name for a recording that nobody named. */
export function recordingFile(folder: string, session: ControlSession, name: string | undefined): string {
  const { world } = session.compiled;
  const stamp = new Date().toISOString().slice(0, 19).replaceAll(":", "").replace("T", "-");
  return join(folder, `${name ?? `${world.robot.name}-${world.sceneName.replace(":", "")}-${stamp}`}.mcap`);
}
