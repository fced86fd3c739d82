import type { VlaReport } from "../../vla/index.ts";
import { barsSvg } from "./bars-svg.ts";
import type { TacoResults } from "./taco-results.ts";

const SELECTORS_FIGURE = "taco-selectors.svg";
const COUNTS_FIGURE = "taco-candidates.svg";

/** The results as a page of Markdown. */
export function tacoPage(results: TacoResults, command: string): string {
  const { size, gain, gainByTask, headline, seeds, isShown } = results;
  const sections = [
    "# TACO: results",
    `Made by \`${command}\`. ${size.scenes} test scenes a task for the headline, ${size.sideScenes} for the other tables; tasks: ${size.task.join(", ")}; ${size.policySeeds} policy seeds with ${size.counterSeeds} counter seeds each. All arms of a row saw the same scenes and the same noise. Intervals of rates are Wilson's, of differences from drawing scenes anew, both 95 %.`,
    `**Primary endpoint (decision 15): ${isShown ? "met" : "not met"}.** TACO with ${size.candidates} candidates minus a single sample: ${points(gain.mean)} (${points(gain.low)} to ${points(gain.high)}), averaged over tasks and seeds.`,
    table(
      ["task", "single", "TACO", "difference", "95 %", "p, first seeds", "Holm"],
      Object.entries(gainByTask).map(([task, own]) => [
        task,
        percent(headline.tasks[task].single.success),
        percent(headline.tasks[task].taco.success),
        points(own.mean),
        `${points(own.low)} to ${points(own.high)}`,
        own.p.toPrecision(2),
        own.adjusted.toPrecision(2),
      ]),
    ),
    "Single and TACO are the first policy with the first counter; the difference is over all seeds.",
    "## Seeds",
    table(
      ["policy", "counter", "single", "TACO", "wins : losses", "p"],
      seeds.map(({ policy, counter, single, taco, pairing }) => [
        `${policy}`,
        `${counter}`,
        percent(single),
        percent(taco),
        `${pairing.wins} : ${pairing.losses}`,
        pairing.p.toPrecision(2),
      ]),
    ),
  ];
  if (results.selectors !== undefined)
    sections.push(
      "## Selectors",
      `![Success by selector](${SELECTORS_FIGURE})`,
      reportTable(results.selectors),
    );
  const tables = [
    ["controls", "## Controls: policies trained on other mixtures"],
    ["counts", "## Number of candidates"],
    ["ablations", "## What is left out of TACO"],
    ["shifts", "## Scenes unlike the training's"],
  ] as const;
  for (const [key, title] of tables) {
    const own = results[key];
    if (own === undefined) continue;
    sections.push(
      title,
      ...(key === "counts" ? [`![Success by number of candidates](${COUNTS_FIGURE})`] : []),
    );
    sections.push(groupTable(own));
  }
  return `${sections.join("\n\n")}\n`;
}

/** The figures of the page, as SVG by file name. */
export function tacoFigures({ selectors, counts }: TacoResults): Record<string, string> {
  return {
    ...(selectors === undefined ? {} : { [SELECTORS_FIGURE]: selectorFigure(selectors) }),
    ...(counts === undefined ? {} : { [COUNTS_FIGURE]: countsFigure(counts) }),
  };
}

function selectorFigure({ mean, episodes }: VlaReport): string {
  const bars = Object.entries(mean)
    .map(([label, { success, low, high }]) => ({ label, value: success, low, high }))
    .sort((a, b) => b.value - a.value);
  return barsSvg(`Success by selector, ${episodes} scenes`, bars);
}

function countsFigure(counts: Readonly<Record<string, VlaReport>>): string {
  const bars = Object.entries(counts).map(([count, { mean }]) => {
    const { success, low, high } = mean.taco;
    return { label: `${count} candidate${count === "1" ? "" : "s"}`, value: success, low, high };
  });
  return barsSvg(`Success of TACO, ${Object.values(counts)[0]?.episodes} scenes`, bars);
}

function reportTable(report: VlaReport): string {
  return table(
    ["selector", "success", "95 %", "wins : losses against single", "p", "p50, ms", "seam"],
    Object.entries(report.mean).map(([name, { success, low, high }]) => {
      const paired = report.againstSingle[name];
      return [
        name,
        percent(success),
        `${percent(low)} to ${percent(high)}`,
        paired === undefined ? "" : `${paired.wins} : ${paired.losses}`,
        paired === undefined ? "" : paired.p.toPrecision(2),
        report.latencyMs[name].p50.toFixed(1),
        report.seamJump[name].toFixed(2),
      ];
    }),
  );
}

function groupTable(reports: Readonly<Record<string, VlaReport>>): string {
  const names = Object.keys(Object.values(reports)[0]?.mean ?? {});
  return table(
    ["", "scenes", ...names.flatMap((name) => [name, "95 %"]), "TACO against single", "p"],
    Object.entries(reports).map(([key, { episodes, mean, againstSingle }]) => [
      key,
      `${episodes}`,
      ...names.flatMap((name) => [
        percent(mean[name].success),
        `${percent(mean[name].low)} to ${percent(mean[name].high)}`,
      ]),
      `${againstSingle.taco.wins} : ${againstSingle.taco.losses}`,
      againstSingle.taco.p.toPrecision(2),
    ]),
  );
}

function table(titles: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  return [line(titles), line(titles.map(() => "---")), ...rows.map(line)].join("\n");
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}

function points(share: number): string {
  return `${share >= 0 ? "+" : "-"}${Math.abs(100 * share).toFixed(1)}`;
}
