import type { VlaDecision } from "../host/vla-messages.ts";
import { supportOf } from "./support-scale.ts";

/** How the support of what was chosen went through one trial. */
export interface Course {
  readonly selector: string;
  readonly decisions: readonly VlaDecision[];
}

/** The decisions of the scene that is shown, trial by trial. */
export class DecisionLog {
  #scene = "";
  #courses: { selector: string; decisions: VlaDecision[] }[] = [];

  /** Takes a decision. Another scene forgets what was; the same one done again under a selector, what that did. */
  add(decision: VlaDecision): void {
    const { task, seed, selector, seconds } = decision;
    const scene = `${task} ${seed}`;
    const course = this.#courses.find((each) => each.selector === selector);
    const isAgain = course !== undefined && seconds <= (course.decisions.at(-1)?.seconds ?? 0);
    if (scene !== this.#scene) this.#courses = [];
    if (isAgain) this.#courses = this.#courses.filter((each) => each !== course);
    this.#scene = scene;
    const own = this.#courses.find((each) => each.selector === selector);
    if (own === undefined) this.#courses.push({ selector, decisions: [decision] });
    else own.decisions.push(decision);
  }

  get courses(): readonly Course[] {
    return this.#courses;
  }

  /**
   * Columns for a plot: times, s; then for each course the support of what was chosen; then the least and the most that
   * there was among the newest course's candidates. Null where a course has no decision.
   */
  get columns(): readonly (readonly (number | null)[])[] {
    const newest = this.#courses.at(-1);
    const times = [
      ...new Set(this.#courses.flatMap(({ decisions }) => decisions.map(({ seconds }) => seconds))),
    ];
    times.sort((a, b) => a - b);
    const column = (course: Course | undefined, value: (decision: VlaDecision) => number | null) =>
      times.map((time) => {
        const decision = course?.decisions.find(({ seconds }) => seconds === time);
        return decision === undefined ? null : value(decision);
      });
    return [
      times,
      ...this.#courses.map((course) => column(course, chosenSupport)),
      column(newest, ({ judge, scores }) => Math.min(...scores.map((score) => supportOf(judge, score)))),
      column(newest, ({ judge, scores }) => Math.max(...scores.map((score) => supportOf(judge, score)))),
    ];
  }
}

/** The support of what was chosen; null where that is none of the candidates. */
function chosenSupport({ chosen, judge, scores }: VlaDecision): number | null {
  return chosen === null || scores[chosen] === undefined ? null : supportOf(judge, scores[chosen]);
}
