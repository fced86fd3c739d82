import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { Engine } from "../../../src/sim/engine/index.ts";
import { readModel } from "../../../src/sim/model-files/read-model.ts";
import { MotionBody } from "../../../src/sim/motions/generate/motion-body.ts";
import { MotionLibrary } from "../../../src/sim/motions/motion-library.ts";
import { MotionPlayer } from "../../../src/sim/motions/motion-reference.ts";
import { h1 } from "../../../src/sim/robots/h1.ts";
import { h12, h12Full } from "../../../src/sim/robots/h1-2.ts";
import { jointIndices, type RobotSpec } from "../../../src/sim/robots/robot.ts";

const engine = await Engine.load();
const manifest = readFileSync("assets/motions/manifest.json", "utf8");

function libraryOf(robot: RobotSpec): MotionLibrary {
  const file = MotionLibrary.dataFile(manifest, robot.name);
  return MotionLibrary.parse(manifest, readFileSync(`assets/motions/${file}`, "utf8"), file);
}

describe.each([h12, h1])("all motions of $name", (robot) => {
  const library = libraryOf(robot);
  const motions = library.names().map((name) => library.get(name));
  const specs = [...jointIndices(robot, library.joints)].map((index) => robot.joints[index]);

  it("start and end at rest in the default pose and last 4 to 20 s", () => {
    for (const motion of motions) {
      expect(motion.seconds, motion.name).toBeGreaterThanOrEqual(4 - 1e-9);
      expect(motion.seconds, motion.name).toBeLessThanOrEqual(20);
      for (let i = 0; i < 9; i++)
        for (const frame of [0, 1, motion.frameCount - 2, motion.frameCount - 1])
          expect(motion.frames[frame * 9 + i], motion.name).toBeCloseTo(specs[i].default, 4);
    }
  });

  it("stay within 95 % of the joints' ranges, 70 % of their speeds, and 90 rad/s²", () => {
    for (const motion of motions)
      for (let i = 0; i < 9; i++) {
        const [low, high] = specs[i].range;
        const [middle, half] = [(low + high) / 2, (0.95 * (high - low)) / 2];
        for (let f = 0; f < motion.frameCount; f++) {
          const here = motion.frames[f * 9 + i];
          if (Math.abs(here - middle) > half + 1e-4)
            expect.fail(`${motion.name} ${library.joints[i]} ${here}`);
          const next = motion.frames[(f + 1) * 9 + i] ?? here;
          const before = motion.frames[(f - 1) * 9 + i] ?? here;
          if (Math.abs(next - here) * 50 > 0.7 * specs[i].velocityLimit + 0.01)
            expect.fail(`${motion.name} ${library.joints[i]} speed ${(next - here) * 50}`);
          if (Math.abs(next - 2 * here + before) * 2500 > 90)
            expect.fail(`${motion.name} ${library.joints[i]} acceleration at frame ${f}`);
        }
      }
  });

  it("move something: no motion stays within 0.2 rad of the default pose", () => {
    for (const motion of motions) {
      const far = motion.frames.reduce(
        (most, angle, at) => Math.max(most, Math.abs(angle - specs[at % 9].default)),
        0,
      );
      expect(far, motion.name).toBeGreaterThan(0.2);
    }
  });

  it("never bring two parts of the robot into contact, at full and at half amplitude, by the engine's own check", () => {
    using model = engine.compile(readModel(`assets/${robot.model}`));
    using body = new MotionBody(engine, model, robot);
    const q = new Float64Array(9);
    for (const motion of motions)
      for (const amplitude of [1, 0.5])
        for (let time = 0; time < motion.seconds; time += 0.1) {
          body.place(motion.sample(time, amplitude, q));
          body.simulation.forward();
          if (body.simulation.handle.ncon > 0) {
            const names = model.names("geom");
            const touching = body.simulation
              .contacts()
              .map(({ geoms }) => geoms.map((geom) => names[geom]).join("-"));
            expect.fail(`${motion.name} at ${time} s, amplitude ${amplitude}: ${touching}`);
          }
        }
  });
});

describe("the motions of the H1-2 on the 27-joint variant", () => {
  it("never bring two parts into contact either", () => {
    using model = engine.compile(readModel(`assets/${h12Full.model}`));
    using simulation = engine.simulate(model);
    const library = libraryOf(h12Full);
    const player = new MotionPlayer(h12Full, library.joints);
    const qposOf = h12Full.joints.map((joint) => model.views.jnt_qposadr[model.index("joint", joint.name)]);
    const q = Float64Array.from(h12Full.joints, (joint) => joint.default);
    for (const name of library.names())
      for (let time = 0; time < library.get(name).seconds; time += 0.2) {
        player.write(library.get(name), time, 1, q);
        qposOf.forEach((at, i) => {
          simulation.views.qpos[at] = q[i];
        });
        simulation.forward();
        if (simulation.handle.ncon > 0) expect.fail(`${name} at ${time} s`);
      }
  });
});
