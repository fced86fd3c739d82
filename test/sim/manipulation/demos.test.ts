import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Rng } from "../../../src/common/index.ts";
import {
  DemoFile,
  DemoFileError,
  encodeDemo,
  encodeDemoHeader,
} from "../../../src/sim/manipulation/demos/demo-file.ts";
import { drawMode, MIXTURES } from "../../../src/sim/manipulation/demos/mixture.ts";
import { demoHeader, recordDemo } from "../../../src/sim/manipulation/demos/record-demo.ts";
import type { ManipulationEnvironment } from "../../../src/sim/manipulation/environment.ts";
import { EXPERT_MODES } from "../../../src/sim/manipulation/task.ts";
import { pressButton } from "../../../src/sim/manipulation/tasks/press-button.ts";
import { openTask } from "../../support/manipulation.ts";

const OPTIONS = { imageStride: 2, noise: 0.01, mixture: "mixed" };

let environment: ManipulationEnvironment;
beforeAll(async () => {
  environment = await openTask(pressButton);
});
afterAll(() => environment[Symbol.dispose]());

describe("a demonstration", () => {
  it("comes out of its file as it went in, bit for bit", async () => {
    const header = demoHeader(environment, OPTIONS);
    const demos = [
      await recordDemo(environment, { split: "train", seed: 1 }, "nominal", OPTIONS),
      await recordDemo(environment, { split: "train", seed: 2 }, "alternative", OPTIONS),
    ];
    const file = new DemoFile(concat([encodeDemoHeader(header), ...demos.map((d) => encodeDemo(d, header))]));
    expect(file.header).toEqual(header);
    expect(file.infos).toEqual(demos.map(({ info }) => info));
    for (const [i, demo] of demos.entries()) expect(file.read(i)).toEqual(demo);
    const { frames } = demos[0].info;
    expect(demos[0].actions.length).toBe(frames * environment.actionSize);
    expect(demos[0].images.get("head")?.length).toBe(Math.ceil(frames / 2) * 64 * 64 * 3);
    expect(new Set(demos[0].images.get("right_wrist")).size).toBeGreaterThan(20);
  });

  it("is the same whenever and after whatever it is made", async () => {
    const first = await recordDemo(environment, { split: "train", seed: 7 }, "sloppy", OPTIONS);
    await recordDemo(environment, { split: "test", seed: 7 }, "hesitant", OPTIONS);
    expect(await recordDemo(environment, { split: "train", seed: 7 }, "sloppy", OPTIONS)).toEqual(first);
  });

  it("keeps what the expert wanted, not the noise that was carried out", async () => {
    const quiet = await recordDemo(environment, { split: "train", seed: 3 }, "nominal", {
      ...OPTIONS,
      noise: 0,
    });
    const noisy = await recordDemo(environment, { split: "train", seed: 3 }, "nominal", {
      ...OPTIONS,
      noise: 0.02,
    });
    expect(noisy.actions.subarray(0, 11)).toEqual(quiet.actions.subarray(0, 11));
    expect(noisy.proprioception.subarray(23, 46)).not.toEqual(quiet.proprioception.subarray(23, 46));
  });
});

describe("a demonstration file", () => {
  it("is refused where it is cut, of another kind or damaged", async () => {
    const header = demoHeader(environment, OPTIONS);
    const demo = await recordDemo(environment, { split: "train", seed: 1 }, "nominal", OPTIONS);
    const bytes = concat([encodeDemoHeader(header), encodeDemo(demo, header)]);
    expect(() => new DemoFile(bytes.subarray(0, bytes.length - 1))).toThrow(DemoFileError);
    expect(() => new DemoFile(bytes.subarray(1))).toThrow(DemoFileError);
    const damaged = bytes.slice();
    damaged[bytes.length - 900] ^= 0x55;
    expect(() => new DemoFile(damaged).read(0)).toThrow(DemoFileError);
  });
});

describe("the mixtures", () => {
  it("draw each mode as often as they say", () => {
    for (const mixture of Object.values(MIXTURES)) {
      const rng = new Rng(5);
      const modes = Array.from({ length: 4000 }, () => drawMode(rng, mixture));
      for (const mode of EXPERT_MODES)
        expect(modes.filter((drawn) => drawn === mode).length / 4000).toBeCloseTo(mixture[mode], 1);
    }
  });
});

function concat(parts: readonly Uint8Array[]): Uint8Array {
  return Uint8Array.from(Buffer.concat(parts));
}
