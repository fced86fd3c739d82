import { UsageError } from "../../common/index.ts";
import { JOINT_TYPE, type Model, type Simulation } from "../engine/index.ts";
import { otherSide } from "./mirror.ts";

/** Which bodies of a robot are what: indices into the model's bodies. */
export interface BodyPlan {
  readonly base: number;
  /** Left, then right. */
  readonly feet: readonly [number, number];
  readonly knees: readonly [number, number];
}

/** The body that should float: the one that does, or the top body with most bodies below it. Throws `UsageError` where it cannot. */
export function findBase(model: Model): { name: string; floats: boolean } {
  const { jnt_type, jnt_bodyid, body_parentid, body_rootid } = model.views;
  const names = model.names("body");
  const free = jnt_type.indexOf(JOINT_TYPE.free);
  const size = (root: number) => body_rootid.reduce((count, of) => count + (of === root ? 1 : 0), 0);
  const tops = names.flatMap((_, body) => (body > 0 && body_parentid[body] === 0 ? [body] : []));
  const [largest] = tops.sort((a, b) => size(b) - size(a));
  const base = free >= 0 ? jnt_bodyid[free] : largest;
  if (base === undefined || names[base] === "") {
    throw new UsageError(
      `"${model.label}" has no named base body.`,
      "Put the robot's links into one body with a name.",
    );
  }
  if (free < 0 && model.views.body_jntnum[base] > 0) {
    throw new UsageError(
      `The base "${names[base]}" of "${model.label}" moves on joints of its own.`,
      "Import a robot whose base is fixed or has a free joint.",
    );
  }
  return { name: names[base], floats: free >= 0 };
}

/**
 * Finds feet and knees by their names, and failing that by their place: the lowest outermost link on each side.
 *
 * @throws UsageError where the robot has not two feet
 */
export function planBody(simulation: Simulation, baseName: string): BodyPlan {
  const { model } = simulation;
  simulation.kinematics();
  const base = model.index("body", baseName);
  const feet =
    lowest(simulation, namedPairs(simulation, base, /foot|sole|ankle|toe/i)) ?? leafFeet(simulation, base);
  if (feet === undefined) {
    throw new UsageError(
      `"${model.label}" has no two feet: no pair of links is named like feet, and no two lowest links stand apart.`,
      "Only two-legged robots can be imported; name the foot links left_foot and right_foot.",
    );
  }
  return { base, feet, knees: [kneeAbove(model, base, feet[0]), kneeAbove(model, base, feet[1])] };
}

type Pair = readonly [left: number, right: number];

/** Pairs of bodies whose names match and differ by left and right alone; the left one lies further to the left. */
function namedPairs({ model, views }: Simulation, base: number, pattern: RegExp): Pair[] {
  const names = model.names("body");
  const { body_rootid } = model.views;
  return names.flatMap((name, body): Pair[] => {
    const other = names.indexOf(otherSide(name));
    const isPair = pattern.test(name) && other > body && body_rootid[body] === body_rootid[base];
    if (!isPair) return [];
    return [views.xpos[3 * body + 1] >= views.xpos[3 * other + 1] ? [body, other] : [other, body]];
  });
}

function lowest({ views }: Simulation, pairs: readonly Pair[]): Pair | undefined {
  const height = ([left, right]: Pair) => views.xpos[3 * left + 2] + views.xpos[3 * right + 2];
  return pairs.toSorted((a, b) => height(a) - height(b) || b[0] - a[0])[0];
}

function leafFeet({ model, views }: Simulation, base: number): Pair | undefined {
  const { body_parentid, body_rootid } = model.views;
  const leaves = [...body_rootid.keys()].filter(
    (body) => body > 0 && body_rootid[body] === body_rootid[base] && !body_parentid.includes(body),
  );
  const [a, b] = leaves.sort((p, q) => views.xpos[3 * p + 2] - views.xpos[3 * q + 2]);
  if (a === undefined || b === undefined) return undefined;
  const apart = views.xpos[3 * a + 1] - views.xpos[3 * b + 1];
  const level = Math.abs(views.xpos[3 * a + 2] - views.xpos[3 * b + 2]);
  if (Math.abs(apart) < 0.02 || level > 0.02) return undefined;
  return apart > 0 ? [a, b] : [b, a];
}

/** The body above a foot that is named like a knee or shank, or else the one in the middle of the leg. */
function kneeAbove(model: Model, base: number, foot: number): number {
  const names = model.names("body");
  const leg = chainTo(model, base, foot);
  const named = leg.find((body) => /knee|calf|shank|shin|tibia/i.test(names[body]));
  return named ?? leg[Math.floor(leg.length / 2)] ?? foot;
}

/** Bodies from below the base down to and including `body`. */
export function chainTo(model: Model, base: number, body: number): number[] {
  const chain: number[] = [];
  for (let at = body; at > 0 && at !== base; at = model.views.body_parentid[at]) chain.unshift(at);
  return chain;
}
