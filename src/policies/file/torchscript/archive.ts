import { PolicyFileError, UnsupportedPolicyError } from "../errors.ts";
import { PickledObject, type PickledTensor, unpickle } from "./unpickle.ts";
import { readZip } from "./zip.ts";

const STORAGE_ARRAYS = new Map<string, Float32ArrayConstructor | Float64ArrayConstructor>([
  ["FloatStorage", Float32Array],
  ["DoubleStorage", Float64Array],
]);

/** A TorchScript archive opened as data: the tree of modules, their weights, and the text of their code. */
export class TorchArchive {
  readonly root: PickledObject;
  readonly #files: ReadonlyMap<string, Uint8Array>;
  readonly #prefix: string;

  private constructor(root: PickledObject, files: ReadonlyMap<string, Uint8Array>, prefix: string) {
    this.root = root;
    this.#files = files;
    this.#prefix = prefix;
  }

  /**
   * Opens a file that `torch.jit.save` wrote. Nothing in it is executed.
   * Throws `PolicyFileError`, `UnsafePickleError` or `UnsupportedPolicyError`.
   */
  static open(bytes: Uint8Array): TorchArchive {
    const files = readZip(bytes);
    const path = [...files.keys()].find((name) => /^[^/]+\/data\.pkl$/.test(name));
    const pickle = path === undefined ? undefined : files.get(path);
    if (path === undefined || pickle === undefined)
      throw new PolicyFileError("The archive holds no data.pkl.", "Name a file that torch.jit.save wrote.");
    const prefix = path.slice(0, -"data.pkl".length);
    checkByteOrder(files.get(`${prefix}byteorder`));
    const root = unpickle(pickle);
    if (!(root instanceof PickledObject))
      throw new UnsupportedPolicyError(
        "The file is a training checkpoint, not an exported policy.",
        "Export the policy with torch.jit.script(...).save(...), as legged_gym's play script does.",
      );
    return new TorchArchive(root, files, prefix);
  }

  /** A tensor's values, row-major, as float32. Throws where the file lacks them or they are no floats. */
  floats(tensor: PickledTensor): Float32Array {
    const { storage, shape, strides, offset } = tensor;
    const Values = STORAGE_ARRAYS.get(storage.type);
    if (Values === undefined)
      throw new UnsupportedPolicyError(
        `The weights are stored as ${storage.type}.`,
        "Export them as float32.",
      );
    const bytes = this.#files.get(`${this.#prefix}data/${storage.key}`);
    if (bytes === undefined)
      throw new PolicyFileError(`The archive lacks data/${storage.key}.`, "Export it again.");
    const values = new Values(bytes.slice().buffer, 0, Math.floor(bytes.length / Values.BYTES_PER_ELEMENT));
    const last = shape.reduce((at, length, axis) => at + (length - 1) * strides[axis], offset);
    const size = shape.reduce((product, length) => product * length, 1);
    if (size > 0 && (last >= values.length || size > values.length))
      throw new PolicyFileError(`data/${storage.key} is shorter than its tensor.`, "Export the file again.");
    return gather(values, tensor, size);
  }

  /** The source text of a class of the archive; empty where the archive has none. */
  classText(className: string): string {
    const parts = className.split(".");
    const name = parts.pop() ?? "";
    const file = this.#files.get(`${this.#prefix}code/${parts.join("/")}.py`);
    if (file === undefined) return "";
    const text = new TextDecoder().decode(file);
    const start = text.indexOf(`class ${name}(`);
    if (start < 0) return "";
    const end = text.indexOf("\nclass ", start + 1);
    return text.slice(start, end < 0 ? undefined : end);
  }
}

function gather(values: ArrayLike<number>, tensor: PickledTensor, size: number): Float32Array {
  const { shape, strides, offset } = tensor;
  const out = new Float32Array(size);
  const index = new Int32Array(shape.length);
  for (let i = 0, at = offset; i < size; i++) {
    out[i] = values[at];
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      at += strides[axis];
      if (++index[axis] < shape[axis]) break;
      at -= strides[axis] * shape[axis];
      index[axis] = 0;
    }
  }
  return out;
}

function checkByteOrder(file: Uint8Array | undefined): void {
  if (file !== undefined && new TextDecoder().decode(file) !== "little")
    throw new UnsupportedPolicyError(
      "The weights are stored in big-endian order.",
      "Export the policy on a little-endian machine.",
    );
}
