/** One curve: a name and its value at each x; gaps are NaN. Curves of one name share a panel. */
export interface Curve {
  readonly name: string;
  readonly x: readonly number[];
  readonly y: readonly number[];
}

const WIDTH = 420;
const HEIGHT = 200;
/** Blue, orange, green and red, as told apart by most eyes. */
const COLOURS = ["#2563eb", "#d97706", "#0d9488", "#be123c"];
const MARGIN = { left: 56, right: 12, top: 28, bottom: 26 };

/** Draws the curves of each name in a panel of their own, three to a row, as one self-contained SVG. */
export function curvesSvg(title: string, xLabel: string, curves: readonly Curve[]): string {
  const names = [...new Set(curves.map(({ name }) => name))];
  const columns = Math.min(3, Math.max(1, names.length));
  const rows = Math.ceil(names.length / columns);
  const panels = names.map((name, i) => {
    const at = `translate(${(i % columns) * WIDTH},${40 + Math.floor(i / columns) * HEIGHT})`;
    const shown = curves.filter((curve) => curve.name === name);
    return `<g transform="${at}">${panel(name, shown, xLabel)}</g>`;
  });
  const [width, height] = [columns * WIDTH, 40 + rows * HEIGHT];
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" font-family="system-ui, sans-serif" font-size="11">
<rect width="100%" height="100%" fill="#fff"/>
<text x="12" y="24" font-size="15" font-weight="600" fill="#1c2733">${escapeText(title)}</text>
${panels.join("\n")}
</svg>
`;
}

function panel(name: string, curves: readonly Curve[], xLabel: string): string {
  const lines = curves.map(({ x, y }) =>
    x.map((value, i) => [value, y[i]] as const).filter(([a, b]) => Number.isFinite(a) && Number.isFinite(b)),
  );
  const points = lines.flat();
  const inner = { width: WIDTH - MARGIN.left - MARGIN.right, height: HEIGHT - MARGIN.top - MARGIN.bottom };
  const [x0, x1] = extent(points.map(([a]) => a));
  const [y0, y1] = padded(extent(points.map(([, b]) => b)));
  const toX = (value: number) => MARGIN.left + ((value - x0) / (x1 - x0 || 1)) * inner.width;
  const toY = (value: number) => MARGIN.top + (1 - (value - y0) / (y1 - y0)) * inner.height;
  const grid = [0, 0.5, 1].map((share) => {
    const value = y0 + share * (y1 - y0);
    const line = `<line x1="${MARGIN.left}" x2="${WIDTH - MARGIN.right}" y1="${toY(value)}" y2="${toY(value)}" stroke="#e3e8ee"/>`;
    return `${line}<text x="${MARGIN.left - 6}" y="${toY(value) + 4}" text-anchor="end" fill="#5b6b7b">${short(value)}</text>`;
  });
  const paths = lines.map((line, k) => {
    const path = line.map(([a, b], i) => `${i === 0 ? "M" : "L"}${toX(a).toFixed(1)} ${toY(b).toFixed(1)}`);
    return `<path d="${path.join("")}" fill="none" stroke="${COLOURS[k % COLOURS.length]}" stroke-width="1.6" stroke-linejoin="round"/>`;
  });
  const last = lines.length === 1 ? points.at(-1)?.[1] : undefined;
  return [
    `<text x="${MARGIN.left}" y="16" font-weight="600" fill="#1c2733">${escapeText(name)}</text>`,
    `<text x="${WIDTH - MARGIN.right}" y="16" text-anchor="end" fill="#2563eb">${last === undefined ? "" : short(last)}</text>`,
    ...grid,
    `<text x="${MARGIN.left}" y="${HEIGHT - 8}" fill="#5b6b7b">${short(x0)}</text>`,
    `<text x="${WIDTH - MARGIN.right}" y="${HEIGHT - 8}" text-anchor="end" fill="#5b6b7b">${short(x1)} ${escapeText(xLabel)}</text>`,
    ...paths,
  ].join("");
}

function extent(values: readonly number[]): [number, number] {
  if (values.length === 0) return [0, 1];
  return [values.reduce((a, b) => Math.min(a, b)), values.reduce((a, b) => Math.max(a, b))];
}

function padded([low, high]: [number, number]): [number, number] {
  const pad = high > low ? 0.05 * (high - low) : Math.max(0.5, Math.abs(high) * 0.1);
  return [low - pad, high + pad];
}

function short(value: number): string {
  const size = Math.abs(value);
  if (size >= 1e6) return `${Number((value / 1e6).toPrecision(3))}M`;
  if (size >= 1e4) return `${Number((value / 1e3).toPrecision(3))}k`;
  return String(Number(value.toPrecision(3)));
}

function escapeText(text: string): string {
  return text.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/"/g, "&quot;");
}
