import { describe, expect, it } from "vitest";
import { WebSocket } from "ws";
import { Helper } from "../../bench/bridge/processes.ts";
import { Relay } from "../../bench/faults/relay.ts";
import { Rng } from "../../src/common/index.ts";
import { h12 } from "../../src/sim/robots/h1-2.ts";
import { type ClientSocketConstructor, WireClient } from "../../src/wire/index.ts";
import { chromiumPath } from "../browser/open-page.ts";
import { ask, openBrowser } from "../viewer/support/open-viewer.ts";
import { BridgeProcess } from "./support/bridge-process.ts";
import { because, NO_DDS } from "./support/dds-presence.ts";
import { PatientEnvelope } from "./support/patient-envelope.ts";
import { TwinProcess } from "./support/twin-process.ts";

const chromium = chromiumPath();
const reason =
  process.env.CONTRAPPOSTO_END_TO_END === undefined
    ? "set CONTRAPPOSTO_END_TO_END=1 on a machine with two idle cores"
    : (NO_DDS ?? (chromium === undefined ? "no Chromium" : undefined));

const DOMAIN = 114;

describe("from the viewer to the robot", () => {
  it.skipIf(reason !== undefined)(
    `walks, waves, damps when its cable is cut, and recovers: viewer, bridge, DDS, twin${because(reason)}`,
    async () => {
      await using twin = await TwinProcess.start("h1_2", DOMAIN);
      using envelope = new PatientEnvelope("h1_2");
      await using bridge = await BridgeProcess.onDds("h1_2", DOMAIN, "--envelope", envelope.path);
      await using cable = await Relay.open(bridge.url, new Rng(1));
      await using play = Helper.contrapposto("play", "--link", cable.url, "--port", "0");
      const [, pageUrl] = await play.says(/(http:\/\/\S+)/);
      await using witness = new Witness(bridge.url);
      await using browser = await openBrowser(chromium as string);
      const page = await browser.open(pageUrl);
      await page.waitForFunction(
        `globalThis.viewer?.link.latest("link")?.link.phase === "open" && viewer.session !== undefined`,
        null,
        {
          timeout: 60_000,
        },
      );
      const go = (to: string) => ask(page, `viewer.send({ op: "transition", to: "${to}" })`);
      const shows = (state: string) =>
        page.waitForFunction(`viewer.link.latest("link")?.link.robotState === "${state}"`, null, {
          timeout: 30_000,
        });

      /** From the band to the ground, and forward for so long; returns how far, m. */
      const walk = async (time: number) => {
        await go("running");
        await shows("running");
        for (const word of ["lift -0.02", "band off"]) {
          twin.say(word);
          await seconds(1.5);
        }
        const standing = await twin.state();
        await page.keyboard.down("KeyW");
        await seconds(time);
        await page.keyboard.up("KeyW");
        const walked = await twin.state();
        expect([witness.phase, witness.fault]).toEqual(["running", ""]);
        expect(walked.upright).toBeGreaterThan(0.97);
        return walked.position[0] - standing.position[0];
      };

      expect(await walk(5)).toBeGreaterThan(0.8);

      witness.forget();
      await ask(page, `viewer.input({ op: "motion", motion: "wave_right", amplitude: 1 })`);
      await seconds(4);
      expect(
        witness.span("right_elbow_pitch_joint") + witness.span("right_shoulder_roll_joint"),
      ).toBeGreaterThan(0.6);
      expect((await twin.state()).upright).toBeGreaterThan(0.97);
      if (process.env.CONTRAPPOSTO_SCREENSHOT !== undefined)
        await page.screenshot({ path: process.env.CONTRAPPOSTO_SCREENSHOT });

      cable.isDead = true;
      await witness.until(() => witness.phase === "fault" && witness.isDamped); // the word comes before the next sample
      await shows("fault");
      await seconds(2);
      expect(witness.isDamped).toBe(true);

      cable.isDead = false;
      cable.cut();
      for (const word of ["band on", "lift 0.05", "reset"]) twin.say(word);
      await play.says(/open again/);
      await go("damping");
      await shows("damping");
      expect(await walk(3)).toBeGreaterThan(0.3);
      expect(browser.failures).toEqual([]);
    },
    240_000,
  );
});

/** Somebody who watches at the bridge itself. */
class Witness implements AsyncDisposable {
  phase = "";
  /** What the robot damps for; empty while it does not. */
  fault = "";
  isDamped = false;
  readonly #client: WireClient;
  readonly #low = h12.joints.map(() => Number.POSITIVE_INFINITY);
  readonly #high = h12.joints.map(() => Number.NEGATIVE_INFINITY);

  constructor(url: string) {
    const socket = WebSocket as unknown as ClientSocketConstructor;
    this.#client = new WireClient({ url, socket, name: "witness", nowMs: () => performance.now() });
    this.#client.on("robotState", ({ state, fault }) => {
      this.phase = state;
      this.fault = fault?.code ?? "";
    });
    this.#client.subscribe(
      "robot",
      (sample) => {
        this.isDamped = Math.max(...sample.field("sentKp")) === 0 && Math.min(...sample.field("sentKd")) > 0;
        for (const [j, q] of sample.field("q").entries()) {
          this.#low[j] = Math.min(this.#low[j], q);
          this.#high[j] = Math.max(this.#high[j], q);
        }
      },
      50,
    );
    void this.#client.connect();
  }

  forget(): void {
    this.#low.fill(Number.POSITIVE_INFINITY);
    this.#high.fill(Number.NEGATIVE_INFINITY);
  }

  /** How far a joint has moved, rad. */
  span(joint: string): number {
    const j = h12.joints.findIndex(({ name }) => name === joint);
    return this.#high[j] - this.#low[j];
  }

  async until(isSo: () => boolean): Promise<void> {
    for (let i = 0; i < 300 && !isSo(); i++) await seconds(0.02);
    expect(isSo()).toBe(true);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#client.close();
  }
}

const seconds = (s: number) => new Promise((resolve) => setTimeout(resolve, 1000 * s));
