import { ContrappostoError } from "../../common/index.ts";

/** The file is no recording, or is damaged; the message says where. */
export class CorruptRecordingError extends ContrappostoError {
  override readonly code = "CORRUPT_RECORDING";
}

/** What a recording was made with and what we have: these must be the same for an exact replay. */
export type RecordingPart = "format" | "engine" | "model";

/** The recording is sound but was made with something else than what is here. */
export class RecordingMismatchError extends ContrappostoError {
  override readonly code = "RECORDING_MISMATCH";
  readonly part: RecordingPart;
  readonly recorded: string;
  readonly present: string;

  constructor(part: RecordingPart, recorded: string, present: string) {
    super(`The recording was made with ${NAMES[part]} ${recorded}, but here is ${present}.`, REMEDIES[part]);
    this.part = part;
    this.recorded = recorded;
    this.present = present;
  }
}

const NAMES = { format: "recording format", engine: "MuJoCo", model: "a model of digest" } as const;

const REMEDIES = {
  format: "Replay it with the version of Contrapposto that its header names.",
  engine: "An exact replay needs the same engine: install that version.",
  model:
    "The robot, the scene or the plant's settings differ from the recorded ones; use those of the recording.",
} as const;
