import { errorMessage } from "../../common/index.ts";
import {
  encodeModel,
  InferenceSession,
  readMetadata,
  type SessionOptions,
  type TensorValue,
} from "../../learn/index.ts";
import { NotFiniteError, VlaFileError, VlaMismatchError } from "../errors.ts";
import { binCentre, spell } from "../heads/autoregressive.ts";
import { type Denoised, denoise, denoiseOnce, type ExpertPass } from "../heads/denoising.ts";
import {
  type Candidates,
  noiseSize,
  type ObservationContext,
  type SampleOptions,
  type VlaModel,
  type VlaObservation,
} from "../model.ts";
import { normalise, rebase, unnormalise } from "../normalisation.ts";
import { VlaSpec } from "../vla-spec.ts";
import { processOf } from "./batches.ts";
import { MANIFEST_KEY, samplingGraph, type VlaFiles } from "./export.ts";
import { weightsIn } from "./graph-weights.ts";
import { imageInput, shapeOf } from "./network.ts";
import { featureSizeOf } from "./network-shape.ts";
import { tokenize } from "./tokenizer.ts";

/** The manifest in the bytes of one of a VLA's graphs. Throws `VlaFileError`. */
export function readVlaSpec(bytes: Uint8Array): VlaSpec {
  try {
    return VlaSpec.parse(JSON.parse(readMetadata(bytes).get(MANIFEST_KEY) ?? "null"));
  } catch (cause) {
    throw new VlaFileError(
      `This is no VLA of ours: ${errorMessage(cause).replace(/\s+/g, " ").slice(0, 300)}.`,
      "Name a folder that train vla has written.",
      { cause },
    );
  }
}

/** The VLA that we train ourselves, from its two graphs. It holds native memory: hold it with `using`. */
export class SmallVla implements VlaModel {
  readonly spec: VlaSpec;
  readonly #prefix: InferenceSession;
  readonly #step: InferenceSession;
  /** All denoising steps in one graph; only flow matching has it. */
  readonly #sampler: InferenceSession | undefined;

  private constructor(
    spec: VlaSpec,
    prefix: InferenceSession,
    step: InferenceSession,
    sampler: InferenceSession | undefined,
  ) {
    this.spec = spec;
    this.#prefix = prefix;
    this.#step = step;
    this.#sampler = sampler;
  }

  /** Throws `VlaFileError` where the graphs are not a VLA, or of two different ones. */
  static async load({ prefix, step }: VlaFiles, options: SessionOptions = {}): Promise<SmallVla> {
    const spec = readVlaSpec(prefix);
    const other = readVlaSpec(step);
    if (other.modelHash !== spec.modelHash)
      throw new VlaFileError(
        `The prefix is of model ${spec.modelHash}, the step of ${other.modelHash}.`,
        "Keep the two graphs of one export together.",
      );
    if (spec.featureSize !== featureSizeOf(shapeOf(spec)))
      throw new VlaFileError(
        `The model gives ${spec.featureSize} features, this version ${featureSizeOf(shapeOf(spec))}.`,
        "Go on with its run (train vla --resume RUN), which writes it anew.",
      );
    const [first, second] = [
      await InferenceSession.load(prefix, options),
      await InferenceSession.load(step, options),
    ];
    const { head } = spec;
    const sampler =
      head.kind === "flow"
        ? await InferenceSession.load(unrolled(spec, step, head.steps), options)
        : undefined;
    return new SmallVla(spec, first, second, sampler);
  }

  async encode(observation: VlaObservation): Promise<ObservationContext> {
    const memory = await this.#prefix.run(this.#inputs(observation));
    const proprioception = Float32Array.from(observation.proprioception);
    return this.spec.head.kind === "autoregressive"
      ? new SpellingContext(this.spec, this.#step, memory, proprioception)
      : new DenoisingContext(this.spec, this.#step, this.#sampler, memory, proprioception);
  }

  [Symbol.dispose](): void {
    this.#prefix[Symbol.dispose]();
    this.#step[Symbol.dispose]();
    this.#sampler?.[Symbol.dispose]();
  }

  #inputs(observation: VlaObservation): Record<string, TensorValue> {
    const { spec } = this;
    const shape = shapeOf(spec);
    const count = spec.proprioception.length;
    if (observation.proprioception.length !== count)
      throw new VlaMismatchError(
        `The observation has ${observation.proprioception.length} proprioception values, the model reads ${count}.`,
        `Give ${spec.proprioception.slice(0, 4).join(", ")} and so on, in the manifest's order.`,
      );
    const images = spec.cameras.map(({ name, width, height }): [string, TensorValue] => {
      const image = observation.images[name];
      if (image?.width !== width || image.height !== height)
        throw new VlaMismatchError(
          `The model looks through camera "${name}" at ${width} x ${height}, but got ${image === undefined ? "no picture" : `${image.width} x ${image.height}`}.`,
          "Render the cameras that the manifest names, in its sizes.",
        );
      return [imageInput(name), { type: "uint8", dims: [1, height, width, 3], data: image.rgb }];
    });
    const tokens = tokenize(
      observation.instruction,
      shape,
      new Int32Array(shape.textTokens * shape.textPieces),
    );
    return {
      ...Object.fromEntries(images),
      tokens: { type: "int32", dims: [1, shape.textTokens, shape.textPieces], data: tokens },
      proprioception: {
        type: "float32",
        dims: [1, count],
        data: normalise(
          observation.proprioception,
          spec.normalisation.proprioception,
          new Float32Array(count),
        ),
      },
    };
  }
}

/** All denoising steps as one graph, from the weights in the graph of one step. */
function unrolled(spec: VlaSpec, step: Uint8Array, steps: number): Uint8Array {
  const { layout, weights } = weightsIn([step], spec);
  return encodeModel(samplingGraph(spec, layout, weights, steps).model("sample"));
}

type Memory = Readonly<Record<string, TensorValue>>;

/** What both kinds of heads have in common: chunks back into robot units, features of one position and of the outlook. */
abstract class Decoding {
  protected readonly spec: VlaSpec;
  readonly #proprioception: Float32Array;
  #outlook: Promise<Float32Array> | undefined;

  constructor(spec: VlaSpec, proprioception: Float32Array) {
    this.spec = spec;
    this.#proprioception = proprioception;
  }

  /** The hidden layer at the first position, [expertWidth], before anything of a chunk is known. */
  protected abstract look(): Promise<Float32Array>;

  /**
   * @param hidden [count, tokens, expertWidth], of which the features are at `position`
   * @param seen   the outlook, where it came with them
   */
  protected async candidates(
    normalised: Float32Array,
    hidden: Float32Array,
    position: number,
    seen?: Float32Array,
  ): Promise<Candidates> {
    const { actions, featureSize, normalisation, chunkHorizon } = this.spec;
    const { expertWidth } = shapeOf(this.spec);
    this.#outlook ??= seen === undefined ? this.look() : Promise.resolve(seen);
    const outlook = await this.#outlook;
    const count = normalised.length / (chunkHorizon * actions.length);
    const rowLength = hidden.length / count;
    const features = new Float32Array(count * featureSize);
    for (let i = 0; i < count; i++) {
      const at = i * rowLength + position * expertWidth;
      features.set(hidden.subarray(at, at + expertWidth), i * featureSize);
      features.set(outlook, i * featureSize + expertWidth);
    }
    const chunks = unnormalise(normalised, normalisation.actions, new Float32Array(normalised.length));
    rebase(chunks, actions, this.#proprioception, 1);
    if (!chunks.every(Number.isFinite))
      throw new NotFiniteError(
        "The model's actions are no numbers.",
        "Check its observation, or train it again with a lower learning rate.",
      );
    return { count, actions: chunks, normalised, features };
  }
}

class DenoisingContext extends Decoding implements ObservationContext {
  readonly #pass: ExpertPass;
  readonly #sampler: InferenceSession | undefined;
  readonly #memory: Memory;

  constructor(
    spec: VlaSpec,
    step: InferenceSession,
    sampler: InferenceSession | undefined,
    memory: Memory,
    proprioception: Float32Array,
  ) {
    super(spec, proprioception);
    this.#sampler = sampler;
    this.#memory = memory;
    const [horizon, size] = [spec.chunkHorizon, spec.actions.length];
    const time = new Float32Array(1);
    const timeTensor: TensorValue = { type: "float32", dims: [1, 1], data: time };
    this.#pass = async (chunks, t, wantsHidden) => {
      time[0] = t;
      const dims = [1, chunks.length / (horizon * size), horizon, size];
      const chunk: TensorValue = { type: "float32", dims, data: chunks };
      const names = wantsHidden ? ["output", "hidden"] : ["output"];
      const result = await step.run({ ...memory, chunk, time: timeTensor }, names);
      return {
        output: result.output.data as Float32Array,
        hidden: result.hidden?.data as Float32Array | undefined,
      };
    };
  }

  async sample(noise: Float32Array, { guidance }: SampleOptions = {}): Promise<Candidates> {
    if (this.#sampler !== undefined && guidance === undefined)
      return await this.#atOnce(this.#sampler, noise);
    const { head } = this.spec;
    const steps = head.kind === "flow" || head.kind === "diffusion" ? head.steps : 1;
    return await this.#first(await denoise(processOf(this.spec), this.#pass, noise, steps, guidance));
  }

  async refine(chunks: Float32Array, noise: Float32Array, time: number): Promise<Candidates> {
    return await this.#first(await denoiseOnce(processOf(this.spec), this.#pass, chunks, noise, time));
  }

  protected async look(): Promise<Float32Array> {
    const { hidden } = await this.#pass(new Float32Array(noiseSize(this.spec)), 1, true);
    return (hidden ?? new Float32Array(0)).slice(0, shapeOf(this.spec).expertWidth);
  }

  async #atOnce(sampler: InferenceSession, noise: Float32Array): Promise<Candidates> {
    const { chunkHorizon, actions } = this.spec;
    const dims = [1, noise.length / (chunkHorizon * actions.length), chunkHorizon, actions.length];
    const chunk: TensorValue = { type: "float32", dims, data: noise };
    const { denoised, hidden, outlook } = await sampler.run({ ...this.#memory, chunk });
    const [chunks, last, seen] = [denoised, hidden, outlook].map(({ data }) => data as Float32Array);
    return await this.#first({ chunks, hidden: last }, seen.slice(0, shapeOf(this.spec).expertWidth));
  }

  #first({ chunks, hidden }: Denoised, seen?: Float32Array): Promise<Candidates> {
    return this.candidates(chunks, hidden, 0, seen);
  }
}

class SpellingContext extends Decoding implements ObservationContext {
  readonly #step: InferenceSession;
  readonly #memory: Memory;

  constructor(spec: VlaSpec, step: InferenceSession, memory: Memory, proprioception: Float32Array) {
    super(spec, proprioception);
    this.#step = step;
    this.#memory = memory;
  }

  async sample(noise: Float32Array): Promise<Candidates> {
    const { head, chunkHorizon, actions } = this.spec;
    if (head.kind !== "autoregressive") throw new RangeError("Only autoregressive heads spell.");
    const length = chunkHorizon * actions.length;
    const spelled = await spell(
      (tokens, wantsHidden) => this.#pass(tokens, wantsHidden),
      noise,
      length,
      head,
    );
    const normalised = Float32Array.from(spelled.tokens, (token) => binCentre(token, head.bins));
    const candidates = await this.candidates(normalised, spelled.hidden, length - 1);
    return { ...candidates, logProb: spelled.logProb };
  }

  protected async look(): Promise<Float32Array> {
    const { hidden } = await this.#pass(new Int32Array(noiseSize(this.spec)), true);
    return (hidden ?? new Float32Array(0)).slice(0, shapeOf(this.spec).expertWidth);
  }

  async #pass(tokens: Int32Array, wantsHidden: boolean) {
    const length = noiseSize(this.spec);
    const value: TensorValue = { type: "int32", dims: [1, tokens.length / length, length], data: tokens };
    const names = wantsHidden ? ["output", "hidden"] : ["output"];
    const result = await this.#step.run({ ...this.#memory, spelled: value }, names);
    return {
      logits: result.output.data as Float32Array,
      hidden: result.hidden?.data as Float32Array | undefined,
    };
  }
}
