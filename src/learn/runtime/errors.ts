import { ContrappostoError, errorMessage } from "../../common/index.ts";

/** ONNX Runtime itself could not be loaded. */
export class RuntimeMissingError extends ContrappostoError {
  override readonly code = "RUNTIME_MISSING";

  constructor(name: string, cause: unknown) {
    super(`ONNX Runtime (${name}) does not load: ${errorMessage(cause)}.`, "Run `npm ci` on this machine.", {
      cause,
    });
  }
}

/** ONNX Runtime refuses a model: damaged, or with operators it does not have. */
export class ModelRefusedError extends ContrappostoError {
  override readonly code = "MODEL_REFUSED";

  constructor(cause: unknown) {
    super(
      `ONNX Runtime refuses the model: ${oneLine(errorMessage(cause))}.`,
      "Check that the file is whole, and export it again with opset 17.",
      { cause },
    );
  }
}

/** A tensor has another name, type or shape than the graph's input or output. */
export class TensorMismatchError extends ContrappostoError {
  override readonly code = "TENSOR_MISMATCH";
}

/** The graph failed while it ran. */
export class InferenceError extends ContrappostoError {
  override readonly code = "INFERENCE";

  constructor(cause: unknown) {
    super(
      `The network could not be evaluated: ${oneLine(errorMessage(cause))}.`,
      "Check the shapes that feed it, or export the model again.",
      { cause },
    );
  }
}

/** The session was used after it was disposed of. */
export class SessionClosedError extends ContrappostoError {
  override readonly code = "SESSION_CLOSED";

  constructor() {
    super("This inference session is closed.", "Keep it open with `using` for as long as it runs.");
  }
}

function oneLine(text: string): string {
  return text
    .replace(/\s+/g, " ")
    .replace(/[.\s]+$/, "")
    .slice(0, 400);
}
