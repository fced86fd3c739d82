/** Marks text for emphasis, or leaves it as it is where colours are not wanted. */
export interface Style {
  bold(text: string): string;
  dim(text: string): string;
  red(text: string): string;
  green(text: string): string;
}

/** What a style needs to know of a stream. */
export interface Colourable {
  readonly isTTY?: boolean | undefined;
  hasColors?(): boolean;
}

/** Colours for a terminal that has them; NO_COLOR and pipes turn them off. */
export function styleFor(stream: Colourable, environment: NodeJS.ProcessEnv = process.env): Style {
  const isColoured =
    (environment.NO_COLOR ?? "") === "" && stream.isTTY === true && (stream.hasColors?.() ?? false);
  const paint = (on: number, off: number) => (text: string) =>
    isColoured ? `\u001b[${on}m${text}\u001b[${off}m` : text;
  return { bold: paint(1, 22), dim: paint(2, 22), red: paint(31, 39), green: paint(32, 39) };
}
