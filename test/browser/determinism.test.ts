import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Engine } from "../../src/sim/engine/index.ts";
import { readModel } from "../../src/sim/model-files/read-model.ts";
import { encodeFloats } from "../../src/sim/plant/exact-floats.ts";
import { robotByName } from "../../src/sim/robots/registry.ts";
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

/** How often Math's own function differs, for the reader of the report; see docs/decisions on exact replay. */
function differences(name: string, node: Float64Array, text: string, version: string): string {
  const chromium = new Float64Array(Uint8Array.from(Buffer.from(text, "base64")).buffer);
  const share = node.filter((value, i) => !Object.is(value, chromium[i])).length / node.length;
  return `Math.${name}: ${(100 * share).toFixed(2)} % of ${node.length} values differ between Node ${process.version} and Chromium ${version}`;
}
