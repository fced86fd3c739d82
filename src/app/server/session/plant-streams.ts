import { type ControlSession, networksOf } from "../../../policies/index.ts";
import type { Contact, Plant } from "../../../sim/index.ts";
import type { StreamField, StreamPlan } from "../../../wire/index.ts";

/** One stream with the function that writes its samples. */
export interface SampledStream {
  readonly plan: StreamPlan;
  /** The values of a sample, in a new array. */
  sample(): Float32Array;
}

/** How well the simulation keeps time; written by whoever paces it. */
export interface Timing {
  /** Simulated seconds per second of late. */
  realTimeFactor: number;
  /** How late the last control step began, ms. */
  lateMs: number;
}

/** All streams of a simulated robot, as PROTOCOL.md names them. */
export function plantStreams(session: ControlSession, timing: Timing): SampledStream[] {
  const rateHz = 1 / session.plant.controlTimestep;
  const record = (name: string, parts: readonly Part[]) => recordStream(name, rateHz, parts);
  const observed = observationParts(session);
  return [
    record("state", stateParts(session, timing)),
    contactStream(session.plant, rateHz),
    ...(observed.length > 0 ? [record("observation", observed)] : []),
    ...rewardStreams(session.judge, rateHz),
    record("timing", [
      single("policyMs", "ms", () => session.policyMs),
      single("physicsMs", "ms", () => session.physicsMs),
      single("lateMs", "ms", () => timing.lateMs),
    ]),
  ];
}

/** A field, and where its values are now. */
export interface Part {
  readonly field: StreamField;
  readonly values: () => ArrayLike<number>;
}

/** A stream of records. */
export function recordStream(name: string, rateHz: number, parts: readonly Part[]): SampledStream {
  const size = parts.reduce((sum, { field }) => sum + field.size, 0);
  return {
    plan: { name, layout: "record", rateHz, fields: parts.map(({ field }) => field) },
    sample() {
      const out = new Float32Array(size);
      let at = 0;
      for (const { field, values } of parts) {
        out.set(values(), at);
        at += field.size;
      }
      return out;
    },
  };
}

/** The stream `reward`: one field per term, none where nobody judges. */
export function rewardStreams(
  source: { readonly names: readonly string[]; readonly terms: Float64Array } | undefined,
  rateHz: number,
): SampledStream[] {
  if (source === undefined || source.names.length === 0) return [];
  const parts = source.names.map((name, k) => ({
    field: { name, size: 1, unit: "" },
    values: () => source.terms.subarray(k, k + 1),
  }));
  return [recordStream("reward", rateHz, parts)];
}

/** A robot as the stream `state` shows it. */
export interface Shown {
  readonly plant: Plant;
  readonly targets: { readonly q: Float64Array };
  readonly hasFallen: boolean;
}

/** The fields of the stream `state`. */
export function stateParts(session: Shown, timing: Pick<Timing, "realTimeFactor">): Part[] {
  const { plant, targets } = session;
  const { truth, simulation, robot } = plant;
  const { nq, nv } = simulation.model.sizes;
  const labels = robot.joints.map(({ name }) => name);
  const perJoint = (name: string, unit: string, values: Float64Array): Part => ({
    field: { name, size: labels.length, unit, labels },
    values: () => values,
  });
  const vector = (name: string, unit: string, values: Float64Array): Part => ({
    field: { name, size: values.length, unit },
    values: () => values,
  });
  return [
    single("time", "s", () => truth.time),
    single("step", "", () => truth.step),
    { field: { name: "qpos", size: nq, unit: "" }, values: () => simulation.views.qpos },
    { field: { name: "qvel", size: nv, unit: "" }, values: () => simulation.views.qvel },
    perJoint("q", "rad", truth.q),
    perJoint("dq", "rad/s", truth.dq),
    perJoint("tau", "N·m", truth.tau),
    perJoint("target", "rad", targets.q),
    {
      field: { name: "command", size: 3, unit: "", labels: ["vx", "vy", "yawRate"] },
      values: () => truth.command,
    },
    perJoint("reference", "rad", truth.reference),
    vector("baseQuat", "", truth.baseQuat),
    vector("baseAngVel", "rad/s", truth.baseAngVel),
    vector("basePos", "m", truth.basePos),
    vector("baseLinVel", "m/s", truth.baseLinVel),
    single("hasFallen", "", () => (session.hasFallen ? 1 : 0)),
    single("realTimeFactor", "", () => timing.realTimeFactor),
  ];
}

/** What each network saw and said, term by term. */
function observationParts(session: ControlSession): Part[] {
  const networks = networksOf(session.policy);
  return networks.flatMap(({ layout, observation, action, joints, name }, i) => {
    const prefix = networks.length === 1 ? name : `${i + 1} ${name}`;
    const seen = new Map<string, number>();
    const terms = layout.map(({ term, offset, length }): Part => {
      const count = (seen.get(term.name) ?? 0) + 1;
      seen.set(term.name, count);
      const label = count === 1 ? term.name : `${term.name}#${count}`;
      const values = observation.subarray(offset, offset + length);
      return { field: { name: `${prefix}.${label}`, size: length, unit: "" }, values: () => values };
    });
    const actions = { name: `${prefix}.action`, size: action.length, unit: "", labels: [...joints] };
    return [...terms, { field: actions, values: () => action }];
  });
}

/** The stream `contacts`. */
export function contactStream(plant: Plant, rateHz: number): SampledStream {
  return {
    plan: {
      name: "contacts",
      layout: "rows",
      rateHz,
      fields: [
        { name: "geoms", size: 2, unit: "" },
        { name: "pos", size: 3, unit: "m" },
        { name: "force", size: 3, unit: "N" },
      ],
    },
    sample: () => Float32Array.from(plant.simulation.contacts().flatMap(contactRow)),
  };
}

/** The force on the second geom, turned from the contact's frame, whose axes are rows, into the world's. */
function contactRow({ geoms, pos, frame, force }: Contact): number[] {
  const world = [0, 1, 2].map((k) => frame[k] * force[0] + frame[3 + k] * force[1] + frame[6 + k] * force[2]);
  return [...geoms, ...pos, ...world];
}

function single(name: string, unit: string, value: () => number): Part {
  const kept = [0];
  return {
    field: { name, size: 1, unit },
    values() {
      kept[0] = value();
      return kept;
    },
  };
}
