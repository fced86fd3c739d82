/** A number with so many decimals, in a fixed width for its sign; never "-0". */
export function round(value: number, digits = 2): string {
  const text = value.toFixed(digits);
  return Number(text) === 0 ? text.replace("-", "") : text;
}
