import { describe, expect, it } from "vitest";
import { Rng } from "../../../src/common/index.ts";
import { float32Tensor, type OnnxTensor } from "../../../src/learn/onnx/index.ts";
import { TrainingSession } from "../../../src/learn/optim/index.ts";
import { PpoConfig, type SymmetryUse } from "../../../src/learn/ppo/config.ts";
import { type ActorCritic, actorCriticLayout } from "../../../src/learn/ppo/networks.ts";
import { updateGraph } from "../../../src/learn/ppo/update-graph.ts";

const MIRROR = {
  obs: { source: [1, 0, 2], sign: [1, 1, -1] },
  criticObs: { source: [0, 2, 1, 3], sign: [-1, 1, 1, -1] },
  actions: { source: [1, 0], sign: [-1, -1] },
};
const COLUMNS = 5;
const MAPS: Readonly<Record<string, { source: number[]; sign: number[] }>> = MIRROR;

describe.each(["mlp", "lstm"] as const)("augmentation by symmetry with an %s actor", (kind) => {
  it("takes the step that learning from the experience and its mirror image takes", async () => {
    const time = kind === "lstm" ? 3 : 1;
    const once = rollout(time);
    const augmented = await stepOn(kind, "augment", time, once, COLUMNS);
    const doubled = await stepOn(kind, "none", time, withMirrorImage(once, time), 2 * COLUMNS);
    for (const name of ["surrogate", "valueLoss", "gradientNorm"])
      expect(augmented.result(name)[0]).toBeCloseTo(doubled.result(name)[0], 5);
    const [a, b] = [augmented, doubled].map((session) => session.state("adam.firstMoment"));
    for (let i = 0; i < a.length; i++) expect(a[i]).toBeCloseTo(b[i], 5);
    expect(Math.max(...a.map(Math.abs))).toBeGreaterThan(1e-3);
    for (const session of [augmented, doubled]) session[Symbol.dispose]();
  });

  it("is charged for what it does differently in the mirror besides, if so asked", async () => {
    const time = kind === "lstm" ? 3 : 1;
    const [augmented, loss, both] = await Promise.all(
      (["augment", "loss", "both"] as const).map((symmetry) =>
        stepOn(kind, symmetry, time, rollout(time), COLUMNS),
      ),
    );
    expect(both.result("surrogate")[0]).toBe(augmented.result("surrogate")[0]);
    expect(both.result("valueLoss")[0]).toBe(augmented.result("valueLoss")[0]);
    expect(both.result("symmetryLoss")[0]).toBe(loss.result("symmetryLoss")[0]);
    const [a, b] = [augmented, both].map((session) => session.state("adam.firstMoment"));
    expect(Math.max(...a.map((value, i) => Math.abs(value - b[i])))).toBeGreaterThan(1e-3);
    for (const session of [augmented, loss, both]) session[Symbol.dispose]();
  });

  it("leaves the mirror images to the actor alone, if so asked", async () => {
    const time = kind === "lstm" ? 3 : 1;
    const [both, loss, actorAlone] = await Promise.all([
      stepOn(kind, "both", time, rollout(time), COLUMNS),
      stepOn(kind, "loss", time, rollout(time), COLUMNS),
      stepOn(kind, "both", time, rollout(time), COLUMNS, { criticImages: false }),
    ]);
    expect(actorAlone.result("surrogate")[0]).toBe(both.result("surrogate")[0]);
    expect(actorAlone.result("valueLoss")[0]).toBe(loss.result("valueLoss")[0]);
    expect(actorAlone.result("valueLoss")[0]).not.toBe(both.result("valueLoss")[0]);
    for (const session of [both, loss, actorAlone]) session[Symbol.dispose]();
  });
});

type Values = Readonly<Record<string, { readonly size: number; readonly data: Float32Array }>>;

/** Made-up experience; `h` and `c` are of the columns and then of their mirror images. */
function rollout(time: number): Values {
  const rng = new Rng(1);
  const random = (size: number, steps: number, columns = COLUMNS) => ({
    size,
    data: Float32Array.from({ length: steps * columns * size }, () => rng.normal()),
  });
  const sizes = {
    obs: 3,
    criticObs: 4,
    actions: 2,
    mean: 2,
    logProb: 1,
    values: 1,
    returns: 1,
    advantages: 1,
  };
  const keep = {
    size: 1,
    data: Float32Array.from({ length: time * COLUMNS }, (_, i) => (i % 4 === 3 ? 0 : 1)),
  };
  const memory = { h: random(8, 1, 2 * COLUMNS), c: random(8, 1, 2 * COLUMNS) };
  const steps = Object.entries(sizes).map(([name, size]) => [name, random(size, time)]);
  return { ...Object.fromEntries(steps), keep, ...memory };
}

/** The same with the mirror images as further columns; what symmetry does not change is repeated. */
function withMirrorImage(values: Values, time: number): Values {
  return Object.fromEntries(
    Object.entries(values).map(([name, { size, data }]) => {
      if (name === "h" || name === "c") return [name, { size, data }];
      const { source, sign } = MAPS[name] ?? {
        source: [...Array(size).keys()],
        sign: Array<number>(size).fill(1),
      };
      const row = COLUMNS * size;
      const both = [...Array(time).keys()].flatMap((t) => {
        const original = [...data.subarray(t * row, (t + 1) * row)];
        const image = original.map((_, i) => sign[i % size] * original[i - (i % size) + source[i % size]]);
        return [...original, ...image];
      });
      return [name, { size, data: Float32Array.from(both) }];
    }),
  );
}

async function stepOn(
  kind: "mlp" | "lstm",
  symmetry: SymmetryUse,
  time: number,
  values: Values,
  columns: number,
  settings: { criticImages?: boolean } = {},
): Promise<TrainingSession> {
  const actor = { kind, hidden: [6], recurrentSize: 8 };
  const config = PpoConfig.parse({ actor, critic: { hidden: [6] }, symmetry, desiredKl: 0, ...settings });
  const networks: ActorCritic = {
    actor: config.actor,
    critic: config.critic,
    observationSizes: { actor: 3, critic: 4 },
    actionSize: 2,
    normalisesObservations: false,
    estimates: 0,
    ...(symmetry !== "none" && { mirror: MIRROR }),
  };
  const layout = actorCriticLayout(networks);
  const graph = updateGraph(networks, layout, config, { time, columns, minibatch: columns });
  const feeds = Object.entries(values)
    .filter(([name]) => kind === "lstm" || !["h", "c", "keep"].includes(name))
    .map(([name, { size, data }]): [string, Pick<OnnxTensor, "type" | "dims" | "data">] => [
      name,
      float32Tensor("", dimsOf(name, size, time, columns), data),
    ]);
  const session = await TrainingSession.create(graph, {
    ...Object.fromEntries(feeds),
    indices: { type: "int32", dims: [columns], data: Int32Array.from({ length: columns }, (_, i) => i) },
    deviation: float32Tensor("", [2], [1, 1]),
  });
  session.state("parameters").set(layout.initial(new Rng(2)));
  session.state("learningRate")[0] = 1e-3;
  await session.step();
  return session;
}

function dimsOf(name: string, size: number, time: number, columns: number): number[] {
  if (name === "h" || name === "c") return [2 * COLUMNS, size];
  return ["logProb", "values", "returns", "advantages"].includes(name)
    ? [time, columns]
    : [time, columns, size];
}
