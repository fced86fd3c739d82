/**
 * Packs whole numbers that change smoothly: the first number, the first change, then changes of the change, each as a
 * zigzag variable-length integer (7 bits a byte, low bits first, as protocol buffers), in base64.
 */
export function packColumn(values: ArrayLike<number>): string {
  const bytes: number[] = [];
  let last = 0;
  let step = 0;
  for (let i = 0; i < values.length; i++) {
    const change = values[i] - last;
    pushInteger(bytes, i < 2 ? change : change - step);
    step = change;
    last = values[i];
  }
  let text = "";
  for (const byte of bytes) text += String.fromCharCode(byte);
  return btoa(text);
}

/** Reads what `packColumn` wrote. Returns undefined where the text is no base64 or holds another count of numbers. */
export function unpackColumn(packed: string, count: number): Int32Array | undefined {
  const text = decodeBase64(packed);
  if (text === undefined) return undefined;
  const values = new Int32Array(count);
  let at = 0;
  let last = 0;
  let step = 0;
  for (let i = 0; i < count; i++) {
    let zigzag = 0;
    let weight = 1;
    for (;;) {
      if (at >= text.length || weight > 2 ** 35) return undefined;
      const byte = text.charCodeAt(at++);
      zigzag += (byte & 127) * weight;
      if (byte < 128) break;
      weight *= 128;
    }
    const number = zigzag % 2 === 0 ? zigzag / 2 : -(zigzag + 1) / 2;
    step = i < 2 ? number : step + number;
    last += step;
    values[i] = last;
  }
  return at === text.length ? values : undefined;
}

function pushInteger(bytes: number[], value: number): void {
  let zigzag = value < 0 ? -2 * value - 1 : 2 * value;
  while (zigzag >= 128) {
    bytes.push((zigzag % 128) + 128);
    zigzag = Math.floor(zigzag / 128);
  }
  bytes.push(zigzag);
}

function decodeBase64(packed: string): string | undefined {
  try {
    return atob(packed);
  } catch {
    return undefined;
  }
}
