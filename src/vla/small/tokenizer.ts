import type { NetworkShape } from "./network-shape.ts";

type TextShape = Pick<NetworkShape, "textTokens" | "textPieces" | "textBuckets">;

/**
 * An instruction as bucket numbers [textTokens, textPieces]: a word is the sum of itself and its letter triples, each
 * hashed (Bojanowski et al. 2017). So "boxes" is near "box", a typo near the word, and no word is unknown. 0 is padding.
 *
 * @param out written and returned
 */
export function tokenize(instruction: string, shape: TextShape, out: Int32Array): Int32Array {
  const { textTokens, textPieces, textBuckets } = shape;
  out.fill(0);
  words(instruction)
    .slice(0, textTokens)
    .forEach((word, i) => {
      piecesOf(word)
        .slice(0, textPieces)
        .forEach((piece, j) => {
          out[i * textPieces + j] = 1 + (fnv1a(piece) % (textBuckets - 1));
        });
    });
  return out;
}

/** Lower-case runs of letters and digits. */
export function words(text: string): string[] {
  return text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
}

/** The word itself first, since the last triples of a long word are cut. */
function piecesOf(word: string): string[] {
  const marked = `<${word}>`;
  const triples = Array.from({ length: Math.max(0, marked.length - 2) }, (_, i) => marked.slice(i, i + 3));
  return [marked, ...triples.filter((triple) => triple !== marked)];
}

function fnv1a(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  // FNV's low bits are weak for short texts.
  hash ^= hash >>> 15;
  return Math.imul(hash, 0x2c1b3c6d) >>> 0;
}
