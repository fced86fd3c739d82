import { ContrappostoError } from "../../common/index.ts";

/** The bytes are not an ONNX model, or are damaged, or use a part of the format that cannot be carried. */
export class OnnxFormatError extends ContrappostoError {
  override readonly code = "ONNX_FORMAT";

  constructor(problem: string, remedy = "Export or copy the file again.", options?: ErrorOptions) {
    super(problem, remedy, options);
  }
}
