import { wilsonInterval } from "../../common/index.ts";
import type { VlaFacts } from "../host/vla-messages.ts";
import { element } from "../page/element.ts";

/** What came of it: this scene under each selector side by side, and how often each succeeded so far. */
export class OutcomesTable {
  readonly root = element("div", { class: "outcomes" });

  show(vla: VlaFacts): void {
    const tally = tallyTable(vla);
    this.root.replaceChildren(
      element("header", {}, element("h2", { text: `Scene ${vla.asked.seed}` })),
      element("div", { class: "trials" }, ...trials(vla)),
      ...(tally === undefined ? [] : [tally]),
      ...vla.pairs.filter(({ task }) => task === vla.asked.task).map(pairText),
    );
  }
}

/** A field for each selector that the scene is done under: how it ended, or that it goes on or is to come. */
function trials({ asked, outcomes, selector, state }: VlaFacts): HTMLElement[] {
  return asked.selectors.map((name) => {
    const done = outcomes.find((outcome) => outcome.selector === name);
    const shown = done?.state ?? (selector === name ? state : "to come");
    const text = done === undefined ? shown : `${shown} · ${done.seconds.toFixed(1)} s`;
    return element(
      "div",
      { class: "trial", "data-state": shown.replace(" ", "-"), "data-selector": name },
      element("strong", { text: name }),
      element("span", { text }),
    );
  });
}

function tallyTable({ tally }: VlaFacts): HTMLElement | undefined {
  if (tally.length === 0) return undefined;
  const rows = tally.map(({ task, selector, successes, trials: count }) => {
    const { low, high } = wilsonInterval(successes, count);
    const share = element("i");
    share.style.width = `${(100 * successes) / count}%`;
    return element(
      "tr",
      { title: `Wilson's interval: ${percent(low)} to ${percent(high)}` },
      element("td", { text: task }),
      element("td", { text: selector }),
      element("td", {}, element("b", {}, share)),
      element("td", { text: `${successes}/${count}` }),
    );
  });
  return element("table", { "aria-label": "successes" }, element("tbody", {}, ...rows));
}

function pairText({
  selectors,
  both,
  onlyFirst,
  onlySecond,
  neither,
}: VlaFacts["pairs"][number]): HTMLElement {
  const [a, b] = selectors;
  return element("small", {
    text: `Same scenes: both ${both}, only ${a} ${onlyFirst}, only ${b} ${onlySecond}, neither ${neither}`,
  });
}

const percent = (share: number): string => `${(100 * share).toFixed(0)} %`;
