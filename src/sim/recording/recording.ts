import type { z } from "zod";
import { errorMessage } from "../../common/index.ts";
import { controlTimestep } from "../plant/plant-config.ts";
import type { World } from "../world.ts";
import { RecordingMismatchError } from "./errors.ts";
import { ModelArchive } from "./model-files.ts";
import { corrupt, readMcap } from "./read-mcap.ts";
import { RECORDING_FORMAT, SessionHeader } from "./session-header.ts";
import { HEADER_METADATA, MODEL_ATTACHMENT, OPS_TOPIC } from "./session-log.ts";
import { SessionOp } from "./session-op.ts";

/** A recorded session, read and checked. */
export interface Recording {
  readonly header: SessionHeader;
  /** The robot and the scene as they were, from the recording itself. */
  readonly world: World;
  /** What was done and what came of it, in order; the last is an `end`. */
  readonly ops: readonly SessionOp[];
  /** Control steps and seconds in all, across resets. */
  readonly steps: number;
  readonly seconds: number;
}

/**
 * Reads a recording and checks all that a replay depends on.
 *
 * @throws CorruptRecordingError where the file is damaged, cut short, or no recording
 * @throws RecordingMismatchError where it has another format
 */
export function openRecording(bytes: Uint8Array): Recording {
  const { metadata, attachments, messages } = readMcap(bytes, OPS_TOPIC);
  const fields = metadata.get(HEADER_METADATA);
  if (fields === undefined) {
    throw corrupt(`has no "${HEADER_METADATA}" metadata, so it is an MCAP file of another program`);
  }
  const header = readHeader(fields);
  const zip = attachments.get(MODEL_ATTACHMENT);
  if (zip === undefined) throw corrupt(`lacks its attachment "${MODEL_ATTACHMENT}"`);
  const ops = messages.map((data, i) => parse(SessionOp, new TextDecoder().decode(data), `operation ${i}`));
  const end = ops.at(-1);
  if (end?.op !== "end") throw corrupt("does not tell how the session ended");
  return {
    header,
    world: worldOf(header, new ModelArchive(zip)),
    ops,
    steps: end.step,
    seconds: end.step * controlTimestep(header.plant),
  };
}

function readHeader(fields: ReadonlyMap<string, string>): SessionHeader {
  const format = fields.get("format") ?? "none";
  if (format !== String(RECORDING_FORMAT))
    throw new RecordingMismatchError("format", format, String(RECORDING_FORMAT));
  const text = [...fields].map(([key, value]) => `${JSON.stringify(key)}:${value}`).join(",");
  return parse(SessionHeader, `{${text}}`, "session header");
}

function parse<T>(schema: z.ZodType<T>, json: string, what: string): T {
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch (cause) {
    throw corrupt(`has a ${what} that is no JSON: ${errorMessage(cause)}`, cause);
  }
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  throw corrupt(`has a ${what} that is not valid: ${issue.path.join(".")}: ${issue.message}`, result.error);
}

function worldOf(header: SessionHeader, archive: ModelArchive): World {
  const { robot, robotModel, scene, sceneName, companions } = header;
  return {
    robot,
    robotModel: archive.model("robot", robotModel),
    sceneName,
    scene: typeof scene === "string" ? archive.model("scene", scene) : scene,
    ...(companions === undefined
      ? {}
      : {
          companions: companions.map((each) => ({
            ...each,
            robotModel: archive.model(each.name, each.robotModel),
          })),
        }),
  };
}
