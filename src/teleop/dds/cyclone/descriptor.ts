import { CLayout } from "../idl/c-layout.ts";
import type { IdlStruct, IdlType } from "../idl/idl-type.ts";
import { serializerOps } from "../idl/serializer-ops.ts";
import { type CycloneLibrary, stableBytes } from "./library.ts";

/** A topic's type as Cyclone DDS takes it. `bytes` points into `kept`: hold both as long as the topic lives. */
export interface TopicDescriptor {
  readonly bytes: Uint8Array;
  readonly kept: readonly Uint8Array[];
}

// dds_topic_descriptor_t of Cyclone 0.10, 64 bit: 96 bytes. Without type information, which all readers do without.
const SIZE = 96;
const AT = { size: 0, align: 4, flags: 8, typeName: 16, opCount: 32, ops: 40, meta: 48 } as const;
const FIXED_SIZE = 1 << 4;

/** Builds the descriptor of a keyless topic. */
export function topicDescriptor(library: CycloneLibrary, type: IdlStruct): TopicDescriptor {
  const layout = new CLayout(type);
  const { words, instructions } = serializerOps(type);
  const ops = stableBytes(words.byteLength);
  ops.set(new Uint8Array(words.buffer));
  const name = cString(type.name);
  const meta = cString("");
  const bytes = stableBytes(SIZE);
  const view = new DataView(bytes.buffer);
  view.setUint32(AT.size, layout.size, true);
  view.setUint32(AT.align, layout.align, true);
  view.setUint32(AT.flags, isFixedSize(type) ? FIXED_SIZE : 0, true);
  view.setBigUint64(AT.typeName, library.addressOf(name), true);
  view.setUint32(AT.opCount, instructions, true);
  view.setBigUint64(AT.ops, library.addressOf(ops), true);
  view.setBigUint64(AT.meta, library.addressOf(meta), true);
  return { bytes, kept: [ops, name, meta] };
}

/** Whether a type has neither strings nor sequences, so that a sample is one block of memory. */
function isFixedSize(type: IdlType): boolean {
  if (typeof type === "string") return type !== "string";
  if (type.kind === "struct") return type.members.every(([, member]) => isFixedSize(member));
  return type.kind === "array" && isFixedSize(type.of);
}

/** A NUL-terminated string at a stable address. */
export function cString(text: string): Uint8Array {
  const encoded = new TextEncoder().encode(text);
  const bytes = stableBytes(encoded.length + 1);
  bytes.set(encoded);
  return bytes;
}
