import type { Engine, Model } from "../../src/sim/engine/index.ts";
import { readModel } from "../../src/sim/model-files/read-model.ts";
import { compilePlantModel, Plant } from "../../src/sim/plant/plant.ts";
import { PlantConfig } from "../../src/sim/plant/plant-config.ts";
import { h12 } from "../../src/sim/robots/h1-2.ts";
import { ROOT } from "./run-cli.ts";

/** The shipped H1-2 with locked wrists, and level ground. */
export const h12Models = {
  robot: readModel(`${ROOT}assets/${h12.model}`),
  scene: readModel(`${ROOT}scenes/flat.xml`),
};

/** One H1-2 on level ground, without the geoms that only look good. */
export class H12World implements Disposable {
  readonly model: Model;
  readonly plant: Plant;

  constructor(engine: Engine, overrides: Parameters<typeof PlantConfig.parse>[0] & object = {}) {
    const config = PlantConfig.parse({ visuals: false, ...overrides });
    this.model = compilePlantModel(engine, h12, h12Models, config);
    this.plant = new Plant(engine.simulate(this.model), h12, config);
  }

  [Symbol.dispose](): void {
    this.plant[Symbol.dispose]();
    this.model[Symbol.dispose]();
  }
}
