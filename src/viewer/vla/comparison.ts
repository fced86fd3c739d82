import type { VlaFacts } from "../host/vla-messages.ts";

/** Ways to choose that are set against a single sample, best first. */
const PREFERRED = ["taco", "elliptical", "medoid"] as const;

/** The two selectors of an A/B: TACO on and off where there is a counter, else what comes closest. */
export function comparison({ selectors, asked }: Pick<VlaFacts, "selectors" | "asked">): [string, string] {
  const chosen = asked.selectors[0];
  const best = PREFERRED.find((name) => selectors.includes(name)) ?? "random";
  return [chosen === "single" ? best : chosen, "single"];
}
