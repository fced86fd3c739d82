import { expect, it } from "vitest";
import { Rng } from "../../../src/common/index.ts";
import { encodeModel, InferenceSession } from "../../../src/learn/index.ts";
import { Batch, UNDISTURBED } from "../../../src/vla/small/batches.ts";
import { VlaTrainer } from "../../../src/vla/small/trainer.ts";
import { networkLayout, validationGraph } from "../../../src/vla/small/training-graph.ts";
import { toyDemos } from "../support/toy-demos.ts";
import { toyConfig } from "../support/toy-model.ts";

it.each(["flow", "autoregressive"] as const)(
  "a small VLA with a %s head learns nothing from what a chunk is padded with after an episode's end",
  async (head) => {
    const set = toyDemos({ episodes: 4, seed: 1 });
    const config = toyConfig({ head, chunkHorizon: 8, bins: 16 });
    using trainer = await VlaTrainer.create({ name: "toy", set, config, seed: 1, now: () => 0 });
    const shape = { frames: 1, noises: 2 };
    const layout = networkLayout(trainer.spec);
    const parameters = {
      type: "float32" as const,
      dims: [layout.size],
      data: layout.initial(new Rng(2)),
    };
    using session = await InferenceSession.load(encodeModel(validationGraph(trainer.spec, shape).model()));
    const batch = new Batch(set, trainer.spec, shape);
    const picture = set.episodes[0].frames - 3; // of a chunk of 8 steps, 3 are left
    batch.fill([{ episode: 0, picture }], new Rng(3), UNDISTURBED);
    const loss = async () => {
      const result = await session.run({ ...batch.tensors, parameters });
      return (result.loss.data as Float32Array)[0];
    };
    const target = batch.tensors[head === "flow" ? "target" : "spelled"].data as Float32Array;
    const actions = trainer.spec.actions.length;
    const before = await loss();
    expect(before).toBeGreaterThan(0);
    target.fill(9, 3 * actions, 8 * actions);
    expect(await loss()).toBe(before);
    target.fill(9, 2 * actions, 3 * actions);
    expect(Math.abs((await loss()) - before)).toBeGreaterThan(1e-3);
  },
);
