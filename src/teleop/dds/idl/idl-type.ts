/** Numbers and truths as IDL knows them; `u8` is IDL's octet. */
export type IdlPrimitive = "u8" | "i16" | "u16" | "i32" | "u32" | "i64" | "f32" | "bool";

/** A fixed number of elements in place. */
export interface IdlArray {
  readonly kind: "array";
  readonly of: IdlPrimitive | IdlStruct;
  readonly length: number;
}

/** Any number of elements, elsewhere in memory. */
export interface IdlSequence {
  readonly kind: "sequence";
  readonly of: IdlPrimitive;
}

/** A final struct without keys: members in order. */
export interface IdlStruct {
  readonly kind: "struct";
  /** Fully qualified, as it travels: "unitree_hg::msg::dds_::LowCmd_". */
  readonly name: string;
  readonly members: readonly (readonly [name: string, type: IdlType])[];
}

export type IdlType = IdlPrimitive | "string" | IdlArray | IdlSequence | IdlStruct;

/** A struct type; the order of `members` is the order on the wire. */
export function struct(name: string, members: Readonly<Record<string, IdlType>>): IdlStruct {
  return { kind: "struct", name, members: Object.entries(members) };
}

export function array(of: IdlArray["of"], length: number): IdlArray {
  return { kind: "array", of, length };
}

export function sequence(of: IdlPrimitive): IdlSequence {
  return { kind: "sequence", of };
}
