import { z } from "zod";
import { ContrappostoError, type Rng } from "../../common/index.ts";
import type { ParameterLayout } from "../graph/parameters.ts";
import { float32Tensor } from "../onnx/index.ts";
import type { TrainingSession } from "../optim/training-session.ts";
import type { TensorValue } from "../runtime.ts";
import type { TensorFile } from "../tensor-file.ts";
import type { Normalisers } from "./collector.ts";

/** A checkpoint that does not fit the learner. */
export class CheckpointError extends ContrappostoError {
  readonly code = "CHECKPOINT";
}

/** Everything of a learner that changes over time. */
export interface PpoState {
  readonly session: TrainingSession;
  readonly normalisers: Normalisers;
  /** Averaged weights, laid out as they are. */
  readonly average: Float32Array;
  readonly sources: Readonly<Record<"actions" | "shuffle", Rng>>;
  readonly counters: Counters;
}

/** Name of the averaged weights; checkpoints from before there were any lack them. */
const AVERAGE = "average";
const PARAMETERS = "parameters";

const Counters = z.strictObject({ iteration: z.int().nonnegative(), minDeviation: z.number().nonnegative() });
type Counters = z.infer<typeof Counters>;

const word = z.int().nonnegative();
const Source = z.tuple([word, word, word, word]);

const Metadata = z.strictObject({
  format: z.literal("contrapposto ppo 1"),
  counters: Counters,
  sources: z.strictObject({ actions: Source, shuffle: Source }),
  observationCounts: z.strictObject({ obs: z.number(), criticObs: z.number() }),
});

/**
 * The state of a learner as named arrays, one per parameter: `parameters/NAME`, and the same for both moments of Adam and
 * the averaged weights.
 */
export function writeCheckpoint(state: PpoState, layout: ParameterLayout): TensorFile {
  const { session, normalisers, average, sources, counters } = state;
  const tensors: Record<string, TensorValue> = {};
  const carried = session.stateNames.map((name) => [name, session.state(name)] as const);
  for (const [name, values] of [...carried, [AVERAGE, average] as const]) {
    if (values.length === layout.size)
      for (const { name: parameter, shape } of layout.entries)
        tensors[`${name}/${parameter}`] = float32Tensor("", shape, layout.view(values, parameter).slice());
    else tensors[name] = float32Tensor("", [values.length], values.slice());
  }
  for (const [name, { state: moments, size }] of Object.entries(normalisers)) {
    tensors[`${name}.mean`] = { type: "float64", dims: [size], data: moments.mean };
    tensors[`${name}.variance`] = { type: "float64", dims: [size], data: moments.variance };
  }
  const metadata: z.infer<typeof Metadata> = {
    format: "contrapposto ppo 1",
    counters,
    sources: { actions: [...sources.actions.state], shuffle: [...sources.shuffle.state] },
    observationCounts: { obs: normalisers.obs.state.count, criticObs: normalisers.criticObs.state.count },
  };
  return { tensors, metadata: { contrapposto: JSON.stringify(metadata) } };
}

/**
 * Puts a checkpoint's values into a learner: all of them, or what belongs to its networks, which are weights, normalisation
 * and the optimiser's state. Without that, the first steps at the first learning rate would throw them far away. Networks begin
 * where the average of the weights is, which was judged and shipped. Nothing changes if it does not fit. Throws `CheckpointError`.
 */
export function readCheckpoint(
  file: TensorFile,
  state: PpoState,
  layout: ParameterLayout,
  what: "all" | "networks",
): Counters {
  const { session, normalisers, average, sources } = state;
  const metadata = readMetadata(file);
  const values = session.stateNames.map(
    (name) => [name, readState(file, name, session.state(name).length, layout)] as const,
  );
  const isAveraged = Object.keys(file.tensors).some((name) => name.startsWith(AVERAGE));
  const averaged = readState(file, isAveraged ? AVERAGE : PARAMETERS, layout.size, layout);
  const moments = Object.entries(normalisers).map(([name, normaliser]) => ({
    normaliser,
    count: metadata.observationCounts[name as "obs"],
    mean: take(file, `${name}.mean`, [normaliser.size], Float64Array),
    variance: take(file, `${name}.variance`, [normaliser.size], Float64Array),
  }));
  for (const [name, array] of values) session.state(name).set(array);
  for (const { normaliser, ...saved } of moments) normaliser.state = saved;
  average.set(averaged);
  if (what === "networks") session.state(PARAMETERS).set(averaged);
  else {
    sources.actions.state = metadata.sources.actions;
    sources.shuffle.state = metadata.sources.shuffle;
  }
  return metadata.counters;
}

function readMetadata({ metadata }: TensorFile): z.infer<typeof Metadata> {
  try {
    return Metadata.parse(JSON.parse(metadata.contrapposto ?? ""));
  } catch (cause) {
    throw new CheckpointError(
      "The checkpoint is not one of this learner's.",
      "Resume with the version of Contrapposto that wrote it.",
      { cause },
    );
  }
}

function readState(file: TensorFile, name: string, length: number, layout: ParameterLayout): Float32Array {
  if (length !== layout.size) return take(file, name, [length], Float32Array);
  const values = new Float32Array(layout.size);
  for (const { name: parameter, shape } of layout.entries)
    layout.view(values, parameter).set(take(file, `${name}/${parameter}`, shape, Float32Array));
  return values;
}

function take<A extends Float32Array | Float64Array>(
  { tensors }: TensorFile,
  name: string,
  shape: readonly number[],
  Type: new (length: number) => A,
): A {
  const tensor = tensors[name];
  if (tensor?.data instanceof Type && tensor.dims.join() === shape.join()) return tensor.data;
  const found = tensor === undefined ? "is missing" : `is ${tensor.type} [${tensor.dims.join(", ")}]`;
  throw new CheckpointError(
    `The checkpoint is for another network: "${name}" ${found}, not [${shape.join(", ")}].`,
    "Resume with the network sizes, observations and actions of the run that wrote it.",
  );
}
