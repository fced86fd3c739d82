import { ONNX_ELEMENT_TYPES, type OnnxElementType, type OnnxTensor } from "../onnx/index.ts";
import { TensorMismatchError } from "./errors.ts";

/** Values with their shape, row-major: what goes in and out of a session. An `OnnxTensor` is one. */
export type TensorValue = Pick<OnnxTensor, "type" | "dims" | "data">;

/** A graph's input or output: a symbol such as "batch" stands for a dimension that the caller chooses. */
export interface TensorInfo {
  readonly name: string;
  readonly type: OnnxElementType;
  readonly dims: readonly (number | string)[];
}

/** Throws `TensorMismatchError` unless the tensor has the port's type and shape, and as many values as its shape says. */
export function checkTensor(port: TensorInfo, tensor: TensorValue): void {
  const fits = port.dims.every((dim, i) => typeof dim === "string" || dim === tensor.dims[i]);
  if (port.type !== tensor.type || port.dims.length !== tensor.dims.length || !fits)
    throw new TensorMismatchError(
      `"${port.name}" is ${describe(port)}, but ${describe(tensor)} was given.`,
      "Check that policy and robot, or graph and data, belong together.",
    );
  const size = tensor.dims.reduce((product, dim) => product * dim, 1);
  if (tensor.data.length !== size)
    throw new TensorMismatchError(
      `"${port.name}" of shape [${tensor.dims.join(", ")}] needs ${size} values, but ${tensor.data.length} were given.`,
      "Give as many values as the shape multiplies to.",
    );
}

/** Zeros in the port's type and shape. Throws `TensorMismatchError` for a symbol that `symbols` does not resolve. */
export function zeros(port: TensorInfo, symbols: Readonly<Record<string, number>>): TensorValue {
  const dims = port.dims.map((dim) => {
    const length = typeof dim === "number" ? dim : symbols[dim];
    if (length !== undefined) return length;
    throw new TensorMismatchError(
      `The dimension "${dim}" of "${port.name}" ${describe(port)} is open.`,
      `Say how long it is, for instance { ${dim || "batch"}: 1 }.`,
    );
  });
  const size = dims.reduce((product, dim) => product * dim, 1);
  return { type: port.type, dims, data: new ONNX_ELEMENT_TYPES[port.type].array(size) };
}

/** The port of this name. Throws `TensorMismatchError` listing those that exist. */
export function findPort(ports: readonly TensorInfo[], kind: string, name: string): TensorInfo {
  const port = ports.find((candidate) => candidate.name === name);
  if (port !== undefined) return port;
  throw new TensorMismatchError(
    `The graph has no ${kind} "${name}".`,
    `It has: ${ports.map((each) => `${each.name} ${describe(each)}`).join(", ")}.`,
  );
}

function describe({ type, dims }: { type: string; dims: readonly (number | string)[] }): string {
  return `${type} [${dims.map((dim) => (dim === "" ? "?" : dim)).join(", ")}]`;
}
