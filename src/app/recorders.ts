import { randomUUID } from "node:crypto";
import { type FileHandle, mkdir, open, rename, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { type CompiledWorld, type RecordingSink, SessionRecorder } from "../sim/index.ts";
import { fileError } from "./files.ts";
import { packageVersion } from "./package-root.ts";

/** A recording on its way to a file. Hold it with `await using`: its end completes the file, also when the session failed. */
export interface FileRecording extends AsyncDisposable {
  /** Watches the session, as a subscriber of its rollout. */
  readonly recorder: SessionRecorder;
}

/**
 * Opens a file for a recording; it appears under its name once it is whole.
 *
 * @param policy what acts, for people who read the recording
 */
export async function recordTo(
  file: string,
  { world }: CompiledWorld,
  seed: number,
  policy: string,
): Promise<FileRecording> {
  const sink = await FileSink.create(file);
  const recorder = new SessionRecorder(sink, { world, seed, policy, software: packageVersion() });
  return {
    recorder,
    async [Symbol.asyncDispose]() {
      await using _ = sink;
      await recorder.end();
      if (recorder.isComplete) await sink.keep();
    },
  };
}

/** A file that grows beside its final place and moves there when it is kept. */
class FileSink implements RecordingSink, AsyncDisposable {
  readonly #path: string;
  readonly #temporary: string;
  readonly #file: FileHandle;
  #isOpen = true;

  private constructor(path: string, temporary: string, file: FileHandle) {
    this.#path = path;
    this.#temporary = temporary;
    this.#file = file;
  }

  static async create(path: string): Promise<FileSink> {
    const temporary = join(dirname(path), `.${basename(path)}.${randomUUID().slice(0, 8)}.tmp`);
    return onDisk(path, async () => {
      await mkdir(dirname(path), { recursive: true });
      return new FileSink(path, temporary, await open(temporary, "wx"));
    });
  }

  write(bytes: Uint8Array): Promise<void> {
    return onDisk(this.#path, () => this.#file.writeFile(bytes));
  }

  async keep(): Promise<void> {
    await onDisk(this.#path, async () => {
      await this.#file.sync();
      await this.#close();
      await rename(this.#temporary, this.#path);
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#close();
    await rm(this.#temporary, { force: true });
  }

  async #close(): Promise<void> {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    await this.#file.close();
  }
}

async function onDisk<T>(path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw await fileError(error, path);
  }
}
