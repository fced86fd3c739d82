import { describe, expect, it } from "vitest";
import { Interrupt } from "../../src/app/interrupt.ts";
import { type ProgressSurface, progressLine, startProgress } from "../../src/app/progress.ts";
import { styleFor } from "../../src/app/style.ts";
import { formatTable } from "../../src/app/table.ts";
import { type OutputStream, Terminal } from "../../src/app/terminal.ts";

function memoryStream(isTTY = false): OutputStream & { text: string } {
  return {
    text: "",
    isTTY,
    columns: 60,
    write(text: string) {
      this.text += text;
    },
  };
}

function memoryTerminal(json: boolean) {
  const [stdout, stderr] = [memoryStream(), memoryStream()];
  return { stdout, stderr, terminal: new Terminal(json, new Interrupt(() => {}), { stdout, stderr }) };
}

describe("the terminal", () => {
  it("writes typed arrays as arrays and an empty object for a command without result", () => {
    const some = memoryTerminal(true);
    some.terminal.result({ qpos: Float32Array.of(0.5, 1), fell: Number.NaN });
    some.terminal.finish();
    expect(JSON.parse(some.stdout.text)).toEqual({ qpos: [0.5, 1], fell: null });
    const none = memoryTerminal(true);
    none.terminal.finish();
    expect(none.stdout.text).toBe("{}\n");
  });

  it("refuses a second result", () => {
    const { terminal } = memoryTerminal(false);
    terminal.result({ a: 1 });
    expect(() => terminal.result({ b: 2 })).toThrow("once");
  });
});

describe("a table", () => {
  it("aligns numbers to the right and text to the left", () => {
    expect(
      formatTable(
        ["joint", "kp"],
        [
          ["hip", 200],
          ["ankle", 0.123456],
        ],
      ),
    ).toBe("joint      kp\nhip       200\nankle  0.1235");
  });
});

describe("colours", () => {
  const screen = { isTTY: true, hasColors: () => true };
  it("appear on a terminal and nowhere else", () => {
    expect(styleFor(screen, {}).red("x")).toBe("\u001b[31mx\u001b[39m");
    expect(styleFor({ isTTY: false }, {}).red("x")).toBe("x");
    expect(styleFor(screen, { NO_COLOR: "1" }).red("x")).toBe("x");
  });
});

describe("progress", () => {
  /** Runs `seconds` of work that reports every 50 ms, and returns what was drawn. */
  function follow(isTty: boolean, seconds: number): string[] {
    const drawn: string[] = [];
    const surface: ProgressSurface = {
      isTty,
      columns: 70,
      draw: (line) => void drawn.push(line),
      clear: () => {},
    };
    let time = 0;
    const progress = startProgress("episodes", 20 * seconds, surface, () => time);
    for (let i = 1; i <= 20 * seconds; i++) {
      time = 50 * i;
      progress.update(i);
    }
    progress[Symbol.dispose]();
    return drawn;
  }

  it("stays silent for work that is soon done", () => expect(follow(true, 1)).toEqual([]));

  it("redraws a terminal about ten times a second, from the third second on", () => {
    expect(follow(true, 12)).toHaveLength(102);
  });

  it("adds a line every five seconds elsewhere, and one at the end", () => {
    expect(follow(false, 13)).toEqual([
      "episodes  [####....................]  15 %  40/260  20/s  ETA 0:11",
      "episodes  [#############...........]  53 %  140/260  20/s  ETA 0:06",
      "episodes  [######################..]  92 %  240/260  20/s  ETA 0:01",
      "episodes: 260 in 0:13 (20/s)\n",
    ]);
  });

  it("makes room for what else there is to say, and believes the newest total", () => {
    const drawn: string[] = [];
    let time = 0;
    const surface = {
      isTty: true,
      columns: 60,
      draw: (line: string) => void drawn.push(line),
      clear: () => {},
    };
    const progress = startProgress("lower-1", 1000, surface, () => time);
    time = 5000;
    progress.update(50, { details: "reward 0.0123", total: 100 });
    expect(drawn).toEqual(["lower-1  [##..]  50 %  50/100  10/s  ETA 0:05  reward 0.0123"]);
  });

  it("never is wider than the terminal, and shows no ETA without a total", () => {
    for (let columns = 10; columns < 120; columns++)
      expect(progressLine("steps", 5, 1000, 4_000_000, columns).length).toBeLessThanOrEqual(columns);
    expect(progressLine("steps", 500, undefined, 65_000, 80)).toBe("steps: 500  7.69/s  1:05");
  });
});
