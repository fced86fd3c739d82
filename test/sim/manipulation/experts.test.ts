import { describe, expect, it } from "vitest";
import { Rng } from "../../../src/common/index.ts";
import type { EpisodeEnd, ManipulationEnvironment } from "../../../src/sim/manipulation/environment.ts";
import type { ExpertMode } from "../../../src/sim/manipulation/task.ts";
import { MANIPULATION_TASKS } from "../../../src/sim/manipulation/tasks.ts";
import { openTask } from "../../support/manipulation.ts";

interface Trial {
  readonly outcome: EpisodeEnd;
  /** Where the left hand was halfway through the shortest expert's time, and the right one, m. */
  readonly hands: readonly number[];
}

async function trial(
  env: ManipulationEnvironment,
  seed: number,
  mode: ExpertMode,
  whims = new Rng(seed).fork("script"),
): Promise<Trial> {
  await env.reset({ split: "validation", seed });
  const expert = env.expert(mode, whims);
  const action = new Float32Array(env.actionSize);
  const hands: number[] = [];
  while (env.status === "running") {
    expert.act(action);
    await env.step(action);
    if (env.actionCount === 7) hands.push(...env.bench.hand("left"), ...env.bench.hand("right"));
  }
  return { outcome: env.status, hands };
}

// Success over many seeds is measured by `vla experts`; these few only guard against breakage.
describe.each(MANIPULATION_TASKS.map((task) => [task.name, task] as const))(
  "the experts of %s",
  (_, task) => {
    it("succeed when clean, in either way, which are different ways; carelessness loses some, the mistake most", async () => {
      using env = await openTask(task);
      const run = async (mode: ExpertMode, seeds: number) => {
        const trials: Trial[] = [];
        for (let seed = 0; seed < seeds; seed++) trials.push(await trial(env, seed, mode));
        return trials;
      };
      const won = (trials: readonly Trial[]) =>
        trials.filter(({ outcome }) => outcome === "succeeded").length;
      const nominal = await run("nominal", 4);
      const alternative = await run("alternative", 4);
      expect(won(nominal)).toBeGreaterThanOrEqual(3);
      expect(won(alternative)).toBeGreaterThanOrEqual(3);
      expect(won(await run("sloppy", 8))).toBeLessThan(8);
      expect(won(await run("mistaken", 6))).toBeLessThan(4);
      const gaps = nominal.map(({ hands }, i) =>
        Math.max(...hands.map((x, k) => Math.abs(x - alternative[i].hands[k]))),
      );
      expect(Math.max(...gaps)).toBeGreaterThan(0.02);
      const mistake = await trial(env, 0, "mistaken", new Rng(1));
      expect(await trial(env, 0, "mistaken", new Rng(2))).toEqual(mistake);
    });
  },
);
