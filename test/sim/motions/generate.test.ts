import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { Rng } from "../../../src/common/index.ts";
import { Engine } from "../../../src/sim/engine/index.ts";
import { readModel } from "../../../src/sim/model-files/read-model.ts";
import { minimumJerk, quintic } from "../../../src/sim/motions/generate/blend.ts";
import { SKETCHES } from "../../../src/sim/motions/generate/clips/index.ts";
import { drawMotions } from "../../../src/sim/motions/generate/generate.ts";
import { MotionBody } from "../../../src/sim/motions/generate/motion-body.ts";
import { angles, both, hand } from "../../../src/sim/motions/generate/pose.ts";
import { bothSketch } from "../../../src/sim/motions/generate/sketch.ts";
import { Stage } from "../../../src/sim/motions/generate/stage.ts";
import { MotionData, MotionManifest, parseMotionFile } from "../../../src/sim/motions/motion-file.ts";
import { h1 } from "../../../src/sim/robots/h1.ts";
import { h12 } from "../../../src/sim/robots/h1-2.ts";
import type { RobotSpec } from "../../../src/sim/robots/robot.ts";

const engine = await Engine.load();
const bodyOf = (robot: RobotSpec) =>
  new MotionBody(engine, engine.compile(readModel(`assets/${robot.model}`)), robot);

describe("blending", () => {
  it("goes from 0 to 1 at rest and without acceleration at both ends", () => {
    expect([minimumJerk(-1), minimumJerk(0), minimumJerk(0.5), minimumJerk(1), minimumJerk(2)]).toEqual([
      0, 0, 0.5, 1, 1,
    ]);
    const h = 1e-4;
    expect(minimumJerk(h) / h).toBeLessThan(1e-6);
    expect((1 - minimumJerk(1 - h)) / h).toBeLessThan(1e-6);
  });

  it("meets the speeds asked for at the ends of a quintic", () => {
    const at = (t: number) => quintic(1, 3, 2, -1, 2, t);
    const h = 1e-5;
    expect([at(0), at(2)]).toEqual([1, 3]);
    expect((at(h) - at(0)) / h).toBeCloseTo(2, 4);
    expect((at(2) - at(2 - h)) / h).toBeCloseTo(-1, 4);
    expect((at(2 * h) - 2 * at(h) + at(0)) / (h * h)).toBeCloseTo(0, 1);
  });
});

describe.each([h12, h1])("inverse kinematics on $name", (robot) => {
  it("puts both hands where the engine's own kinematics finds them, to 5 mm", () => {
    using body = bodyOf(robot);
    const sites = ["left_hand", "right_hand"].map((name) => body.model.index("site", name));
    const rng = new Rng(7);
    let checked = 0;
    for (let i = 0; i < 200; i++) {
      const target = hand(rng.uniform(0.3, 0.75), rng.uniform(0.1, 0.75), rng.uniform(-0.6, 0.5));
      const [x, y, z] = target.hand;
      const far = Math.hypot(x, y - 0.31, z);
      if (far > 0.95 || far < 0.45) continue;
      body.place(body.solve(both(target), body.default));
      body.simulation.kinematics();
      const { site_xpos, xpos } = body.simulation.views;
      const [left, right] = sites.map((site) => site_xpos.slice(3 * site, 3 * site + 3));
      const torso = body.model.index("body", "torso_link");
      const shoulders = body.origin.map((value, k) => value + xpos[3 * torso + k]);
      for (const [k, value] of [x, y, z].entries()) {
        expect(left[k] - shoulders[k]).toBeCloseTo(body.reach * value, 2.2);
        expect(right[k] - shoulders[k]).toBeCloseTo((k === 1 ? -1 : 1) * body.reach * value, 2.2);
      }
      checked++;
    }
    expect(checked).toBeGreaterThan(80);
  });

  it("lets the elbow hang where it is told to point", () => {
    using body = bodyOf(robot);
    const elbow = body.model.views.jnt_bodyid[body.model.index("joint", body.joints[4])];
    const outward = (target: ReturnType<typeof hand>) => {
      body.place(body.solve({ left: target }, body.default));
      body.simulation.kinematics();
      return body.simulation.views.xpos.slice(3 * elbow, 3 * elbow + 3);
    };
    const down = outward(hand(0.55, 0.3, 0, [0, 0, -1]));
    const out = outward(hand(0.55, 0.3, 0, [0, 1, 0]));
    expect(out[1] - down[1]).toBeGreaterThan(0.15);
    expect(out[2] - down[2]).toBeGreaterThan(0.15);
  });
});

describe("drawing on a stage", () => {
  it("slows a part down until it keeps the robot's speed and acceleration limits", () => {
    using body = bodyOf(h12);
    const stage = new Stage(body, new Rng(0)).move(0.3, both(angles(-1.5, 0.8, 0, 1)));
    expect(stage.slowdown).toBeGreaterThan(1.5);
    for (let f = 1; f < stage.frames.length; f++)
      for (let i = 0; i < 9; i++)
        expect(Math.abs(stage.frames[f][i] - stage.frames[f - 1][i]) * 50).toBeLessThanOrEqual(
          body.speed[i] + 1e-9,
        );
  });

  it("refuses a part that jumps, however slow", () => {
    using body = bodyOf(h12);
    const stage = new Stage(body, new Rng(0));
    const jump = (phase: number) => ({ torso: phase > 3 ? 1 : 0 });
    expect(() => stage.swing(1, 2, jump)).toThrow(/does not keep the speed limits/);
  });

  it("refuses a motion that touches the robot's own body", () => {
    using body = bodyOf(h12);
    const touch = bothSketch("touch", "hands into each other", ["gesture"], (s) =>
      s.move(1.5, both(hand(0.5, 0, -0.2))).home(),
    );
    expect(() => drawMotions(body, 1, [touch])).toThrow(/"touch" brings .*_hand_collision/);
  });

  it("measures clearance as the engine measures contact distance", () => {
    using body = bodyOf(h12);
    const q = body.solve(both(hand(0.5, 0.02, -0.2)), body.default);
    const clearance = body.clearance(q);
    body.simulation.forward();
    const deepest = Math.min(...body.simulation.contacts().map((contact) => contact.distance));
    expect(clearance).toBeLessThan(0);
    expect(clearance).toBeCloseTo(deepest, 6);
  });
});

describe("the shipped files", () => {
  const read = (name: string) => readFileSync(`assets/motions/${name}`, "utf8");
  const manifest = parseMotionFile(MotionManifest, read("manifest.json"), "manifest.json");
  const redrawn = /^(wave_right|punch_combo|t_pose|swim_crawl|box_aside|sweep_medium_2|sweep_fast_1)$/;

  it.each([h12, h1])("hold what the generator draws for $name, bit for bit", (robot) => {
    using body = bodyOf(robot);
    const sketches = SKETCHES.filter((sketch) => redrawn.test(sketch.name));
    expect(sketches.length).toBe(7);
    const { data, difficulties } = drawMotions(body, manifest.seed, sketches);
    const shipped = parseMotionFile(MotionData, read(`${robot.name}.json`), robot.name);
    for (const { name } of sketches) {
      expect(data.clips[name]).toEqual(shipped.clips[name]);
      const entry = manifest.motions.find((motion) => motion.name === name);
      expect(difficulties.get(name)).toEqual(entry?.robots[robot.name]);
    }
  });

  it("list every sketch and every mirror image, and nothing else", () => {
    const expected = SKETCHES.flatMap(({ name, mirror }) => (mirror === undefined ? [name] : [name, mirror]));
    expect(manifest.motions.map((motion) => motion.name)).toEqual(expected);
  });

  it("take less than 1.5 MB", () => {
    const bytes = ["manifest.json", "h1_2.json", "h1.json"].reduce((sum, name) => sum + read(name).length, 0);
    expect(bytes).toBeLessThan(1.5e6);
  });
});
