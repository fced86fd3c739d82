import { CLayout, extentOf } from "./c-layout.ts";
import type { IdlPrimitive, IdlStruct, IdlType } from "./idl-type.ts";

/** The program by which Cyclone DDS 0.10 walks a C struct to serialise it. */
export interface SerializerOps {
  readonly words: Uint32Array;
  /** Instructions, of one or more words each. */
  readonly instructions: number;
}

// dds_stream_opcode, _typecode and _typecode_flags of Cyclone's dds_opcodes.h: opcode in bits 24 to 31, type in 16 to
// 23, element type in 8 to 15, flags below.
const RETURN = 0;
const ADDRESS = 0x01 << 24;
const FLOATING = 2;
const SIGNED = 4;
const TYPE = { string: 5, sequence: 7, array: 8, struct: 10, external: 13 } as const;

const PRIMITIVE: Readonly<Record<IdlPrimitive, readonly [code: number, flags: number]>> = {
  u8: [1, 0],
  u16: [2, 0],
  i16: [2, SIGNED],
  u32: [3, 0],
  i32: [3, SIGNED],
  f32: [3, FLOATING],
  i64: [4, SIGNED],
  bool: [14, 0],
};

/**
 * The program for a struct, word for word as Cyclone's own IDL compiler writes it: the struct's members, then each
 * nested struct once, in the order in which they are first met.
 */
export function serializerOps(root: IdlStruct): SerializerOps {
  const words: number[] = [];
  const starts = new Map<IdlStruct, number>();
  const jumps: { readonly at: number; readonly from: number; readonly to: IdlStruct }[] = [];
  const queue = [root];
  let instructions = 0;
  for (const type of queue) {
    starts.set(type, words.length);
    for (const { type: member, offset } of new CLayout(type).members) {
      const nested = emit(words, jumps, member, offset);
      if (nested !== undefined && !queue.includes(nested)) queue.push(nested);
      instructions++;
    }
    words.push(RETURN);
    instructions++;
  }
  for (const { at, from, to } of jumps) words[at] += (starts.get(to) ?? 0) - from;
  return { words: Uint32Array.from(words), instructions };
}

/** Appends one member's instruction; returns the struct that it leads to, whose address is filled in later. */
function emit(
  words: number[],
  jumps: { at: number; from: number; to: IdlStruct }[],
  type: IdlType,
  offset: number,
): IdlStruct | undefined {
  const from = words.length;
  if (type === "string") return void words.push(instruction(TYPE.string), offset);
  if (typeof type === "string") {
    const [code, flags] = PRIMITIVE[type];
    return void words.push(instruction(code, 0, flags), offset);
  }
  if (type.kind === "struct") {
    words.push(instruction(TYPE.external), offset, 3 << 16);
    jumps.push({ at: from + 2, from, to: type });
    return type;
  }
  if (type.kind === "sequence") {
    const [code, flags] = PRIMITIVE[type.of];
    return void words.push(instruction(TYPE.sequence, code, flags), offset);
  }
  if (typeof type.of === "string") {
    const [code, flags] = PRIMITIVE[type.of];
    return void words.push(instruction(TYPE.array, code, flags), offset, type.length);
  }
  words.push(instruction(TYPE.array, TYPE.struct), offset, type.length, 5 << 16, extentOf(type.of).size);
  jumps.push({ at: from + 3, from, to: type.of });
  return type.of;
}

function instruction(type: number, element = 0, flags = 0): number {
  return ADDRESS | (type << 16) | (element << 8) | flags;
}
