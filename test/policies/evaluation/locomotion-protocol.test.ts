import { describe, expect, it } from "vitest";
import { locomotionEpisodes, type ProtocolOptions } from "../../../src/policies/index.ts";
import { isRandomized, PlantConfig, parseScene } from "../../../src/sim/index.ts";

const OPTIONS: ProtocolOptions = {
  levels: ["easy"],
  amplitudes: [0, 1],
  motions: ["wave", "throw", "reach"],
  repeats: 4,
  seconds: 20,
  seed: 0,
  terrain: true,
  isRandomized: false,
};

describe("the episodes of a protocol", () => {
  it("repeat only what can differ: arms at rest on level ground, without a push, are one episode", () => {
    const episodes = locomotionEpisodes(OPTIONS);
    expect(episodes.filter(({ amplitude }) => amplitude === 0)).toHaveLength(2); // forward, and turning
    expect(episodes.filter(({ amplitude }) => amplitude === 1)).toHaveLength(8);
  });

  it.each<[string, Partial<ProtocolOptions>]>([
    ["pushes", { levels: ["medium"], terrain: false }],
    ["rough ground", { levels: ["hard"] }],
    ["robots", { isRandomized: true }],
  ])("repeat everything where %s differ", (_, change) => {
    expect(locomotionEpisodes({ ...OPTIONS, ...change })).toHaveLength(16);
  });
});

describe("a protocol with each motion once", () => {
  it("asks for every motion at each command, and once for arms at rest", () => {
    const episodes = locomotionEpisodes({ ...OPTIONS, levels: ["stand", "medium"], repeats: "each" });
    const asked = (level: string) => episodes.filter((e) => e.level === level).map(({ motion }) => motion);
    expect(asked("stand")).toEqual([undefined, ...OPTIONS.motions]);
    const medium = [undefined, ...OPTIONS.motions];
    expect(asked("medium")).toEqual([...medium, ...medium]); // forward, and turning
    expect(new Set(episodes.map(({ seed }) => seed)).size).toBe(episodes.length);
  });
});

describe("the ground of a protocol", () => {
  it.each(["medium", "hard"])(
    "at %s is rough for as far as a robot gets that walks as it is told",
    (level) => {
      for (const { scene, command, seconds } of locomotionEpisodes({ ...OPTIONS, levels: [level] })) {
        const { side } = parseScene(scene);
        expect(side / 2).toBeGreaterThan(seconds * Math.hypot(command[0], command[1]) + 1);
      }
    },
  );

  it("is as wide as ground gets where episodes are longer than that", () => {
    const [{ scene }] = locomotionEpisodes({ ...OPTIONS, levels: ["hard"], seconds: 60 });
    expect(scene).toBe("rough:6:100");
  });
});

describe("a plant", () => {
  it.each<[string, object, boolean]>([
    ["as it is published", {}, false],
    ["with the same load each time", { randomization: { handPayload: [3, 3] } }, false],
    ["with another load each time", { randomization: { handPayload: [0, 3] } }, true],
    ["with a centre of mass that moves", { randomization: { comOffset: [0, 0.02, 0] } }, true],
    ["with noisy sensors", { sensors: { gyroNoise: 0.1 } }, true],
  ])("%s makes episodes differ by itself or not", (_, config, expected) => {
    expect(isRandomized(PlantConfig.parse(config))).toBe(expected);
  });
});
