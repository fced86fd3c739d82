import {
  add,
  cast,
  concat,
  type Dim,
  dotProductAttention,
  linear,
  mlp,
  mul,
  type Node,
  normalInitialiser,
  normaliseRows,
  type Parameters,
  patchEmbedding,
  reshape,
  silu,
  split,
  sub,
} from "../../learn/index.ts";
import type { NetworkShape } from "./network-shape.ts";
import { joinHeads, splitHeads } from "./shared-attention.ts";

/** What decides where to look: the sentence and the body's state, [batch, width] each. */
export interface Interest {
  readonly summary: Node;
  readonly state: Node;
}

/** Octaves of sines and cosines that a patch's place is written in. */
const OCTAVES = [1, 2, 4];

/**
 * Reads all pictures into a few tokens: each asks where in the pictures something is, and gets what is there and where
 * that was (a resampler, after Jaegle et al. 2021). Patches are many and glances few, so that what follows is cheap.
 *
 * @param images uint8 [batch, height, width, 3] each
 * @returns [batch, glances, width]
 */
export function glance(
  parameters: Parameters,
  images: readonly Node[],
  interest: Interest,
  shape: NetworkShape,
): Node {
  const { width, patchWidth, heads, glances } = shape;
  const seen = images.map((image, i) => patchTokens(parameters, image, i, shape));
  const patches = marked(parameters, seen.length === 1 ? seen[0] : concat(seen, 1), interest.summary, shape);
  const batch: Dim = patches.shape[0];
  const known = concat([interest.summary, interest.state], -1);
  const asked = mlp(parameters, "glance.question", known, [patchWidth, glances * patchWidth], "silu");
  const own = parameters.get("glance.queries", [glances, patchWidth], normalInitialiser(1));
  const queries = add(reshape(asked, [batch, glances, patchWidth]), own);
  const [keys, values] = split(
    linear(parameters, "glance.keyValue", normaliseRows(patches), 2 * patchWidth),
    [patchWidth, patchWidth],
    -1,
  ).map((part) => splitHeads(part, heads));
  const read = joinHeads(dotProductAttention(splitHeads(queries, heads), keys, values));
  const positions = parameters.get("glance.positions", [glances, width], normalInitialiser(0.02));
  const tokens = add(linear(parameters, "glance.out", read, width), positions);
  const sizes = [shape.expansion * width, width];
  return add(tokens, mlp(parameters, "glance.mlp", normaliseRows(tokens), sizes, "silu"));
}

function patchTokens(parameters: Parameters, image: Node, camera: number, shape: NetworkShape): Node {
  const { patchWidth: width, patchSize } = shape;
  const [rows, columns] = image.shape.slice(1, 3).map((pixels) => (pixels as number) / patchSize);
  const pixels = sub(mul(cast(image, { type: image.graph.float }), 1 / 127.5), 1);
  const tokens = patchEmbedding(parameters, "patch", pixels, patchSize, width);
  const places = image.graph.constant(placeFeatures(rows, columns), [rows * columns, PLACE_SIZE]);
  return add(tokens, linear(parameters, `camera.${camera}.place`, places, width));
}

/**
 * Patches scaled and shifted by what the sentence says, before anybody looks at them (FiLM, Perez et al. 2018): a colour
 * word times a coloured patch is what a transformer of this size takes very long to find by attention alone.
 */
function marked(parameters: Parameters, tokens: Node, summary: Node, shape: NetworkShape): Node {
  const { patchWidth: width } = shape;
  const batch: Dim = tokens.shape[0];
  const [scale, shift] = split(linear(parameters, "film.words", summary, 2 * width), [width, width], -1).map(
    (part) => reshape(part, [batch, 1, width]),
  );
  const said = add(mul(linear(parameters, "film.patches", normaliseRows(tokens), width), scale), shift);
  return add(tokens, linear(parameters, "film.out", silu(said), width));
}

const PLACE_SIZE = 2 + 4 * OCTAVES.length;

/** Where each patch is in its picture: coordinates from -1 to 1, and waves of them; [rows · columns, PLACE_SIZE]. */
function placeFeatures(rows: number, columns: number): Float32Array {
  const middle = (i: number, count: number): number => (2 * i + 1) / count - 1;
  return Float32Array.from(
    Array.from({ length: rows * columns }, (_, i) => {
      const place = [middle(i % columns, columns), middle(Math.floor(i / columns), rows)];
      const waves = OCTAVES.flatMap((octave) =>
        place.flatMap((u) => [Math.sin(Math.PI * octave * u), Math.cos(Math.PI * octave * u)]),
      );
      return [...place, ...waves];
    }).flat(),
  );
}
