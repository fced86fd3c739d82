import { decodeModel } from "./decode.ts";
import { encodeModel } from "./encode.ts";
import { OnnxFormatError } from "./errors.ts";
import { GRAPH, MODEL, TENSOR } from "./proto-fields.ts";
import { decodeEntry, type ExternalData } from "./tensor-proto.ts";
import { readFields } from "./wire-format.ts";

/**
 * Names of the files beside a model that hold its large tensors, as recent exporters write them; none for a model in
 * one file. Throws `OnnxFormatError` for damaged bytes, and for a name that leads out of the model's folder.
 */
export function externalDataFiles(bytes: Uint8Array): string[] {
  const locations = new Set<string>();
  for (const graph of fieldsOf(bytes, MODEL.graph))
    for (const tensor of fieldsOf(graph, GRAPH.initializer))
      for (const entry of fieldsOf(tensor, TENSOR.externalData)) {
        const [key, value] = decodeEntry(entry);
        if (key === "location") locations.add(plainName(value));
      }
  return [...locations];
}

/** The model in one file. Throws `OnnxFormatError` where a file is missing or does not fit. */
export function withExternalData(bytes: Uint8Array, files: ExternalData): Uint8Array {
  return encodeModel(decodeModel(bytes, files));
}

function* fieldsOf(message: Uint8Array, number: number): Generator<Uint8Array> {
  for (const field of readFields(message)) if (field.number === number) yield field.bytes();
}

function plainName(location: string): string {
  if (location !== "" && !/[\\/:\0]/.test(location) && location !== "." && location !== "..") return location;
  throw new OnnxFormatError(
    `The model keeps values in "${location}", which is not a file beside it.`,
    "Save the model in one file (onnx.save with save_as_external_data=False).",
  );
}
