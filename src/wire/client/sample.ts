import { UnknownNameError } from "../../common/index.ts";
import { FrameError } from "../errors.ts";
import { FRAME_FLAG, type Frame } from "../frame.ts";
import { fieldOffsets, fitsStream, rowSize, type StreamDeclaration } from "../messages/stream.ts";

/** Reads frames of one declared stream by the names of its fields. */
export class StreamReader {
  readonly declaration: StreamDeclaration;
  readonly rowSize: number;
  readonly #places: ReadonlyMap<string, { readonly offset: number; readonly size: number }>;

  constructor(declaration: StreamDeclaration) {
    this.declaration = declaration;
    this.rowSize = rowSize(declaration);
    const offsets = fieldOffsets(declaration);
    this.#places = new Map(
      declaration.fields.map(({ name, size }) => [name, { offset: offsets.get(name) ?? 0, size }]),
    );
  }

  /** Throws `FrameError` where the frame has another size than the stream. */
  read(frame: Frame): Sample {
    if (!fitsStream(this.declaration, frame.values.length))
      throw new FrameError(`${frame.values.length} values are no sample of "${this.declaration.name}".`);
    return new Sample(this, frame);
  }

  has(field: string): boolean {
    return this.#places.has(field);
  }

  /** Throws `UnknownNameError` with the fields that exist. */
  place(field: string): { readonly offset: number; readonly size: number } {
    const place = this.#places.get(field);
    if (place === undefined)
      throw new UnknownNameError(`field in stream "${this.declaration.name}"`, field, this.#places.keys());
    return place;
  }
}

/** One sample of a stream. Its values belong to whoever got it. */
export class Sample {
  readonly reader: StreamReader;
  /** Server clock, ns. */
  readonly timeNs: number;
  readonly sequence: number;
  /** It does not follow from the sample before: the robot was put somewhere. */
  readonly isDiscontinuous: boolean;
  readonly values: Float32Array;

  constructor(reader: StreamReader, { timeNs, sequence, flags, values }: Frame) {
    this.reader = reader;
    this.timeNs = timeNs;
    this.sequence = sequence;
    this.isDiscontinuous = (flags & FRAME_FLAG.discontinuity) !== 0;
    this.values = values;
  }

  /** How many rows there are; 1 in a stream of records. */
  get rows(): number {
    return this.values.length / this.reader.rowSize;
  }

  /** A view of one field. Throws `UnknownNameError`. */
  field(name: string, row = 0): Float32Array {
    const { offset, size } = this.reader.place(name);
    const at = row * this.reader.rowSize + offset;
    return this.values.subarray(at, at + size);
  }
}
