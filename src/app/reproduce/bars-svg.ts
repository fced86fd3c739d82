/** A value with the ends of its interval. */
export interface Bar {
  readonly label: string;
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

const ROW = 24;
const LEFT = 150;
const WIDTH = 560;
const BLUE = "#2563eb";

/** Rates from 0 to 100 % as horizontal bars with their intervals, as one self-contained SVG. */
export function barsSvg(title: string, bars: readonly Bar[]): string {
  const height = 48 + ROW * bars.length + 24;
  const x = (share: number) => LEFT + share * (WIDTH - LEFT - 60);
  const rows = bars.map(({ label, value, low, high }, i) => {
    const y = 44 + ROW * i;
    const middle = y + ROW / 2 - 2;
    return [
      `<text x="${LEFT - 8}" y="${middle + 4}" text-anchor="end" fill="#1c2733">${escapeText(label)}</text>`,
      `<rect x="${LEFT}" y="${y}" width="${(x(value) - LEFT).toFixed(1)}" height="${ROW - 6}" rx="2" fill="${BLUE}" fill-opacity="0.75"/>`,
      `<path d="M${x(low).toFixed(1)} ${middle}H${x(high).toFixed(1)}" stroke="#1c2733" stroke-width="1.4"/>`,
      `<text x="${(x(high) + 6).toFixed(1)}" y="${middle + 4}" fill="#5b6b7b">${(100 * value).toFixed(1)} %</text>`,
    ].join("");
  });
  const marks = [0, 0.25, 0.5, 0.75, 1].map(
    (share) =>
      `<path d="M${x(share)} 40V${height - 24}" stroke="#e3e8ee"/><text x="${x(share)}" y="${height - 8}" text-anchor="middle" fill="#5b6b7b">${100 * share} %</text>`,
  );
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${height}" viewBox="0 0 ${WIDTH} ${height}" font-family="system-ui, sans-serif" font-size="11">
<rect width="100%" height="100%" fill="#fff"/>
<text x="12" y="24" font-size="15" font-weight="600" fill="#1c2733">${escapeText(title)}</text>
${marks.join("\n")}
${rows.join("\n")}
</svg>
`;
}

function escapeText(text: string): string {
  return text.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/"/g, "&quot;");
}
