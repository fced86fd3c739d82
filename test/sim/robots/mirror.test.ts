import { beforeAll, describe, expect, it } from "vitest";
import { Rng } from "../../../src/common/index.ts";
import { Engine } from "../../../src/sim/engine/index.ts";
import { readModel } from "../../../src/sim/model-files/read-model.ts";
import { jointMirror, MIRROR_SIGNS, mirrorJoints, otherSide } from "../../../src/sim/robots/mirror.ts";
import { robotByName, SHIPPED_ROBOTS } from "../../../src/sim/robots/registry.ts";

let engine: Engine;
beforeAll(async () => {
  engine = await Engine.load();
});

describe.each(SHIPPED_ROBOTS.map((robot) => [robot.name, robot] as const))("the mirror of %s", (_, robot) => {
  it("gives back the original when applied twice", () => {
    const mirror = jointMirror(robot);
    const rng = new Rng(3);
    const q = Float64Array.from(robot.joints, () => rng.uniform(-1, 1));
    const once = mirrorJoints(mirror, q, new Float64Array(q.length));
    expect(mirrorJoints(mirror, once, new Float64Array(q.length))).toEqual(q);
    expect(once).not.toEqual(q);
  });

  it("keeps the default pose and swaps ranges", () => {
    const mirror = jointMirror(robot);
    const defaults = robot.joints.map((joint) => joint.default);
    const image = mirrorJoints(mirror, defaults, new Float64Array(defaults.length));
    for (const [i, joint] of robot.joints.entries()) {
      expect(image[i]).toBeCloseTo(joint.default, 12);
      const [low, high] = robot.joints[mirror.source[i]].range;
      const [a, b] = [mirror.sign[i] * low, mirror.sign[i] * high];
      expect([Math.min(a, b), Math.max(a, b)]).toEqual([...joint.range]);
    }
  });

  it("puts hands and feet where the plane between left and right reflects them", () => {
    using model = engine.compile(readModel(`assets/${robot.model}`));
    using original = engine.simulate(model);
    using image = engine.simulate(model);
    const mirror = jointMirror(robot);
    const rng = new Rng(7);
    const sites = ["left_hand", "right_hand", "left_foot", "right_foot", "base"];
    const at = ({ views }: typeof original, site: string) => {
      const index = model.index("site", site);
      return [...views.site_xpos.slice(3 * index, 3 * index + 3)];
    };
    for (let trial = 0; trial < 20; trial++) {
      const q = Float64Array.from(robot.joints, ({ range }) => rng.uniform(...range));
      original.views.qpos.set(q, 7);
      mirrorJoints(mirror, q, image.views.qpos.subarray(7));
      original.kinematics();
      image.kinematics();
      for (const site of sites) {
        const [x, y, z] = at(original, site);
        const reflected = at(image, otherSide(site));
        for (const [axis, value] of [x, -y, z].entries()) expect(reflected[axis]).toBeCloseTo(value, 6);
      }
    }
  });
});

describe("jointMirror", () => {
  it("serves a subset of joints in the order of its names", () => {
    const names = ["right_knee_joint", "left_hip_roll_joint", "left_knee_joint", "right_hip_roll_joint"];
    const { source, sign } = jointMirror(robotByName("h1"), names);
    expect([...source]).toEqual([2, 3, 0, 1]);
    expect([...sign]).toEqual([1, -1, 1, -1]);
  });

  it("refuses a subset of one side", () => {
    expect(() => jointMirror(robotByName("h1"), ["left_knee_joint"])).toThrow(/right_knee_joint/);
  });

  it("reflects a turning robot into one that turns the other way", () => {
    expect(MIRROR_SIGNS.command.map((sign, i) => sign * [0.5, 0.2, 0.4][i])).toEqual([0.5, -0.2, -0.4]);
  });
});

describe("otherSide", () => {
  it.each([
    ["left_hip_yaw_joint", "right_hip_yaw_joint"],
    ["FootRight", "FootLeft"],
    ["L_thumb", "R_thumb"],
    ["knee_r", "knee_l"],
    ["torso_joint", "torso_joint"],
    ["shoulder", "shoulder"],
  ])("of %s is %s", (name, other) => {
    expect(otherSide(name)).toBe(other);
    expect(otherSide(other)).toBe(name);
  });
});
