import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { Rng } from "../../../src/common/index.ts";
import { createJointTargets } from "../../../src/sim/control-state.ts";
import { Engine } from "../../../src/sim/engine/index.ts";
import { readModel } from "../../../src/sim/model-files/read-model.ts";
import { MotionLibrary } from "../../../src/sim/motions/motion-library.ts";
import { MotionPlayer } from "../../../src/sim/motions/motion-reference.ts";
import { compilePlantModel, Plant } from "../../../src/sim/plant/plant.ts";
import { PlantConfig } from "../../../src/sim/plant/plant-config.ts";
import { h1 } from "../../../src/sim/robots/h1.ts";
import { h12 } from "../../../src/sim/robots/h1-2.ts";
import { jointIndices } from "../../../src/sim/robots/robot.ts";

const engine = await Engine.load();
const manifest = readFileSync("assets/motions/manifest.json", "utf8");
const NAMES = [
  "wave_high_right",
  "punch_combo",
  "throw_right",
  "tennis_serve_right",
  "baseball_bat",
  "run_arms",
];

describe.each([h12, h1])("the motors of $name", (robot) => {
  const library = MotionLibrary.parse(manifest, readFileSync(`assets/motions/${robot.name}.json`, "utf8"));
  const config = PlantConfig.parse({});
  const scene = readModel("scenes/flat.xml");

  it.each([...NAMES, "sweep_large_2", "sweep_fast_1"])(
    "follow %s open loop, and within their torque",
    (name) => {
      using model = compilePlantModel(
        engine,
        robot,
        { robot: readModel(`assets/${robot.model}`), scene },
        config,
      );
      using plant = new Plant(engine.simulate(model), robot, config);
      const upper = jointIndices(robot, library.joints);
      const player = new MotionPlayer(robot, library.joints);
      const motion = library.get(name);
      const targets = createJointTargets(robot);
      plant.reset(new Rng(0), { basePos: [0, 0, 1.5] });
      let error = 0;
      let saturated = 0;
      let count = 0;
      for (let time = 0; time < motion.seconds; time += plant.controlTimestep) {
        player.write(motion, time, 1, targets.q);
        holdPelvis(plant);
        plant.step(targets);
        for (const joint of upper) {
          error += Math.abs(plant.truth.q[joint] - targets.q[joint]);
          if (Math.abs(plant.truth.tau[joint]) > 0.999 * robot.joints[joint].torqueLimit) saturated++;
          count++;
        }
      }
      expect(error / count).toBeLessThan(0.08);
      expect(saturated / count).toBeLessThan(0.01);
    },
  );
});

/** Keeps the pelvis where it is, as on a stand. */
function holdPelvis(plant: Plant): void {
  const { qpos, qvel } = plant.simulation.views;
  qpos.set([0, 0, 1.5, 1, 0, 0, 0], plant.index.baseQpos);
  qvel.fill(0, plant.index.baseDof, plant.index.baseDof + 6);
}
