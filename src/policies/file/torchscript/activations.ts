import { attribute, type OnnxNode } from "../../../learn/index.ts";
import { UnsupportedPolicyError } from "../errors.ts";
import type { TorchModule } from "./module.ts";

type Emit = (module: TorchModule, input: string, output: string) => OnnxNode[];

const plain =
  (opType: string): Emit =>
  (_, input, output) => [{ opType, inputs: [input], outputs: [output] }];

/** PyTorch's activation modules as ONNX operators. */
const ACTIVATIONS: ReadonlyMap<string, Emit> = new Map<string, Emit>([
  ["ELU", (module, input, output) => [slope("Elu", module, "alpha", input, output)]],
  ["LeakyReLU", (module, input, output) => [slope("LeakyRelu", module, "negative_slope", input, output)]],
  ["ReLU", plain("Relu")],
  ["Tanh", plain("Tanh")],
  ["Sigmoid", plain("Sigmoid")],
  ["SELU", plain("Selu")],
  ["Identity", plain("Identity")],
  [
    "SiLU",
    (_, input, output) => [
      { opType: "Sigmoid", inputs: [input], outputs: [`${output}.gate`] },
      { opType: "Mul", inputs: [input, `${output}.gate`], outputs: [output] },
    ],
  ],
]);

/** The nodes that compute an activation. Throws `UnsupportedPolicyError` for one that we do not know. */
export function activationNodes(module: TorchModule, input: string, output: string): OnnxNode[] {
  const emit = ACTIVATIONS.get(module.kind);
  if (emit !== undefined) return emit(module, input, output);
  throw new UnsupportedPolicyError(
    `The layer "${module.path}" is a ${module.kind}, which is not known here.`,
    `Known layers: Linear, ${[...ACTIVATIONS.keys()].join(", ")}. Export the policy as ONNX instead.`,
  );
}

/** An activation with one parameter, which the module's class states as a constant. */
function slope(opType: string, module: TorchModule, name: string, input: string, output: string): OnnxNode {
  const value = Number(module.constant(name));
  if (!Number.isFinite(value))
    throw new UnsupportedPolicyError(
      `The archive does not say the ${name} of "${module.path}" (${module.kind}).`,
      "Export the policy with torch.jit.script, or as ONNX.",
    );
  return { opType, inputs: [input], outputs: [output], attributes: { alpha: attribute.float(value) } };
}
