import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ROOT } from "../../support/run-cli.ts";

/**
 * The shipped limits of a robot in a file of its own, but half a second of patience with commands, states and the loop: a
 * machine that draws a browser's picture or runs other tests is late by itself.
 */
export class PatientEnvelope implements Disposable {
  readonly path: string;
  readonly #folder = mkdtempSync(join(tmpdir(), "contrapposto-envelope-"));

  constructor(robotFolder: string) {
    this.path = join(this.#folder, "envelope.yaml");
    const shipped = readFileSync(`${ROOT}assets/robots/${robotFolder}/envelope.yaml`, "utf8");
    writeFileSync(
      this.path,
      shipped
        .replace(/^holdPeriods: \S+/m, "holdPeriods: 24")
        .replace(/^stateTimeout: \S+/m, "stateTimeout: 0.3")
        .replace(/^maxLateness: \S+/m, "maxLateness: 0.5")
        .replace(/^standUpSeconds: \S+/m, "standUpSeconds: 1.5"),
    );
  }

  [Symbol.dispose](): void {
    rmSync(this.#folder, { recursive: true });
  }
}
