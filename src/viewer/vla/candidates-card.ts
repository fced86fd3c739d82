import type { VlaDecision } from "../host/vla-messages.ts";
import { element } from "../page/element.ts";
import { SupportScale, supportCss, supportName, supportOf, supportText } from "./support-scale.ts";

/** Lowest bar, percent: what has no support is there all the same. */
const LOWEST = 5;

/** The newest decision: a bar for each candidate, in the colour that its future has in the world; and what was before. */
export class CandidatesCard {
  readonly root = element("section", { class: "card candidates", "aria-label": "Candidates" });
  readonly #title = element("h2", { text: "Candidates" });
  readonly #facts = element("span", { class: "facts" });
  readonly #bars = element("div", { class: "bars", role: "img" });
  readonly #rare = element("span");
  readonly #frequent = element("span");

  /**
   * @param history how support went through the trial
   * @param outcomes what came of it
   */
  constructor(history: HTMLElement, outcomes: HTMLElement) {
    const ramp = element("i");
    const stops = Array.from({ length: 9 }, (_, k) => supportCss(k / 8));
    ramp.style.background = `linear-gradient(90deg, ${stops.join(", ")})`;
    this.root.append(
      element(
        "div",
        {},
        element("header", {}, this.#title, this.#facts),
        this.#bars,
        element("div", { class: "ramp" }, this.#rare, ramp, this.#frequent),
      ),
      history,
      outcomes,
    );
  }

  show(decision: VlaDecision): void {
    const { scores, chosen, judge, milliseconds, seconds } = decision;
    const most = Math.max(...scores.map((score) => supportOf(judge, score)));
    this.#title.textContent = `${scores.length} candidates`;
    this.#facts.textContent = `at ${seconds.toFixed(1)} s · ${milliseconds.toFixed(0)} ms`;
    this.#bars.setAttribute(
      "aria-label",
      `${supportName(judge)} of ${scores.length} candidates, the most ${supportText(most)}; number ${chosen ?? "none"} was chosen`,
    );
    const scale = new SupportScale(decision);
    this.#bars.replaceChildren(
      ...scores.map((score, i) => bar(i, scale.share(score), supportOf(judge, score), decision)),
    );
    const [low, high] = scale.range;
    this.#rare.textContent = `rare ${supportText(low)}`;
    this.#frequent.textContent = `${supportText(high)} frequent`;
    this.root.dataset.judge = judge;
  }
}

function bar(i: number, share: number, support: number, { judge, chosen }: VlaDecision): HTMLElement {
  const made = element("b", {
    title: `candidate ${i}: ${supportName(judge)} ${supportText(support)}`,
    class: i === chosen ? "chosen" : "",
  });
  made.style.height = `${LOWEST + (100 - LOWEST) * share}%`;
  made.style.background = supportCss(share);
  return made;
}
