import { unzlibSync, zlibSync } from "fflate";
import { ContrappostoError, errorMessage, joinBytes } from "../../../common/index.ts";
import { type Demo, DemoHeader, DemoInfo, pictureCount } from "./demo.ts";

/** The bytes are not a demonstration file, or are damaged. */
export class DemoFileError extends ContrappostoError {
  readonly code = "DEMO_FILE";

  constructor(problem: string, options?: ErrorOptions) {
    super(`This is no whole demonstration file: ${problem}.`, "Make the demonstrations again.", options);
  }
}

const MAGIC = "CPDEMO01";

/**
 * The beginning of a demonstration file: eight letters, the header's length (uint32, little-endian) and the header as
 * JSON. Episodes follow, each from `encodeDemo`, until the file ends; files of one header can thus be joined.
 */
export function encodeDemoHeader(header: DemoHeader): Uint8Array {
  return joinBytes([new TextEncoder().encode(MAGIC), block(json(DemoHeader.parse(header)))]);
}

/**
 * One episode: its facts as JSON and its numbers, each with a length before it (uint32). The numbers are one zlib stream:
 * proprioception and actions as float32, little-endian, then each camera's pictures, of which all but the first are
 * stored as the difference from the one before, modulo 256, because little moves between two.
 */
export function encodeDemo(demo: Demo, header: DemoHeader): Uint8Array {
  const pictures = header.cameras.map(({ camera, width, height }) => {
    const raw = demo.images.get(camera);
    if (raw === undefined) throw new RangeError(`The demonstration has no pictures of "${camera}".`);
    return differences(raw, 3 * width * height);
  });
  const numbers = [demo.proprioception, demo.actions].map(littleEndian);
  const payload = zlibSync(joinBytes([...numbers, ...pictures]), { level: 6 });
  return joinBytes([block(json(DemoInfo.parse(demo.info))), block(payload)]);
}

/** A demonstration file in memory. Facts are read at once, numbers when an episode is asked for. */
export class DemoFile {
  readonly header: DemoHeader;
  readonly infos: readonly DemoInfo[];
  readonly #payloads: readonly Uint8Array[];

  /** Throws `DemoFileError` where the bytes are not such a file or end too soon. */
  constructor(bytes: Uint8Array) {
    const reader = new Reader(bytes);
    if (new TextDecoder().decode(reader.take(MAGIC.length)) !== MAGIC)
      throw new DemoFileError(`it does not begin with ${MAGIC}`);
    this.header = parsed(DemoHeader, reader.block(), "its header");
    const infos: DemoInfo[] = [];
    const payloads: Uint8Array[] = [];
    while (!reader.isAtEnd) {
      infos.push(parsed(DemoInfo, reader.block(), `the facts of episode ${infos.length}`));
      payloads.push(reader.block());
    }
    this.infos = infos;
    this.#payloads = payloads;
  }

  get episodeCount(): number {
    return this.infos.length;
  }

  /** Unpacks one episode into arrays of its own. Throws `DemoFileError` where its numbers are damaged. */
  read(episode: number): Demo {
    const info = this.infos[episode];
    const payload = this.#payloads[episode];
    if (info === undefined || payload === undefined) throw new RangeError(`There is no episode ${episode}.`);
    const { cameras, imageStride, actionNames, proprioceptionNames } = this.header;
    const reader = new Reader(inflated(payload, episode));
    const floats = (count: number) => fromLittleEndian(reader.take(4 * count));
    const proprioception = floats(info.frames * proprioceptionNames.length);
    const actions = floats(info.frames * actionNames.length);
    const pictures = pictureCount(info.frames, imageStride);
    const images = new Map(
      cameras.map(({ camera, width, height }) => {
        const size = 3 * width * height;
        return [camera, sums(reader.take(pictures * size), size)] as const;
      }),
    );
    if (!reader.isAtEnd) throw new DemoFileError(`episode ${episode} is longer than its facts say`);
    return { info, proprioception, actions, images };
  }
}

class Reader {
  readonly #bytes: Uint8Array;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  get isAtEnd(): boolean {
    return this.#at === this.#bytes.length;
  }

  take(count: number): Uint8Array {
    const end = this.#at + count;
    if (end > this.#bytes.length)
      throw new DemoFileError(`it ends at byte ${this.#bytes.length}, before ${end}`);
    const part = this.#bytes.subarray(this.#at, end);
    this.#at = end;
    return part;
  }

  block(): Uint8Array {
    const head = this.take(4);
    return this.take(new DataView(head.buffer, head.byteOffset, 4).getUint32(0, true));
  }
}

function parsed<T>(schema: { parse(value: unknown): T }, bytes: Uint8Array, what: string): T {
  try {
    return schema.parse(JSON.parse(new TextDecoder().decode(bytes)));
  } catch (cause) {
    throw new DemoFileError(`${what} cannot be read`, { cause });
  }
}

function inflated(payload: Uint8Array, episode: number): Uint8Array {
  try {
    return unzlibSync(payload);
  } catch (cause) {
    throw new DemoFileError(`the numbers of episode ${episode}: ${errorMessage(cause)}`, { cause });
  }
}

function json(value: unknown): Uint8Array {
  return new TextEncoder().encode(JSON.stringify(value));
}

function block(bytes: Uint8Array): Uint8Array {
  const length = new Uint8Array(4);
  new DataView(length.buffer).setUint32(0, bytes.length, true);
  return joinBytes([length, bytes]);
}

function differences(raw: Uint8Array, size: number): Uint8Array {
  const out = raw.slice();
  for (let i = size; i < out.length; i++) out[i] = raw[i] - raw[i - size];
  return out;
}

function sums(stored: Uint8Array, size: number): Uint8Array {
  const out = stored.slice();
  for (let i = size; i < out.length; i++) out[i] += out[i - size];
  return out;
}

function littleEndian(values: Float32Array): Uint8Array {
  const out = new Uint8Array(4 * values.length);
  const view = new DataView(out.buffer);
  for (let i = 0; i < values.length; i++) view.setFloat32(4 * i, values[i], true);
  return out;
}

function fromLittleEndian(bytes: Uint8Array): Float32Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Float32Array.from({ length: bytes.length / 4 }, (_, i) => view.getFloat32(4 * i, true));
}
