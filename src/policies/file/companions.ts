import { externalDataFiles, OnnxFormatError, withExternalData } from "../../learn/index.ts";
import { PolicyFileError } from "./errors.ts";
import { isZip } from "./torchscript/zip.ts";

/**
 * Names of the files beside a policy file that hold its weights, as PyTorch's newer ONNX exporter writes them
 * (`policy.onnx.data`); none for most. Throws `PolicyFileError` for bytes that are no policy.
 */
export function companionFiles(bytes: Uint8Array): readonly string[] {
  return asPolicy(() => (isZip(bytes) ? [] : externalDataFiles(bytes)));
}

/** The policy in one file, with its weights from the files beside it. Throws `PolicyFileError` where they do not fit. */
export function withCompanions(bytes: Uint8Array, files: ReadonlyMap<string, Uint8Array>): Uint8Array {
  return asPolicy(() => (files.size === 0 ? bytes : withExternalData(bytes, files)));
}

/** Says of a damaged ONNX file that it is no policy. */
export function asPolicy<T>(read: () => T): T {
  try {
    return read();
  } catch (cause) {
    if (!(cause instanceof OnnxFormatError)) throw cause;
    throw new PolicyFileError(`The file is not a policy: ${cause.problem}`, cause.remedy, { cause });
  }
}
