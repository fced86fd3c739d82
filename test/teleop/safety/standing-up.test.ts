import { expect, it } from "vitest";
import { Engine, robotByName } from "../../../src/sim/index.ts";
import { readModel } from "../../../src/sim/model-files/read-model.ts";
import { SimPort } from "../../../src/teleop/links/sim-port.ts";
import { MOTOR_PERIOD, MotorLoop } from "../../../src/teleop/loop/motor-loop.ts";
import { SafetyLayer } from "../../../src/teleop/safety/safety-layer.ts";
import { ROOT } from "../../support/run-cli.ts";
import { envelopeOf, geometryOf } from "../support/safety-fixture.ts";

const engine = await Engine.load();

/** A simulated robot on its band, its motors off for so long; then it is asked to stand up. Returns how long that took, s. */
async function standUpAfter(
  name: "h1_2" | "h1",
  limpSeconds: number,
  standUpSeconds: number,
): Promise<number> {
  const robot = robotByName(name);
  const world = {
    robot,
    robotModel: readModel(`${ROOT}assets/${robot.model}`),
    sceneName: "flat",
    scene: readModel(`${ROOT}scenes/flat.xml`),
  };
  await using port = SimPort.open(engine, world, true);
  const safety = new SafetyLayer({
    robot,
    geometry: geometryOf(robot),
    envelope: { ...envelopeOf(robot), standUpSeconds },
    imuBody: "torso",
  });
  const loop = new MotorLoop(port, safety);
  await port.engage();
  let tick = 0;
  const run = (seconds: number, isOver = () => false) => {
    const last = tick + Math.round(seconds / MOTOR_PERIOD);
    while (tick < last && !isOver()) loop.tick(++tick * MOTOR_PERIOD);
  };
  run(limpSeconds);
  safety.request("damp");
  run(0.03);
  safety.request("stand");
  const start = tick;
  run(standUpSeconds + 3, () => safety.sent.phase === "ready");
  return safety.sent.phase === "ready" ? (tick - start) * MOTOR_PERIOD : Number.POSITIVE_INFINITY;
}

it.each(["h1_2", "h1"] as const)("the %s stands up from however its limp arms just swing", async (name) => {
  const seconds = 0.5;
  for (const limpSeconds of [0.1, 0.58, 0.62, 0.66, 0.7, 1.5]) {
    const took = await standUpAfter(name, limpSeconds, seconds);
    expect(took, `after ${limpSeconds} s`).toBeLessThan(seconds + 0.2);
  }
});
