import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { contrapposto } from "../../support/run-cli.ts";
import { TemporaryFolder } from "../runs/quiet-io.ts";

it("play tells of the command that its script gave last, not of the flag that it replaces", async () => {
  using place = new TemporaryFolder();
  const script = join(place.path, "walk.json");
  const steps = [
    { time: 0, velocity: [0.3, 0, 0] },
    { time: 0.2, velocity: [0, 0.1, -0.2] },
  ];
  writeFileSync(script, JSON.stringify(steps));
  const play = ["play", "--headless", "--script", script, "--seconds", "0.5"];
  expect(JSON.parse((await contrapposto(...play, "--json")).stdout).command).toEqual([0, 0.1, -0.2]);
  expect((await contrapposto(...play)).stdout).toMatch(
    /asked for +0\.00 +0\.10 +-0\.20 +in the end, by .*walk\.json/,
  );
});
