import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { Rng } from "../../../src/common/index.ts";
import { MotionReference } from "../../../src/sim/motions/motion-reference.ts";
import { libraryOf } from "../../../src/sim/motions/motion-texts.ts";
import { h12 } from "../../../src/sim/robots/h1-2.ts";
import { jointNames } from "../../../src/sim/robots/robot.ts";
import { ROOT } from "../../support/run-cli.ts";

const library = libraryOf({
  manifest: readFileSync(`${ROOT}assets/motions/manifest.json`, "utf8"),
  data: readFileSync(`${ROOT}assets/motions/h1_2.json`, "utf8"),
});
const EPISODE = { motionAmplitude: 1, motionDifficulty: 1, isCalm: false };
const torso = h12.joints.findIndex(({ name }) => name === "torso_joint");
const defaults = Float64Array.from(h12.joints, (joint) => joint.default);

/** Largest distance of a joint from its default over a clip. */
function reach(reference: MotionReference, joint: number): number {
  const out = defaults.slice();
  let most = 0;
  for (let time = 0; time < reference.motion.seconds; time += 0.02) {
    reference.sample(time, out);
    most = Math.max(most, Math.abs(out[joint] - defaults[joint]));
  }
  return most;
}

describe("the motions of a training run", () => {
  it("come in the order of a ranking where one is given", () => {
    const ranking = library.names({ split: "train" }).slice(0, 5).reverse();
    const reference = new MotionReference(h12, library, { ranking, draw: "near", width: 0.01 });
    const chosen = ranking.map((_, place) => {
      reference.begin(new Rng(1), { ...EPISODE, motionDifficulty: (place + 0.5) / ranking.length });
      return reference.motion.name;
    });
    expect(chosen).toEqual(ranking);
  });

  it("leave the waist alone where they shall, and nothing else", () => {
    const turning = library.names().find((name) => {
      const reference = new MotionReference(h12, library, { ranking: [name] });
      reference.begin(new Rng(1), EPISODE);
      return reach(reference, torso) > 0.2;
    });
    expect(turning).toBeDefined();
    const still = new MotionReference(h12, library, { ranking: [turning ?? ""], isWaistStill: true });
    const moving = new MotionReference(h12, library, { ranking: [turning ?? ""] });
    for (const reference of [still, moving]) reference.begin(new Rng(1), EPISODE);
    expect(reach(still, torso)).toBe(0);
    for (const name of jointNames(h12, "upper").filter((joint) => joint !== "torso_joint")) {
      const joint = h12.joints.findIndex((candidate) => candidate.name === name);
      expect(reach(still, joint)).toBe(reach(moving, joint));
    }
  });

  it("are others, each as often, in calm episodes where those are named", () => {
    const [first, ...others] = library.names({ split: "train" });
    const calm = others.slice(0, 3);
    const reference = new MotionReference(h12, library, { ranking: [first, ...others], calm });
    const rng = new Rng(1);
    const drawn = (isCalm: boolean) =>
      Array.from({ length: 300 }, () => {
        reference.begin(rng, { ...EPISODE, motionDifficulty: 0, isCalm });
        return reference.motion.name;
      });
    expect(new Set(drawn(false))).toEqual(new Set([first]));
    const names = drawn(true);
    for (const name of calm) expect(names.filter((other) => other === name).length).toBeGreaterThan(75);
    expect(new Set(names).size).toBe(3);
  });

  it("are never held-out ones, in calm episodes neither", () => {
    const [heldOut] = library.names({ split: "eval" });
    expect(() => new MotionReference(h12, library, { calm: [heldOut] })).toThrow(
      new RegExp(`"${heldOut}" is not among the \\d+ motions to train with`),
    );
  });

  it("refuse a ranking that names a motion which is not there, and an empty one", () => {
    expect(() => new MotionReference(h12, library, { ranking: ["no such motion"] })).toThrow(/no motion/);
    expect(() => new MotionReference(h12, library, { ranking: [] })).toThrow(/No motions/);
  });
});
