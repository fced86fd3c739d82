import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Rng } from "../../src/common/index.ts";
import { createJointTargets } from "../../src/sim/control-state.ts";
import { Engine } from "../../src/sim/engine/index.ts";
import { readModel } from "../../src/sim/model-files/read-model.ts";
import { encodeFloats } from "../../src/sim/plant/exact-floats.ts";
import { Plant } from "../../src/sim/plant/plant.ts";
import { PlantConfig } from "../../src/sim/plant/plant-config.ts";
import { MemorySink } from "../../src/sim/recording/recording-sink.ts";
import { SessionRecorder } from "../../src/sim/recording/session-recorder.ts";
import { robotByName } from "../../src/sim/robots/registry.ts";
import { compileWorld, startOn, type World } from "../../src/sim/world.ts";
import { ROOT } from "../support/run-cli.ts";
import { decodeModel, encodeModel } from "./model-text.ts";
import { chromiumPath, type OpenPage, openPage } from "./open-page.ts";
import type { Page } from "./page.ts";
import { FUNCTIONS, runWorkload, STEPS, sampleFunction } from "./workload.ts";

declare const page: Page;

const robot = robotByName("h1_2");
const models = {
  robot: encodeModel(readModel(`${ROOT}assets/${robot.model}`)),
  scene: encodeModel(readModel(`${ROOT}scenes/flat.xml`)),
};
const chromium = chromiumPath();
const skipReason = "no Chromium is installed; install the package chromium or set CHROMIUM to its path";

describe("Node and Chromium", () => {
  let browser: OpenPage | undefined;

  beforeAll(async () => {
    if (chromium !== undefined) browser = await openPage(chromium, `${ROOT}test/browser/page.ts`);
  });
  afterAll(() => browser?.[Symbol.asyncDispose]());

  it("move, observe and judge the H1-2 alike to the last bit for 1,000 control steps", async (context) => {
    if (browser === undefined) return context.skip(skipReason);
    const inBrowser = browser.page.evaluate(([name, texts]) => page.run(name, texts), [
      robot.name,
      models,
    ] as const);
    const engine = await Engine.load();
    const inNode = runWorkload(engine, robot, {
      robot: decodeModel(models.robot),
      scene: decodeModel(models.scene),
    });
    expect(inNode).toMatchObject({ engine: engine.version, physicsSteps: 10 * STEPS });
    expect(new Set(inNode.states).size).toBe(10);
    expect(new Set(inNode.observations).size).toBe(10);
    expect(inNode.episodes).toBeGreaterThan(2); // resets are part of it
    expect(await inBrowser).toEqual(inNode);
  });

  it("replay what the other has recorded", async (context) => {
    if (browser === undefined) return context.skip(skipReason);
    const recording = await recordFall();
    const replayed = await browser.page.evaluate(
      (text) => page.replay(text),
      Buffer.from(recording).toString("base64"),
    );
    expect(replayed).toMatchObject({ steps: 250, checks: 6, verified: true });
  });

  it("agree on every bit of our elementary functions, and need not on their own", async (context) => {
    if (browser === undefined) return context.skip(skipReason);
    const count = 100_000;
    for (const name of FUNCTIONS) {
      const theirs = await browser.page.evaluate(([f, n]) => page.sample(f, n), [name, count] as const);
      const ours = sampleFunction(name, count);
      expect(theirs.portable, name).toBe(encodeFloats(ours.portable));
      await context.annotate(differences(name, ours.native, theirs.native, browser.version));
    }
  });
});

/** Records a robot that trips over bumpy ground. */
async function recordFall(): Promise<Uint8Array> {
  const engine = await Engine.load();
  const world: World = {
    robot,
    robotModel: decodeModel(models.robot),
    sceneName: "rough:9",
    scene: { kind: "rough", level: 9, seed: 2 },
  };
  const config = PlantConfig.parse({ sensors: { jointPosNoise: 0.01 } });
  const { model, terrain } = compileWorld(engine, world, config);
  using plant = new Plant(engine.simulate(model), robot, config);
  plant.reset(new Rng(1), startOn(robot, terrain, 1));
  const sink = new MemorySink();
  await using recorder = new SessionRecorder(sink, { world, seed: 1, software: "0.0.0" });
  await recorder.start(plant);
  const targets = createJointTargets(robot);
  for (let step = 0; step < 250; step++) {
    for (let j = 0; j < targets.q.length; j++)
      targets.q[j] = plant.measured.q[j] + 0.3 * (robot.joints[j].default - plant.measured.q[j]);
    plant.step(targets);
    if (step % 60 === 30) plant.kick([0.6, 0.2, 0]);
  }
  await recorder.end();
  return sink.bytes();
}

/** How often Math's own function differs, for the reader of the report; see docs/decisions on exact replay. */
function differences(name: string, node: Float64Array, text: string, version: string): string {
  const chromium = new Float64Array(Uint8Array.from(Buffer.from(text, "base64")).buffer);
  const share = node.filter((value, i) => !Object.is(value, chromium[i])).length / node.length;
  return `Math.${name}: ${(100 * share).toFixed(2)} % of ${node.length} values differ between Node ${process.version} and Chromium ${version}`;
}
