import { actionScales, type PolicySpec } from "../spec.ts";

/** One way in which a policy differs from another, as short texts for people. */
export interface PolicyChange {
  readonly what: string;
  readonly before: string;
  readonly after: string;
}

/** What is different when one policy takes another's place: rate, observation, driven joints, and how they are driven. */
export function policyChanges(before: PolicySpec, after: PolicySpec): PolicyChange[] {
  return [
    change("rate", rate(before), rate(after)),
    change("memory", memory(before), memory(after)),
    ...termChanges(before, after),
    ...jointChanges(before, after),
    ...commandChanges(before, after),
  ].filter((each) => each.before !== each.after);
}

/** A policy beside the running one that it would replace: its name, empty where there is none such, and what changes. */
export interface PolicyComparison {
  readonly instead: string;
  readonly changes: readonly PolicyChange[];
}

/** Compares a policy with that of the running ones with which it has most joints in common. */
export function comparePolicy(running: readonly PolicySpec[], after: PolicySpec): PolicyComparison {
  const common = ({ jointNames }: PolicySpec) =>
    jointNames.filter((name) => after.jointNames.includes(name)).length;
  const [replaced] = running.filter((spec) => common(spec) > 0).sort((a, b) => common(b) - common(a));
  if (replaced === undefined) return { instead: "", changes: [] };
  return { instead: replaced.name, changes: policyChanges(replaced, after) };
}

const change = (what: string, before: string, after: string): PolicyChange => ({ what, before, after });
const NONE = "–";

const rate = ({ controlTimestep }: PolicySpec): string => `${Math.round(1 / controlTimestep)} Hz`;
const memory = ({ recurrent }: PolicySpec): string =>
  recurrent === undefined ? "none" : `${recurrent.kind} ${recurrent.layers} x ${recurrent.hidden}`;

/** Terms that came, went, or are scaled or kept otherwise; and the order, where only that differs. */
function termChanges(before: PolicySpec, after: PolicySpec): PolicyChange[] {
  const [old, now] = [termTexts(before), termTexts(after)];
  const changed = union(old, now).map((name) =>
    change(`observes ${name}`, old.get(name) ?? NONE, now.get(name) ?? NONE),
  );
  const common = (ours: Map<string, string>, theirs: Map<string, string>) =>
    [...ours.keys()].filter((name) => theirs.has(name)).join(", ");
  return [...changed, change("order of terms", common(old, now), common(now, old))];
}

function termTexts({ observations }: PolicySpec): Map<string, string> {
  const texts = observations.map(({ name, scale, clip, history, joints }) => {
    const parts = [
      `x ${Array.isArray(scale) ? `[${scale.map(short).join(", ")}]` : short(scale)}`,
      ...(history > 1 ? [`${history} steps`] : []),
      ...(clip === undefined ? [] : [`within ${short(clip)}`]),
      ...(joints === undefined ? [] : [`${joints.length} joints`]),
    ];
    return [name, parts.join(", ")] as const;
  });
  return new Map(texts);
}

/** Joints that are driven by one alone, and for each quantity the joints that have another value of it. */
function jointChanges(before: PolicySpec, after: PolicySpec): PolicyChange[] {
  const common = after.jointNames.filter((name) => before.jointNames.includes(name));
  const only = (ours: PolicySpec, theirs: PolicySpec) =>
    ours.jointNames.filter((name) => !theirs.jointNames.includes(name)).join(", ") || NONE;
  const quantities: readonly (readonly [string, (spec: PolicySpec) => readonly number[]])[] = [
    ["kp", ({ kp }) => kp],
    ["kd", ({ kd }) => kd],
    ["torque limit", ({ torqueLimit }) => torqueLimit],
    ["action scale", actionScales],
    ["default pose", (spec) => spec.jointNames.map((name) => spec.defaultJointPos[name])],
  ];
  return [
    change("drives alone", only(before, after), only(after, before)),
    ...quantities.flatMap(([what, values]) =>
      common.map((name) => {
        const of = (spec: PolicySpec) => short(values(spec)[spec.jointNames.indexOf(name)]);
        return change(`${what} of ${name.replace(/_joint$/, "")}`, of(before), of(after));
      }),
    ),
  ];
}

function commandChanges(before: PolicySpec, after: PolicySpec): PolicyChange[] {
  const texts = ({ commands }: PolicySpec) =>
    new Map(commands.map(({ name, low, high }) => [name, `${short(low)} to ${short(high)}`]));
  const [old, now] = [texts(before), texts(after)];
  return union(old, now).map((name) =>
    change(`command ${name}`, old.get(name) ?? NONE, now.get(name) ?? NONE),
  );
}

const union = (a: Map<string, string>, b: Map<string, string>): string[] => [
  ...new Set([...a.keys(), ...b.keys()]),
];

const short = (value: number): string => String(Number(value.toPrecision(4)));
