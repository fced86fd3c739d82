import type { PolicyChange } from "../../policies/index.ts";
import type { HostReport } from "../host/messages.ts";
import { element, iconButton } from "../page/element.ts";
import type { Viewer } from "../page/viewer.ts";

type Inspected = Extract<HostReport, { op: "inspected" }>;

/** What is in a policy file that was dropped on the page, and whether it fits the robot. */
export class PolicyCard {
  readonly root = element("section", { class: "card policy", "aria-label": "Dropped policy" });
  readonly #viewer: Viewer;

  constructor(viewer: Viewer) {
    this.#viewer = viewer;
    this.root.hidden = true;
    viewer.link.on("inspected", (report) => this.#show(report));
  }

  #show({ id, inspection, findings, instead, changes }: Inspected): void {
    const close = iconButton("close", "Close", () => {
      this.root.hidden = true;
    });
    const isFit = findings.every(({ severity }) => severity !== "error");
    const run = element("button", {
      class: "text",
      type: "button",
      text: "run it",
      onclick: () => this.#viewer.input({ op: "policy", policies: [id] }),
    });
    run.disabled = !isFit;
    const { robot, rateHz, parameters, recurrent, observationSize, joints, observations, importedFrom } =
      inspection;
    const facts = element("dl");
    for (const [name, value] of [
      ["for", robot],
      ["read as", importedFrom ?? inspection.source],
      ["rate", `${rateHz.toFixed(0)} Hz`],
      ["weights", `${parameters}${recurrent === undefined ? "" : `, ${recurrent.kind} ${recurrent.hidden}`}`],
      ["drives", `${joints.length} joints`],
      ["observes", `${observationSize} values`],
    ])
      facts.append(element("dt", { text: name }), element("dd", { text: value }));
    const terms = element("ol", { class: "terms" });
    for (const { term, offset, size, history, about } of observations)
      terms.append(
        element("li", { text: `${offset}–${offset + size * history - 1}  ${term}`, title: about }),
      );
    const lint = element("ul", { class: "findings" });
    for (const { severity, text, remedy } of findings)
      lint.append(element("li", { "data-severity": severity, text: `${severity}: ${text}`, title: remedy }));
    this.root.replaceChildren(
      element("header", {}, element("h2", { text: inspection.name }), run, close),
      facts,
      terms,
      findings.length === 0 ? element("p", { text: "It fits this robot." }) : lint,
      ...(instead === "" ? [] : [changeTable(instead, changes)]),
    );
    this.root.hidden = false;
  }
}

/** What would be different from the policy that runs. */
function changeTable(instead: string, changes: readonly PolicyChange[]): HTMLElement {
  const rows = changes.flatMap(({ what, before, after }) => [
    element("dt", { text: what }),
    element("dd", {}, element("del", { text: before }), " ", element("ins", { text: after })),
  ]);
  return element(
    "details",
    { class: "changes", open: true },
    element("summary", { text: `Instead of ${instead}: ${changes.length || "no"} changes` }),
    element("dl", {}, ...rows),
  );
}
