import type { Rng } from "../../common/index.ts";
import type { CameraImage } from "../model.ts";

/**
 * Copies a picture moved by up to `shift` pixels, its edge repeated, and made brighter or darker by up to a share. The
 * robot's own view does not turn, so pictures are neither mirrored nor rotated.
 */
export function copyAugmented(
  { width, height, rgb }: CameraImage,
  out: Uint8Array,
  rng: Rng,
  { shift, brightness }: { readonly shift: number; readonly brightness: number },
): void {
  if (shift === 0 && brightness === 0) {
    out.set(rgb);
    return;
  }
  const dx = rng.integer(2 * shift + 1) - shift;
  const dy = rng.integer(2 * shift + 1) - shift;
  const gain = 1 + brightness * rng.uniform(-1, 1);
  for (let y = 0; y < height; y++) {
    const row = Math.min(height - 1, Math.max(0, y + dy)) * width;
    for (let x = 0; x < width; x++) {
      const from = 3 * (row + Math.min(width - 1, Math.max(0, x + dx)));
      const to = 3 * (y * width + x);
      for (let c = 0; c < 3; c++) out[to + c] = Math.min(255, rgb[from + c] * gain);
    }
  }
}
