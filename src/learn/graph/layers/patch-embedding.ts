import type { Node } from "../node.ts";
import { reshape } from "../ops/broadcast.ts";
import { transpose } from "../ops/layout.ts";
import type { Parameters } from "../parameters.ts";
import { knownDim, ShapeError } from "../shape.ts";
import { linear } from "./mlp.ts";

/**
 * Square patches of an image as rows of numbers, patch by patch from the top left.
 *
 * @param images [batch, height, width, channels]
 * @returns [batch, patches, patchSize · patchSize · channels]
 */
export function patches(images: Node, patchSize: number): Node {
  const [batch, ...rest] = images.shape;
  const [height, width, channels] = rest.map((dim) => knownDim(dim, "patches"));
  if (height % patchSize !== 0 || width % patchSize !== 0)
    throw new ShapeError(
      `Patches of ${patchSize} do not tile an image of ${height} x ${width}.`,
      "Choose a size that divides both.",
    );
  const [rows, columns] = [height / patchSize, width / patchSize];
  const tiled = reshape(images, [batch, rows, patchSize, columns, patchSize, channels]);
  const grouped = transpose(tiled, [0, 1, 3, 2, 4, 5]);
  return reshape(grouped, [batch, rows * columns, patchSize * patchSize * channels]);
}

/** One token per patch (Dosovitskiy et al. 2021): `patches`, each through a linear layer `name`; [batch, patches, width]. */
export function patchEmbedding(
  parameters: Parameters,
  name: string,
  images: Node,
  patchSize: number,
  width: number,
): Node {
  return linear(parameters, name, patches(images, patchSize), width);
}
