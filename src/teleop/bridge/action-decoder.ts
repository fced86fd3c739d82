import { UsageError } from "../../common/index.ts";
import { jointIndices, type RobotSpec } from "../../sim/index.ts";
import {
  type ActionRequest,
  type Frame,
  fieldOffsets,
  RefusedError,
  rowSize,
  type StreamDeclaration,
} from "../../wire/index.ts";
import { MAX_CHUNK_POINTS, type TargetChunk } from "../safety/target-chunk.ts";

const UNITS: Readonly<Record<string, string>> = {
  q: "rad",
  dq: "rad/s",
  tau: "N·m",
  kp: "N·m/rad",
  kd: "N·m·s/rad",
};

/** Says how actions of a client are laid out. Throws `UnknownNameError` for joints, `UsageError` for fields that there are not. */
export function actionLayout(
  robot: RobotSpec,
  { stream, joints, fields }: ActionRequest,
): Omit<StreamDeclaration, "id" | "direction" | "layout"> {
  if (stream !== "targets")
    throw new RefusedError("BAD_STREAM", `A robot takes no "${stream}".`, 'Publish "targets".');
  jointIndices(robot, joints);
  const unknown = fields.find((field) => UNITS[field] === undefined);
  if (unknown !== undefined || !fields.includes("q"))
    throw new UsageError(
      unknown === undefined ? "Targets need q." : `Targets have no field "${unknown}".`,
      `Choose q and any of ${Object.keys(UNITS).slice(1).join(", ")}.`,
    );
  return {
    name: stream,
    rateHz: 500,
    fields: [
      { name: "time", size: 1, unit: "s" },
      ...fields.map((name) => ({ name, size: joints.length, unit: UNITS[name], labels: [...joints] })),
    ],
  };
}

/** Reads action frames of one declaration into chunks. Joints that it does not name hold the default pose. */
export class ActionDecoder {
  readonly #robot: RobotSpec;
  readonly #joints: Int32Array;
  readonly #rowSize: number;
  readonly #offsets: ReadonlyMap<string, number>;

  constructor(robot: RobotSpec, declaration: StreamDeclaration) {
    this.#robot = robot;
    this.#rowSize = rowSize(declaration);
    this.#offsets = fieldOffsets(declaration);
    this.#joints = jointIndices(robot, declaration.fields[1].labels ?? []);
  }

  /**
   * Writes a chunk. Gains are those of the first row. Throws `RefusedError` for too many rows.
   *
   * @param start when the frame's own time is, s, on the motor loop's clock
   */
  decode({ values }: Pick<Frame, "values">, start: number, out: TargetChunk): void {
    const rows = values.length / this.#rowSize;
    if (rows > MAX_CHUNK_POINTS)
      throw new RefusedError(
        "BAD_VALUE",
        `A chunk of ${rows} rows is too long.`,
        `Send ${MAX_CHUNK_POINTS} at most.`,
      );
    const { joints } = this.#robot;
    out.count = rows;
    for (const [j, joint] of joints.entries()) {
      out.kp[j] = joint.kp;
      out.kd[j] = joint.kd;
    }
    this.#spread(values, 0, "kp", out.kp, 0);
    this.#spread(values, 0, "kd", out.kd, 0);
    for (let row = 0; row < rows; row++) {
      const at = row * joints.length;
      out.time[row] = start + values[row * this.#rowSize];
      for (let j = 0; j < joints.length; j++) {
        out.q[at + j] = joints[j].default;
        out.dq[at + j] = 0;
        out.tau[at + j] = 0;
      }
      this.#spread(values, row, "q", out.q, at);
      this.#spread(values, row, "dq", out.dq, at);
      this.#spread(values, row, "tau", out.tau, at);
    }
  }

  #spread(values: Float32Array, row: number, field: string, out: Float64Array, at: number): void {
    const offset = this.#offsets.get(field);
    if (offset === undefined) return;
    for (let k = 0; k < this.#joints.length; k++)
      out[at + this.#joints[k]] = values[row * this.#rowSize + offset + k];
  }
}
