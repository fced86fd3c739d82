/** Follows one piece of long work. */
export interface Progress extends Disposable {
  /**
   * Tells how much is done so far; cheap, call it as often as convenient.
   *
   * @param now what else to say, and a total that is known better by now
   */
  update(done: number, now?: { readonly details?: string; readonly total?: number }): void;
}

/** Where progress is drawn. */
export interface ProgressSurface {
  readonly isTty: boolean;
  readonly columns: number;
  /** Replaces the last line (on a terminal) or adds one. */
  draw(line: string): void;
  /** Takes the drawn line away, so that other text can be written. */
  clear(): void;
}

const PATIENCE_MS = 2000;
const REDRAW_MS = 100;
const REPEAT_MS = 5000;

/**
 * Progress that stays silent for two seconds, then redraws one line on a terminal, or adds one every five seconds
 * elsewhere.
 *
 * @param total undefined when nobody knows: then count and rate are shown, without bar and ETA
 * @param now milliseconds of a monotonic clock
 */
export function startProgress(
  label: string,
  total: number | undefined,
  surface: ProgressSurface,
  now: () => number,
): Progress {
  const started = now();
  let [done, shownAt] = [0, Number.NEGATIVE_INFINITY];
  return {
    update(count, { details, total: better = total } = {}) {
      done = count;
      const time = now();
      const pause = surface.isTty ? REDRAW_MS : REPEAT_MS;
      if (time - started < PATIENCE_MS || time - shownAt < pause) return;
      shownAt = time;
      surface.draw(progressLine(label, done, better, time - started, surface.columns, details));
    },
    [Symbol.dispose]() {
      if (shownAt === Number.NEGATIVE_INFINITY) return;
      const elapsed = now() - started;
      surface.clear();
      surface.draw(`${label}: ${done} in ${clock(elapsed)} (${rate(done, elapsed)})\n`);
    },
  };
}

/**
 * One line about work under way: label, bar, count, rate and the time left at the rate so far.
 *
 * @param elapsedMs since the work began
 * @param columns the line is never longer
 * @param details what else to say: the bar gives way to it, and it is cut where there is no room
 */
export function progressLine(
  label: string,
  done: number,
  total: number | undefined,
  elapsedMs: number,
  columns: number,
  details?: string,
): string {
  const rest = details === undefined ? "" : `  ${details}`;
  if (total === undefined || total <= 0) {
    return `${label}: ${done}  ${rate(done, elapsedMs)}  ${clock(elapsedMs)}${rest}`.slice(0, columns);
  }
  const fraction = Math.min(1, done / total);
  const left = done > 0 ? clock((elapsedMs * (1 - fraction)) / fraction) : "unknown";
  const counts = `${Math.floor(100 * fraction)} %  ${done}/${total}  ${rate(done, elapsedMs)}  ETA ${left}`;
  const width = Math.min(24, columns - label.length - counts.length - rest.length - 6);
  const filled = Math.round(width * fraction);
  const bar = width < 4 ? "" : `[${"#".repeat(filled)}${".".repeat(width - filled)}]  `;
  return `${label}  ${bar}${counts}${rest}`.slice(0, columns);
}

function rate(done: number, elapsedMs: number): string {
  if (elapsedMs <= 0) return "0/s";
  const perSecond = (1000 * done) / elapsedMs;
  return `${perSecond >= 100 ? Math.round(perSecond) : Number(perSecond.toPrecision(3))}/s`;
}

/** "1:05" or "2:00:07". */
function clock(ms: number): string {
  const seconds = Math.round(ms / 1000);
  const parts = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  const shown = parts[0] > 0 ? parts : parts.slice(1);
  return shown.map((part, i) => (i === 0 ? String(part) : String(part).padStart(2, "0"))).join(":");
}
