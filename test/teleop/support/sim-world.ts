import type { RobotSpec, World } from "../../../src/sim/index.ts";
import { readModel } from "../../../src/sim/model-files/read-model.ts";
import { ROOT } from "../../support/run-cli.ts";
import { envelopeOf, geometryOf, h12 } from "./safety-fixture.ts";

/** The shipped H1-2 on level ground. */
export const h12World: World = {
  robot: h12,
  robotModel: readModel(`${ROOT}assets/${h12.model}`),
  sceneName: "flat",
  scene: readModel(`${ROOT}scenes/flat.xml`),
};

/** A robot's envelope, but standing up sooner, and patient with machines that run tests beside other work. */
export function patientSafety(robot: RobotSpec) {
  return {
    geometry: geometryOf(robot),
    envelope: { ...envelopeOf(robot), standUpSeconds: 0.5, maxLateness: 0.5, holdPeriods: 8 },
  };
}

export const h12Safety = patientSafety(h12);
