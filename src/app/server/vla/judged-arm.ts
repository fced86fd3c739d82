import { UsageError } from "../../../common/index.ts";
import { type Arm, type Scorers, SELECTORS, type SelectorName, selectorNamed } from "../../../vla/index.ts";

/** What a decision's candidates were given by whoever judges them. */
export interface Judgement {
  readonly judge: string;
  /** Per candidate, low where supported. */
  readonly scores: Float32Array;
}

/** Selectors that need neither a scorer nor further models. */
const BARE: readonly SelectorName[] = ["single", "random", "mean", "medoid", "likelihood", "oracle"];
/** Who judges candidates where the selector itself gives no scores, best first. */
const JUDGES = ["taco", "elliptical", "knn", "rnd"] as const;

/** The selectors that can be had with some scorers, in the order of `SELECTORS`. */
export function selectorsWith(scorers: Scorers): SelectorName[] {
  return SELECTORS.filter((name) => BARE.includes(name) || name in scorers);
}

/**
 * An arm that draws all candidates and has them judged whatever it chooses by, so that it can be seen what was passed
 * over. `single` takes the first of them, which is the one that it would have drawn alone. Throws `UsageError` for a
 * selector that is not to be had.
 *
 * @param judged told of the scores before the choice is carried out
 */
export function judgedArm(
  name: string,
  scorers: Scorers,
  candidates: number,
  judged: (judgement: Judgement) => void,
): Arm {
  const available = selectorsWith(scorers);
  if (!available.some((each) => each === name))
    throw new UsageError(`There is no selector "${name}" here.`, `Use one of: ${available.join(", ")}.`);
  const judge = JUDGES.find((each) => each in scorers) ?? "medoid";
  const [choose, weigh] = [selectorNamed(name, scorers), selectorNamed(judge, scorers)];
  return {
    name,
    candidates,
    async selector(decision) {
      const selection = await choose(decision);
      const own = selection.scores;
      const scores = own ?? (await weigh(decision)).scores ?? new Float32Array(decision.candidates.count);
      judged({ judge: own === undefined ? judge : name, scores });
      return selection;
    },
  };
}
