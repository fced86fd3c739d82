import { SHIFTS } from "../../sim/index.ts";
import { type SceneOutcome, SELECTORS } from "../../vla/index.ts";
import type { TacoSize } from "./taco-size.ts";
import type { Workshop } from "./workshop.ts";

/** Outcomes of the same scenes under several arms, by what they were run for. */
export interface TacoOutcomes {
  /** Arms `single` and `taco`, by policy and counter: [policy][counter]. */
  readonly headline: readonly (readonly (readonly SceneOutcome[])[])[];
  /** The first policy under every selector; `published` is TACO by the published recipe scaled down and the published feature. */
  readonly selectors?: readonly SceneOutcome[];
  /** By mixture that the policy was trained on. */
  readonly controls?: Readonly<Record<string, readonly SceneOutcome[]>>;
  /** By number of candidates. */
  readonly counts?: Readonly<Record<number, readonly SceneOutcome[]>>;
  /** By what was left out of TACO; arms `single` and `taco`. */
  readonly ablations?: Readonly<Record<string, readonly SceneOutcome[]>>;
  readonly shifts?: Readonly<Record<string, readonly SceneOutcome[]>>;
}

/**
 * What is changed in the counters, by name. The published network is ablated as `steady`, which is its form with many coins, with
 * one net.
 */
const ABLATIONS: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  "no outlook": { outlook: 0 },
  "no search": { search: "none" },
  "full search": { search: "full" },
  "idle frames counted": { idleShare: 0 },
  "half as wide": { fourier: { bandwidth: 0.5 } },
  "twice as wide": { fourier: { bandwidth: 2 } },
  "256 coins": { fourier: { coins: 256 } },
  "descent by gradients": { recipe: "steady", counter: { nets: 1 } },
  "descent, no x10": { recipe: "steady", counter: { nets: 1, shape: { inputScale: 1 } } },
  "descent, no prior": { recipe: "steady", counter: { nets: 1, shape: { prior: "none" } } },
  "descent, prior apart": { recipe: "steady", counter: { nets: 1, shape: { prior: "independent" } } },
};

/** Does whatever is not done yet of a reproduction, the headline first. */
export async function runTacoPlan(workshop: Workshop, size: TacoSize): Promise<TacoOutcomes> {
  const { scenes, sideScenes, parts } = size;
  const headline: SceneOutcome[][][] = [];
  for (let p = 1; p <= size.policySeeds; p++) {
    const policy = await workshop.policy("mixed", p);
    const byCounter: SceneOutcome[][] = [];
    let single: readonly SceneOutcome[] | undefined;
    for (let k = 1; k <= size.counterSeeds; k++) {
      const scorers = await workshop.counter(policy, k);
      // The single sample does not depend on the counter.
      const selectors = single === undefined ? ["single", "taco"] : ["taco"];
      const outcomes = await workshop.trial(`headline ${p} ${k}`, policy, scorers, { selectors, scenes });
      single ??= outcomes;
      byCounter.push(withArms(outcomes, single, ["single"]));
    }
    headline.push(byCounter);
  }
  const policy = await workshop.policy("mixed", 1);
  const scorers = await workshop.counter(policy, 1);
  const pair = ["single", "taco"];
  const plain = () => workshop.trial("plain", policy, scorers, { selectors: pair, scenes: sideScenes });
  return {
    headline,
    ...(parts.includes("selectors")
      ? { selectors: await selectorTrial(workshop, size, policy, scorers) }
      : {}),
    ...(parts.includes("controls")
      ? {
          controls: await each(["clean", "careless", "adversarial"], async (mixture) => {
            const own = await workshop.policy(mixture, 1);
            const counted = await workshop.counter(own, 1, { demos: [await workshop.demos(mixture)] });
            const trial = { selectors: [...pair, "elliptical"], scenes: sideScenes };
            return await workshop.trial(`control ${mixture}`, own, counted, trial);
          }),
        }
      : {}),
    ...(parts.includes("counts")
      ? {
          counts: await each(size.counts, async (candidates) => {
            const trial = { selectors: ["taco"], scenes: sideScenes, candidates };
            const outcomes = await workshop.trial(`candidates ${candidates}`, policy, scorers, trial);
            return withArms(outcomes, await plain(), ["single"]);
          }),
        }
      : {}),
    ...(parts.includes("ablations")
      ? { ablations: await ablations(workshop, size, policy, await plain()) }
      : {}),
    ...(parts.includes("shifts")
      ? {
          shifts: await each(SHIFTS, (shift) =>
            workshop.trial(`shift ${shift}`, policy, scorers, { selectors: pair, scenes: sideScenes, shift }),
          ),
        }
      : {}),
  };
}

async function selectorTrial(workshop: Workshop, size: TacoSize, policy: string, scorers: string) {
  const ensemble = size.policySeeds > 1 ? [await workshop.policy("mixed", 2)] : [];
  const selectors = SELECTORS.filter((name) => name !== "ensemble" || ensemble.length > 0);
  const trial = { scenes: size.sideScenes, ensemble };
  const outcomes = await workshop.trial("selectors", policy, scorers, { ...trial, selectors });
  const published = await workshop.counter(policy, 1, { label: "scaled", recipe: "scaled", outlook: 0 });
  const other = await workshop.trial("published recipe", policy, published, {
    ...trial,
    selectors: ["taco"],
  });
  return withArms(outcomes, other, ["taco"], "published");
}

/** @param plain single samples and TACO with nothing left out */
async function ablations(
  workshop: Workshop,
  { sideScenes: scenes }: TacoSize,
  policy: string,
  plain: readonly SceneOutcome[],
): Promise<Record<string, readonly SceneOutcome[]>> {
  const counted = (label: string, changes: object) =>
    workshop.counter(policy, 1, { label, baselines: false, ...changes });
  const changed = await each(Object.keys(ABLATIONS), async (label) => {
    const scorers = await counted(label, ABLATIONS[label]);
    const trial = { selectors: ["taco"], scenes };
    return withArms(await workshop.trial(`without: ${label}`, policy, scorers, trial), plain, ["single"]);
  });
  // Here the single sample is another one, too.
  const fixed = await workshop.trial(
    "without: fresh noise",
    policy,
    await counted("fixed noise", { noise: "fixed" }),
    { selectors: ["single", "taco"], scenes, noise: "fixed" },
  );
  return { nothing: plain, ...changed, "fixed noise": fixed };
}

async function each<K extends string | number, T>(
  keys: readonly K[],
  make: (key: K) => Promise<T>,
): Promise<Record<K, T>> {
  const made: [K, T][] = [];
  for (const key of keys) made.push([key, await make(key)]);
  return Object.fromEntries(made) as Record<K, T>;
}

/** Scenes with arms of others added, which were run on the same ones. */
function withArms(
  scenes: readonly SceneOutcome[],
  others: readonly SceneOutcome[],
  names: readonly string[],
  as?: string,
): SceneOutcome[] {
  const found = new Map(others.map((scene) => [`${scene.task} ${scene.seed}`, scene.arms]));
  return scenes.map((scene) => {
    const arms = found.get(`${scene.task} ${scene.seed}`);
    if (arms === undefined) throw new RangeError(`Scene ${scene.seed} of ${scene.task} was not run twice.`);
    const added = Object.fromEntries(names.map((name) => [as ?? name, arms[name]]));
    return { ...scene, arms: { ...added, ...scene.arms } };
  });
}
