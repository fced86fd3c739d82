/** Writes the kind of file that torch.jit.save writes, as far as policies need it; a test's stand-in for PyTorch. */
export type Module = { className: string; code: string; attributes: Record<string, Attribute> };
export type Attribute = Module | Tensor | boolean | null;
export type Tensor = { dims: number[]; values: ArrayLike<number> };

/** A plain layer of torch.nn, with the constants that its class states. */
export function layer(
  kind: string,
  attributes: Record<string, Attribute> = {},
  constants: Record<string, string> = {},
): Module {
  const file = { Linear: "linear", LSTM: "rnn", GRU: "rnn", Sequential: "container" }[kind] ?? "activation";
  const lines = Object.entries(constants).map(([name, value]) => `  ${name} : Final[float] = ${value}\n`);
  return {
    className: `__torch__.torch.nn.modules.${file}.${kind}`,
    code: `class ${kind}(Module):\n${lines.join("")}  def forward(self) -> Tensor:\n    return input\n`,
    attributes: { training: false, _is_full_backward_hook: null, ...attributes },
  };
}

export const linear = (weight: Tensor, bias: ArrayLike<number>): Module =>
  layer("Linear", { weight, bias: { dims: [bias.length], values: bias } });

export const sequential = (...layers: Module[]): Module =>
  layer("Sequential", Object.fromEntries(layers.map((each, i) => [String(i), each])));

/** An exporter's module around parts, with the body of its forward function. */
export function exporter(parts: Record<string, Attribute>, forward: string): Module {
  return {
    className: "__torch__.helpers.PolicyExporter",
    code: `class PolicyExporter(Module):\n  def forward(self, x: Tensor) -> Tensor:\n    ${forward}\n  def reset_memory(self) -> NoneType:\n    return torch.zeros(1)\n`,
    attributes: parts,
  };
}

/** The archive's bytes. */
export function torchArchive(root: Module): Uint8Array {
  const files = new Map<string, Uint8Array>();
  const pickle = new Pickle(files);
  files.set("policy/data.pkl", pickle.write(root));
  files.set("policy/byteorder", new TextEncoder().encode("little"));
  return zip(files);
}

/** Raw opcodes of pickle protocol 2, just those that TorchScript's writer uses. */
class Pickle {
  readonly #files: Map<string, Uint8Array>;
  readonly #bytes: number[] = [];
  #storages = 0;

  constructor(files: Map<string, Uint8Array>) {
    this.#files = files;
  }

  write(root: Module): Uint8Array {
    this.#raw("\x80\x02");
    this.#value(root);
    this.#raw(".");
    return Uint8Array.from(this.#bytes);
  }

  #value(value: Attribute): void {
    if (value === null) this.#raw("N");
    else if (typeof value === "boolean") this.#raw(value ? "\x88" : "\x89");
    else if ("dims" in value) this.#tensor(value);
    else this.#module(value);
  }

  #module({ className, code, attributes }: Module): void {
    const parts = className.split(".");
    const name = parts.pop() ?? "";
    const path = `policy/code/${parts.join("/")}.py`;
    const before = this.#files.get(path);
    const text = (before === undefined ? "" : new TextDecoder().decode(before)) + code;
    this.#files.set(path, new TextEncoder().encode(text));
    this.#raw(`c${parts.join(".")}\n${name}\n)\x81}(`);
    for (const [key, value] of Object.entries(attributes)) {
      this.#text(key);
      this.#value(value);
    }
    this.#raw("ub");
  }

  #tensor({ dims, values }: Tensor): void {
    const key = String(this.#storages++);
    this.#files.set(`policy/data/${key}`, new Uint8Array(Float32Array.from(values).buffer));
    this.#raw("ctorch._utils\n_rebuild_tensor_v2\n((");
    this.#text("storage");
    this.#raw("ctorch\nFloatStorage\n");
    this.#text(key);
    this.#text("cpu");
    this.#int(values.length);
    this.#raw("tQ");
    this.#int(0);
    this.#raw("(");
    for (const dim of dims) this.#int(dim);
    this.#raw("t(");
    for (let i = 0; i < dims.length; i++) this.#int(dims.slice(i + 1).reduce((a, b) => a * b, 1));
    this.#raw("t\x89ccollections\nOrderedDict\n)RtR");
  }

  #text(text: string): void {
    const bytes = new TextEncoder().encode(text);
    this.#raw("X");
    this.#uint32(bytes.length);
    this.#bytes.push(...bytes);
  }

  #int(value: number): void {
    this.#raw("J");
    this.#uint32(value);
  }

  #uint32(value: number): void {
    this.#bytes.push(value & 255, (value >> 8) & 255, (value >> 16) & 255, value >>> 24);
  }

  #raw(text: string): void {
    for (const char of text) this.#bytes.push(char.charCodeAt(0));
  }
}

/** A zip archive without compression. */
export function zip(files: ReadonlyMap<string, Uint8Array>): Uint8Array {
  const parts: Uint8Array[] = [];
  const directory: Uint8Array[] = [];
  let offset = 0;
  for (const [path, content] of files) {
    const name = new TextEncoder().encode(path);
    const local = header(
      0x04034b50,
      30,
      [
        [14, crc32(content)],
        [18, content.length],
        [22, content.length],
      ],
      [[26, name.length]],
    );
    const central = header(
      0x02014b50,
      46,
      [
        [16, crc32(content)],
        [20, content.length],
        [24, content.length],
        [42, offset],
      ],
      [[28, name.length]],
    );
    parts.push(local, name, content);
    directory.push(central, name);
    offset += local.length + name.length + content.length;
  }
  const size = directory.reduce((sum, part) => sum + part.length, 0);
  const end = header(
    0x06054b50,
    22,
    [
      [12, size],
      [16, offset],
    ],
    [
      [8, files.size],
      [10, files.size],
    ],
  );
  return new Uint8Array(Buffer.concat([...parts, ...directory, end]));
}

function header(
  magic: number,
  length: number,
  words: [number, number][],
  halves: [number, number][],
): Uint8Array {
  const view = new DataView(new ArrayBuffer(length));
  view.setUint32(0, magic, true);
  for (const [at, value] of words) view.setUint32(at, value, true);
  for (const [at, value] of halves) view.setUint16(at, value, true);
  return new Uint8Array(view.buffer);
}

function crc32(bytes: Uint8Array): number {
  let crc = -1;
  for (const byte of bytes) {
    crc ^= byte;
    for (let k = 0; k < 8; k++) crc = (crc >>> 1) ^ (0xedb88320 & -(crc & 1));
  }
  return (crc ^ -1) >>> 0;
}
