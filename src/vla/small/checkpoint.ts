import { z } from "zod";
import {
  CheckpointError,
  float32Tensor,
  type ParameterLayout,
  type TensorFile,
  type TensorValue,
  type TrainingSession,
} from "../../learn/index.ts";

const Counters = z.strictObject({ step: z.int().nonnegative(), skipped: z.int().nonnegative() });
const Metadata = z.strictObject({ format: z.literal("contrapposto vla training 1"), counters: Counters });

/** How far a training has come. */
export type TrainerCounters = z.infer<typeof Counters>;

/** Weights, their average and Adam's state as named arrays, one per parameter. */
export function writeTrainerCheckpoint(
  session: TrainingSession,
  layout: ParameterLayout,
  counters: TrainerCounters,
): TensorFile {
  const tensors: Record<string, TensorValue> = {};
  for (const name of session.stateNames) {
    const values = session.state(name);
    if (values.length !== layout.size) tensors[name] = float32Tensor("", [values.length], values.slice());
    else
      for (const { name: parameter, shape } of layout.entries)
        tensors[`${name}/${parameter}`] = float32Tensor("", shape, layout.view(values, parameter).slice());
  }
  const metadata: z.infer<typeof Metadata> = { format: "contrapposto vla training 1", counters };
  return { tensors, metadata: { contrapposto: JSON.stringify(metadata) } };
}

/** Puts a checkpoint back; nothing changes if it does not fit. Throws `CheckpointError`. */
export function readTrainerCheckpoint(
  file: TensorFile,
  session: TrainingSession,
  layout: ParameterLayout,
): TrainerCounters {
  const { counters } = parseMetadata(file);
  const values = session.stateNames.map((name) => [name, stateOf(file, name, session, layout)] as const);
  for (const [name, array] of values) session.state(name).set(array);
  return counters;
}

function parseMetadata({ metadata }: TensorFile): z.infer<typeof Metadata> {
  try {
    return Metadata.parse(JSON.parse(metadata.contrapposto ?? ""));
  } catch (cause) {
    throw new CheckpointError("The checkpoint is not one of train vla.", "Resume the run that wrote it.", {
      cause,
    });
  }
}

function stateOf(
  file: TensorFile,
  name: string,
  session: TrainingSession,
  layout: ParameterLayout,
): Float32Array {
  const { length } = session.state(name);
  if (length !== layout.size) return take(file, name, [length]);
  const values = new Float32Array(length);
  for (const { name: parameter, shape } of layout.entries)
    layout.view(values, parameter).set(take(file, `${name}/${parameter}`, shape));
  return values;
}

function take({ tensors }: TensorFile, name: string, shape: readonly number[]): Float32Array {
  const tensor = tensors[name];
  if (tensor?.data instanceof Float32Array && tensor.dims.join() === shape.join()) return tensor.data;
  throw new CheckpointError(
    `The checkpoint is for another network: "${name}" is not there with shape [${shape.join(", ")}].`,
    "Resume with the sizes of the run that wrote it.",
  );
}
