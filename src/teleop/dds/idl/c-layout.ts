import { UnknownNameError } from "../../../common/index.ts";
import type { IdlPrimitive, IdlStruct, IdlType } from "./idl-type.ts";

/** Where a type lives in memory on a 64-bit little-endian machine, bytes. */
export interface Extent {
  readonly size: number;
  readonly align: number;
}

/** One member of a laid-out struct. */
export interface Member {
  readonly name: string;
  readonly type: IdlType;
  /** From the struct's start, bytes. */
  readonly offset: number;
  /** Bytes from one element to the next in an array, and of the whole otherwise. */
  readonly stride: number;
}

/**
 * A struct as a C compiler lays it out: what Cyclone DDS reads and writes, and what Unitree's checksum runs over.
 * Throws `UnknownNameError` for members that do not exist.
 */
export class CLayout implements Extent {
  readonly type: IdlStruct;
  readonly size: number;
  readonly align: number;
  readonly members: readonly Member[];

  constructor(type: IdlStruct) {
    let end = 0;
    let align = 1;
    this.type = type;
    this.members = type.members.map(([name, member]) => {
      const extent = extentOf(member);
      const offset = roundUp(end, extent.align);
      end = offset + extent.size;
      align = Math.max(align, extent.align);
      return { name, type: member, offset, stride: strideOf(member, extent) };
    });
    this.align = align;
    this.size = roundUp(end, align);
  }

  has(name: string): boolean {
    return this.members.some((member) => member.name === name);
  }

  member(name: string): Member {
    const found = this.members.find((member) => member.name === name);
    if (found !== undefined) return found;
    throw new UnknownNameError(
      `member of ${this.type.name}`,
      name,
      this.members.map((member) => member.name),
    );
  }

  /** Offset of a member at a path such as "imu_state.gyroscope"; an array of structs leads to its first element's. */
  offset(path: string): number {
    const [name, ...rest] = path.split(".");
    const { offset, type } = this.member(name);
    if (rest.length === 0) return offset;
    return offset + new CLayout(structIn(type, path)).offset(rest.join("."));
  }

  /** Bytes between the elements of an array member. */
  stride(name: string): number {
    return this.member(name).stride;
  }
}

const PRIMITIVE_SIZE: Readonly<Record<IdlPrimitive, number>> = {
  u8: 1,
  bool: 1,
  i16: 2,
  u16: 2,
  i32: 4,
  u32: 4,
  f32: 4,
  i64: 8,
};

/** Size and alignment of any type. Strings are pointers; sequences are {maximum, length, pointer, release}. */
export function extentOf(type: IdlType): Extent {
  if (type === "string") return { size: 8, align: 8 };
  if (typeof type === "string") return { size: PRIMITIVE_SIZE[type], align: PRIMITIVE_SIZE[type] };
  if (type.kind === "struct") return new CLayout(type);
  if (type.kind === "sequence") return { size: 24, align: 8 };
  const element = extentOf(type.of);
  return { size: element.size * type.length, align: element.align };
}

function strideOf(type: IdlType, whole: Extent): number {
  return typeof type === "object" && type.kind === "array" ? whole.size / type.length : whole.size;
}

function structIn(type: IdlType, path: string): IdlStruct {
  if (typeof type === "object" && type.kind === "struct") return type;
  if (typeof type === "object" && type.kind === "array" && typeof type.of === "object") return type.of;
  throw new UnknownNameError("struct on the path", path, []);
}

function roundUp(value: number, align: number): number {
  return Math.ceil(value / align) * align;
}
