import { z } from "zod";
import { ContrappostoError, type Rng } from "../../common/index.ts";
import type { ParameterEntry, ParameterLayout } from "../graph/parameters.ts";
import { float32Tensor } from "../onnx/index.ts";
import type { TrainingSession } from "../optim/training-session.ts";
import type { TensorValue } from "../runtime.ts";
import type { TensorFile } from "../tensor-file.ts";
import { ACTOR } from "./networks.ts";
import type { Normalisers } from "./normaliser.ts";

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
 *
 * With "networks", a critic that saw or judged other things, or an actor's memory that was not asked what it tells, is left
 * behind: only the actor has to fit.
 */
export function readCheckpoint(
  file: TensorFile,
  state: PpoState,
  layout: ParameterLayout,
  what: "all" | "networks",
): { readonly counters: Counters; readonly hasCritic: boolean } {
  const { session, normalisers, average, sources } = state;
  const metadata = readMetadata(file);
  const hasCritic = what === "all" || fits(file, layout, normalisers);
  const entries = hasCritic ? layout.entries : layout.entries.filter(({ name }) => name.startsWith(ACTOR));
  const read = (name: string, now: Float32Array): Float32Array =>
    now.length === layout.size
      ? readState(file, name, now, layout, entries)
      : take(file, name, [now.length], Float32Array);
  const values = session.stateNames.map((name) => [name, read(name, session.state(name))] as const);
  const isAveraged = Object.keys(file.tensors).some((name) => name.startsWith(AVERAGE));
  const averaged = read(isAveraged ? AVERAGE : PARAMETERS, average);
  const moments = Object.entries(hasCritic ? normalisers : { obs: normalisers.obs }).map(
    ([name, normaliser]) => ({
      normaliser,
      count: metadata.observationCounts[name as "obs"],
      mean: take(file, `${name}.mean`, [normaliser.size], Float64Array),
      variance: take(file, `${name}.variance`, [normaliser.size], Float64Array),
    }),
  );
  for (const [name, array] of values) session.state(name).set(array);
  for (const { normaliser, ...saved } of moments) normaliser.state = saved;
  average.set(averaged);
  if (what === "networks") session.state(PARAMETERS).set(averaged);
  else {
    sources.actions.state = metadata.sources.actions;
    sources.shuffle.state = metadata.sources.shuffle;
  }
  return { counters: metadata.counters, hasCritic };
}

/** Whether a checkpoint has all that the learner has besides its actor. */
function fits({ tensors }: TensorFile, layout: ParameterLayout, { criticObs }: Normalisers): boolean {
  const isOfShape = (name: string, shape: readonly number[]): boolean =>
    tensors[name]?.dims.join() === shape.join();
  const helpers = layout.entries.filter(({ name }) => !name.startsWith(ACTOR));
  return (
    isOfShape("criticObs.mean", [criticObs.size]) &&
    helpers.every(({ name, shape }) => isOfShape(`${PARAMETERS}/${name}`, shape))
  );
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

/** A vector of all parameters: some from the file, the others as they are now. */
function readState(
  file: TensorFile,
  name: string,
  now: Float32Array,
  layout: ParameterLayout,
  entries: readonly ParameterEntry[],
): Float32Array {
  const values = now.slice();
  for (const { name: parameter, shape } of entries)
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
