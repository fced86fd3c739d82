import { encodeEntry } from "./encode.ts";
import { OnnxFormatError } from "./errors.ts";
import { MODEL } from "./proto-fields.ts";
import { decodeEntry } from "./tensor-proto.ts";
import { MessageWriter, readFields } from "./wire-format.ts";

/** The texts stored beside the graph, without decoding the graph. Throws `OnnxFormatError` for damaged bytes. */
export function readMetadata(bytes: Uint8Array): Map<string, string> {
  const metadata = new Map<string, string>();
  let hasGraph = false;
  for (const field of readFields(bytes)) {
    hasGraph ||= field.number === MODEL.graph;
    if (field.number === MODEL.metadataProps) metadata.set(...decodeEntry(field.bytes()));
  }
  if (!hasGraph) throw new OnnxFormatError("The bytes are not an ONNX model.", "Name an .onnx file.");
  return metadata;
}

/**
 * The model with these metadata added or replaced, as new bytes. Everything else, weights and fields unknown to us
 * included, stays byte for byte as it was. Throws `OnnxFormatError` for damaged bytes.
 */
export function withMetadata(bytes: Uint8Array, entries: Readonly<Record<string, string>>): Uint8Array {
  const out = new MessageWriter();
  readMetadata(bytes);
  for (const field of readFields(bytes)) {
    const isReplaced =
      field.number === MODEL.metadataProps && Object.hasOwn(entries, decodeEntry(field.bytes())[0]);
    if (!isReplaced) out.verbatim(field.encoded);
  }
  for (const [key, value] of Object.entries(entries)) encodeEntry(key, value, out);
  return out.finish().slice();
}
