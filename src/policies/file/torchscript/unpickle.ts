import { PolicyFileError, UnsafePickleError } from "../errors.ts";

/** What a pickle of weights can hold. Tuples and lists are arrays, dictionaries maps. */
export type PickleValue =
  | null
  | boolean
  | number
  | string
  | PickledGlobal
  | PickledObject
  | PickledTensor
  | StorageReference
  | PickleValue[]
  | Map<PickleValue, PickleValue>;

/** A name that the pickle refers to: never looked up, never called. */
class PickledGlobal {
  readonly name: string;

  constructor(name: string) {
    this.name = name;
  }
}

/** A module of a TorchScript archive: its class name and its attributes. */
export class PickledObject {
  readonly className: string;
  attributes: ReadonlyMap<PickleValue, PickleValue> = new Map();

  constructor(className: string) {
    this.className = className;
  }
}

/** The block of numbers that tensors look into: element type, file name in `data/`, and length. */
class StorageReference {
  readonly type: string;
  readonly key: string;
  readonly length: number;

  constructor(type: string, key: string, length: number) {
    this.type = type;
    this.key = key;
    this.length = length;
  }
}

/** A view on a storage, as `torch._utils._rebuild_tensor_v2` describes it; offset and strides in elements. */
export class PickledTensor {
  readonly storage: StorageReference;
  readonly offset: number;
  readonly shape: readonly number[];
  readonly strides: readonly number[];

  constructor(
    storage: StorageReference,
    offset: number,
    shape: readonly number[],
    strides: readonly number[],
  ) {
    this.storage = storage;
    this.offset = offset;
    this.shape = shape;
    this.strides = strides;
  }
}

/**
 * Reads the pickle of a TorchScript archive as plain data. It knows the opcodes of protocol 2 and a short list of
 * names; anything else is refused, so a pickle cannot make anything happen.
 * Throws `UnsafePickleError` for what is refused and `PolicyFileError` for damaged bytes.
 */
export function unpickle(bytes: Uint8Array): PickleValue {
  try {
    return new Machine(bytes).run();
  } catch (cause) {
    if (cause instanceof PolicyFileError) throw cause;
    throw damaged(cause);
  }
}

const MARK = Symbol("mark");
type StackItem = PickleValue | typeof MARK;

class Machine {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  readonly #stack: StackItem[] = [];
  readonly #memo = new Map<number, PickleValue>();
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  run(): PickleValue {
    for (;;) {
      const opcode = String.fromCharCode(this.#view.getUint8(this.#at++));
      if (opcode === ".") return this.#pop();
      const step = OPCODES.get(opcode);
      if (step === undefined)
        throw new UnsafePickleError(
          `The pickle uses the instruction 0x${opcode.charCodeAt(0).toString(16)}, which weights do not need.`,
          "Save the policy with torch.jit.save; other pickles are not read.",
        );
      step(this.#access);
    }
  }

  readonly #access: Access = {
    push: (value) => void this.#stack.push(value),
    pop: () => this.#pop(),
    top: () => {
      const value = this.#stack.at(-1);
      if (value === undefined || value === MARK) throw damaged();
      return value;
    },
    mark: () => void this.#stack.push(MARK),
    popToMark: () => {
      const from = this.#stack.lastIndexOf(MARK);
      if (from < 0) throw damaged();
      return this.#stack.splice(from).slice(1) as PickleValue[];
    },
    uint8: () => this.#view.getUint8(this.#skip(1)),
    uint16: () => this.#view.getUint16(this.#skip(2), true),
    uint32: () => this.#view.getUint32(this.#skip(4), true),
    int32: () => this.#view.getInt32(this.#skip(4), true),
    float64: () => this.#view.getFloat64(this.#skip(8)), // the one big-endian number in a pickle
    text: (length) => new TextDecoder().decode(this.#take(length)),
    bytes: (length) => this.#take(length),
    line: () => {
      const end = this.#bytes.indexOf(10, this.#at);
      if (end < 0) throw damaged();
      const text = new TextDecoder().decode(this.#bytes.subarray(this.#at, end));
      this.#at = end + 1;
      return text;
    },
    remember: (slot) => void this.#memo.set(slot, this.#access.top()),
    recall: (slot) => {
      const value = this.#memo.get(slot);
      if (value === undefined) throw damaged();
      this.#stack.push(value);
    },
  };

  #pop(): PickleValue {
    const value = this.#stack.pop();
    if (value === undefined || value === MARK) throw damaged();
    return value;
  }

  #skip(count: number): number {
    this.#at += count;
    return this.#at - count;
  }

  #take(length: number): Uint8Array {
    if (this.#at + length > this.#bytes.length) throw damaged();
    const start = this.#skip(length);
    return this.#bytes.subarray(start, start + length);
  }
}

/** What an instruction may do with the machine. */
interface Access {
  push(value: PickleValue): void;
  pop(): PickleValue;
  top(): PickleValue;
  mark(): void;
  popToMark(): PickleValue[];
  uint8(): number;
  uint16(): number;
  uint32(): number;
  int32(): number;
  float64(): number;
  text(length: number): string;
  bytes(length: number): Uint8Array;
  line(): string;
  remember(slot: number): void;
  recall(slot: number): void;
}

const OPCODES: ReadonlyMap<string, (m: Access) => void> = new Map<string, (m: Access) => void>([
  ["\x80", (m) => void m.uint8()], // protocol
  ["(", (m) => m.mark()],
  ["N", (m) => m.push(null)],
  ["\x88", (m) => m.push(true)],
  ["\x89", (m) => m.push(false)],
  ["K", (m) => m.push(m.uint8())],
  ["M", (m) => m.push(m.uint16())],
  ["J", (m) => m.push(m.int32())],
  ["G", (m) => m.push(m.float64())],
  ["\x8a", (m) => m.push(longInteger(m.bytes(m.uint8())))],
  ["X", (m) => m.push(m.text(m.uint32()))],
  [")", (m) => m.push([])],
  ["]", (m) => m.push([])],
  ["}", (m) => m.push(new Map())],
  ["t", (m) => m.push(m.popToMark())],
  ["\x85", (m) => m.push([m.pop()])],
  ["\x86", (m) => m.push([m.pop(), m.pop()].reverse())],
  ["\x87", (m) => m.push([m.pop(), m.pop(), m.pop()].reverse())],
  ["a", (m) => append(m, [m.pop()])],
  ["e", (m) => append(m, m.popToMark())],
  ["s", (m) => setItems(m, [m.pop(), m.pop()].reverse())],
  ["u", (m) => setItems(m, m.popToMark())],
  ["q", (m) => m.remember(m.uint8())],
  ["r", (m) => m.remember(m.uint32())],
  ["h", (m) => m.recall(m.uint8())],
  ["j", (m) => m.recall(m.uint32())],
  ["c", (m) => m.push(global(m.line(), m.line()))],
  ["\x81", newObject],
  ["b", build],
  ["R", reduce],
  ["Q", (m) => m.push(storage(m.pop()))],
]);

const KNOWN_GLOBALS: ReadonlySet<string> = new Set([
  "collections.OrderedDict",
  "torch._utils._rebuild_tensor_v2",
  "torch.jit._pickle.restore_type_tag",
  "torch.jit._pickle.build_tensorlist",
  "torch.jit._pickle.build_intlist",
  "torch.jit._pickle.build_doublelist",
  "torch.jit._pickle.build_boollist",
]);

function global(module: string, name: string): PickledGlobal {
  const path = `${module}.${name}`;
  if (path.startsWith("__torch__.") || KNOWN_GLOBALS.has(path) || /^torch\.[A-Za-z0-9]+Storage$/.test(path))
    return new PickledGlobal(path);
  throw new UnsafePickleError(
    `The pickle refers to "${path.slice(0, 80)}", which weights do not need.`,
    "It was not executed. Save the policy with torch.jit.save; other pickles are not read.",
  );
}

function newObject(m: Access): void {
  const argumentsTuple = m.pop();
  const type = m.pop();
  if (!(type instanceof PickledGlobal) || !type.name.startsWith("__torch__.")) throw damaged();
  if (!Array.isArray(argumentsTuple) || argumentsTuple.length > 0) throw damaged();
  m.push(new PickledObject(type.name));
}

function build(m: Access): void {
  const state = m.pop();
  const object = m.top();
  if (object instanceof Map) return; // attributes of an OrderedDict, as checkpoints have them
  if (!(object instanceof PickledObject) || !(state instanceof Map)) throw damaged();
  object.attributes = state;
}

/** Calls, by name, the few constructors that we know how to imitate. */
function reduce(m: Access): void {
  const args = m.pop();
  const callee = m.pop();
  if (!(callee instanceof PickledGlobal) || !Array.isArray(args)) throw damaged();
  m.push(construct(callee.name, args));
}

function construct(name: string, args: PickleValue[]): PickleValue {
  if (name === "collections.OrderedDict") return new Map();
  if (name === "torch._utils._rebuild_tensor_v2") return tensor(args);
  if (name.startsWith("torch.jit._pickle.") && args.length > 0) return args[0];
  throw damaged();
}

function tensor([source, offset, shape, strides]: PickleValue[]): PickledTensor {
  if (!(source instanceof StorageReference) || !isCount(offset) || !isCounts(shape) || !isCounts(strides))
    throw damaged();
  if (shape.length !== strides.length) throw damaged();
  return new PickledTensor(source, offset, shape, strides);
}

function storage(id: PickleValue): StorageReference {
  if (!Array.isArray(id)) throw damaged();
  const [tag, type, key, , length] = id;
  if (tag !== "storage" || !(type instanceof PickledGlobal) || typeof key !== "string" || !isCount(length))
    throw damaged();
  return new StorageReference(type.name.replace(/^torch\./, ""), key, length);
}

function append(m: Access, values: PickleValue[]): void {
  const list = m.top();
  if (!Array.isArray(list)) throw damaged();
  for (const value of values) list.push(value);
}

function setItems(m: Access, flat: PickleValue[]): void {
  const dictionary = m.top();
  if (!(dictionary instanceof Map) || flat.length % 2 !== 0) throw damaged();
  for (let i = 0; i < flat.length; i += 2) dictionary.set(flat[i], flat[i + 1]);
}

function longInteger(bytes: Uint8Array): number {
  let value = 0n;
  for (const [i, byte] of bytes.entries()) value |= BigInt(byte) << BigInt(8 * i);
  return Number(BigInt.asIntN(8 * Math.max(1, bytes.length), value));
}

function isCount(value: PickleValue | undefined): value is number {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0;
}

function isCounts(value: PickleValue | undefined): value is number[] {
  return Array.isArray(value) && value.every(isCount);
}

function damaged(cause?: unknown): PolicyFileError {
  return new PolicyFileError(
    "The pickle inside the file is damaged.",
    "Copy or export the file again.",
    cause === undefined ? undefined : { cause },
  );
}
