import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { Rng } from "../../../src/common/index.ts";
import { packColumn, unpackColumn } from "../../../src/sim/motions/column-code.ts";
import { Motion } from "../../../src/sim/motions/motion.ts";
import { MotionLibrary } from "../../../src/sim/motions/motion-library.ts";
import { MotionPlayer, MotionReference } from "../../../src/sim/motions/motion-reference.ts";
import { h1 } from "../../../src/sim/robots/h1.ts";
import { h12, h12Full } from "../../../src/sim/robots/h1-2.ts";
import { jointMirror, mirrorJoints } from "../../../src/sim/robots/mirror.ts";

const manifest = readFileSync("assets/motions/manifest.json", "utf8");
const dataOf = (robot: string) => readFileSync(`assets/motions/${robot}.json`, "utf8");
const library = MotionLibrary.parse(manifest, dataOf("h1_2"), "h1_2.json");

const two = new Motion("two", ["a", "b"], Float64Array.of(0, 1), Float32Array.of(0, 1, 2, 5, 4, 1));

describe("sampling a motion", () => {
  it("follows straight lines between frames, 50 a second", () => {
    const out = new Float64Array(2);
    expect([...two.sample(0.02, 1, out)]).toEqual([2, 5]);
    expect([...two.sample(0.01, 1, out)]).toEqual([1, 3]);
    expect([...two.sample(0.03, 1, out)]).toEqual([3, 3]);
    expect(two.seconds).toBe(0.04);
  });

  it("scales the distance from the default pose", () => {
    const out = new Float64Array(2);
    expect([...two.sample(0.02, 0.5, out)]).toEqual([1, 3]);
    expect([...two.sample(0.02, 0, out)]).toEqual([0, 1]);
  });

  it("holds the first and the last frame beyond its ends", () => {
    const out = new Float64Array(2);
    expect([...two.sample(-1, 1, out)]).toEqual([0, 1]);
    expect([...two.sample(99, 1, out)]).toEqual([4, 1]);
  });
});

describe("packing a column", () => {
  it("gives back whatever whole numbers went in", () => {
    const rng = new Rng(5);
    for (let round = 0; round < 100; round++) {
      const values = Array.from({ length: 1 + rng.integer(50) }, () => rng.integer(80_001) - 40_000);
      expect([...(unpackColumn(packColumn(values), values.length) ?? [])]).toEqual(values);
    }
  });

  it("is worked by hand for a short column", () => {
    // First value 5, difference -2, then the difference changes by 3: zigzag 10, 3, 6.
    expect(packColumn([5, 3, 4])).toBe(btoa("\u000a\u0003\u0006"));
  });

  it("refuses what is too short, too long or no base64", () => {
    const packed = packColumn([5, 3, 4]);
    expect(unpackColumn(packed, 2)).toBeUndefined();
    expect(unpackColumn(packed, 4)).toBeUndefined();
    expect(unpackColumn("%%%", 3)).toBeUndefined();
    expect(unpackColumn(btoa("\u00ff".repeat(20)), 1)).toBeUndefined();
  });
});

describe("the motion library", () => {
  it("holds more than 60 motions for each robot, under unique names", () => {
    for (const robot of ["h1_2", "h1"]) {
      const names = MotionLibrary.parse(manifest, dataOf(robot)).names();
      expect(names.length).toBeGreaterThan(60);
      expect(new Set(names).size).toBe(names.length);
    }
  });

  it("holds out about a fifth, never one side of a motion alone", () => {
    const held = library.names({ split: "eval" }).length / library.names().length;
    expect(held).toBeGreaterThan(0.15);
    expect(held).toBeLessThan(0.25);
    for (const motion of library.motions)
      if (motion.mirrorOf !== undefined) expect(motion.split).toBe(library.info(motion.mirrorOf).split);
  });

  it("finds motions by tag", () => {
    const waves = library.names({ tags: ["gesture", "periodic", "left"] });
    expect(waves).toContain("wave_left");
    expect(waves).not.toContain("wave_right");
  });

  it("mirrors a clip as the robot mirrors", () => {
    const right = library.get("punch_right");
    const left = library.get("punch_left");
    const mirror = jointMirror(h12, library.joints);
    const q = new Float64Array(9);
    const image = new Float64Array(9);
    const seen = new Float64Array(9);
    for (const time of [0.3, 1, 1.7, 2.9]) {
      mirrorJoints(mirror, right.sample(time, 1, q), image);
      left.sample(time, 1, seen);
      for (let i = 0; i < 9; i++) expect(seen[i]).toBeCloseTo(image[i], 6);
    }
  });

  it("orders motions by how hard they are", () => {
    const hardness = (name: string) => library.info(name).hardness;
    expect(hardness("sweep_large_1")).toBeGreaterThan(hardness("sweep_gentle_1"));
    expect(hardness("throw_right")).toBeGreaterThan(hardness("think_right"));
    expect(Math.min(...library.motions.map((motion) => motion.hardness))).toBe(0);
    expect(Math.max(...library.motions.map((motion) => motion.hardness))).toBe(1);
  });

  it("names the closest motions where one does not exist", () => {
    expect(() => library.get("wave_rigth")).toThrow(/no motion "wave_rigth".*wave_right/);
  });

  it("serves both variants of the H1-2 from one file", () => {
    expect(MotionLibrary.dataFile(manifest, "h1_2_27dof")).toBe("h1_2.json");
    expect(() => MotionLibrary.dataFile(manifest, "g1")).toThrow(/no robot with motions "g1"/);
  });

  it("says what is wrong with a broken file", () => {
    const data = dataOf("h1_2");
    expect(() => MotionLibrary.parse(manifest, data.slice(0, 1000))).toThrow(/is no JSON/);
    expect(() => MotionLibrary.parse(manifest, data.replace('"rateHz":50', '"rateHz":60'))).toThrow(/rateHz/);
    expect(() => MotionLibrary.parse(manifest, data.replace('"wave_right"', '"wave_wrong"'))).toThrow(
      /lacks the motion "wave_right"/,
    );
    const broken = MotionLibrary.parse(
      manifest,
      data.replace(/("wave_right":\{"frames":)\d+/, (_, before: string) => `${before}42`),
    );
    expect(() => broken.get("wave_right")).toThrow(/broken column/);
  });
});

describe("a motion on a robot", () => {
  it("moves the upper joints and leaves the others alone, whichever variant", () => {
    for (const robot of [h12, h12Full]) {
      const player = new MotionPlayer(robot, library.joints);
      const out = new Float64Array(robot.joints.length).fill(9);
      player.write(library.get("t_pose"), 2.2, 1, out);
      const roll = robot.joints.findIndex((joint) => joint.name === "left_shoulder_roll_joint");
      expect(out[roll]).toBeCloseTo(1.5, 3);
      robot.joints.forEach((joint, i) => {
        if (joint.group !== "upper") expect(out[i]).toBe(9);
        else expect(out[i]).not.toBe(9);
      });
    }
  });

  it("begins again after its end where it is to repeat, and else holds its end", () => {
    const player = new MotionPlayer(h12, library.joints);
    const motion = library.get("wave_right");
    const at = (how: "write" | "repeat", time: number) => {
      const out = new Float64Array(h12.joints.length);
      player[how](motion, time, 1, out);
      return out;
    };
    expect(at("repeat", 2 * motion.seconds + 1.3)).toEqual(
      at("write", 2 * motion.seconds + 1.3 - 2 * motion.seconds),
    );
    expect(at("repeat", 1.3)).toEqual(at("write", 1.3));
    expect(at("write", motion.seconds + 1.3)).toEqual(at("write", motion.seconds));
    expect(at("write", motion.seconds)).not.toEqual(at("write", 1.3));
  });

  it("refuses a robot that it was not made for", () => {
    const joints = library.joints.slice(1);
    expect(() => new MotionPlayer(h1, joints)).toThrow(/upper body of h1 is/);
  });

  it("draws harder motions as the curriculum grows, and takes one draw each time", () => {
    const reference = new MotionReference(h12, library);
    const hardest = (difficulty: number) => {
      const rng = new Rng(1);
      let most = 0;
      for (let i = 0; i < 300; i++) {
        reference.begin(rng, episode(difficulty, 1));
        most = Math.max(most, library.info(reference.motion.name).hardness);
        expect(library.info(reference.motion.name).split).toBe("train");
      }
      return [most, rng.uint32()];
    };
    const [easy, stateAfterEasy] = hardest(0.1);
    const [all, stateAfterAll] = hardest(1);
    expect(easy).toBeLessThan(0.15);
    expect(all).toBeGreaterThan(0.95);
    expect(stateAfterEasy).toBe(stateAfterAll);
  });

  it("draws near a difficulty only, as ALMI, and repeats the clip without a jump", () => {
    const reference = new MotionReference(h12, library, { draw: "near", width: 0.05 });
    const rng = new Rng(2);
    const out = new Float64Array(21);
    const after = new Float64Array(21);
    for (let i = 0; i < 100; i++) {
      reference.begin(rng, episode(0.5, 1));
      expect(Math.abs(library.info(reference.motion.name).hardness - 0.5)).toBeLessThan(0.12);
      const { seconds } = reference.motion;
      reference.sample(seconds - 1e-6, out);
      reference.sample(seconds + 1e-6, after);
      for (let j = 0; j < 21; j++) expect(after[j]).toBeCloseTo(out[j], 4);
    }
  });

  it("asks for nothing but the default pose at amplitude 0", () => {
    const reference = new MotionReference(h12, library);
    reference.begin(new Rng(3), episode(1, 0));
    const out = Float64Array.from(h12.joints, (joint) => joint.default);
    reference.sample(2.5, out);
    h12.joints.forEach((joint, i) => {
      expect(out[i]).toBeCloseTo(joint.default, 6);
    });
  });
});

const episode = (motionDifficulty: number, motionAmplitude: number) => ({
  motionDifficulty,
  motionAmplitude,
  isCalm: false,
});
