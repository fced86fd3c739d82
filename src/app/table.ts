/**
 * Rows below titles, columns two spaces apart, without a trailing newline. Columns that hold only numbers are set to
 * the right; pass text where digits matter.
 */
export function formatTable(
  titles: readonly string[],
  rows: readonly (readonly (string | number)[])[],
  emphasize: (text: string) => string = (text) => text,
): string {
  const cells = rows.map((row) => row.map((cell) => (typeof cell === "number" ? formatNumber(cell) : cell)));
  const widths = titles.map((title, i) => Math.max(title.length, ...cells.map((row) => row[i].length)));
  const isNumeric = titles.map((_, i) => rows.length > 0 && rows.every((row) => typeof row[i] === "number"));
  const line = (row: readonly string[]) =>
    row
      .map((cell, i) => (isNumeric[i] ? cell.padStart(widths[i]) : cell.padEnd(widths[i])))
      .join("  ")
      .trimEnd();
  return [emphasize(line(titles)), ...cells.map(line)].join("\n");
}

/** A number with four significant digits, whole numbers as they are. */
export function formatNumber(value: number): string {
  if (Number.isInteger(value) || !Number.isFinite(value)) return String(value);
  return String(Number(value.toPrecision(4)));
}
