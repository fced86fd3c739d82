import { writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { compilePlantModel, Engine, PlantConfig, SHIPPED_ROBOTS } from "../../src/sim/index.ts";
import { readModel } from "../../src/sim/node.ts";
import { geometryOf, geometryText } from "./geometry-of.ts";

// Writes the geometry of all shipped robots: npx tsx tools/robot-geometry/build.ts
const assets = fileURLToPath(new URL("../../assets/", import.meta.url));
const scene = readModel(fileURLToPath(new URL("../../scenes/flat.xml", import.meta.url)));
const engine = await Engine.load();
for (const robot of SHIPPED_ROBOTS) {
  const config = PlantConfig.parse({ visuals: false });
  using model = compilePlantModel(engine, robot, { robot: readModel(assets + robot.model), scene }, config);
  const file = `${assets}${dirname(robot.model)}/${robot.name}.geometry.json`;
  writeFileSync(file, geometryText(geometryOf(model, robot)));
}
