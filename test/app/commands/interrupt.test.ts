import { expect, it } from "vitest";
import { finished, PROGRAM, startNode } from "../../support/run-cli.ts";

it("play answers with what it has at Ctrl-C, and status 130", async () => {
  const child = startNode([PROGRAM, "play", "--headless", "--seconds", "100000", "--json"]);
  child.stderr?.on("data", (text: Buffer) => {
    if (String(text).includes("simulating  [")) child.kill("SIGINT"); // its first sign of progress
  });
  const { status, stdout, stderr } = await finished(child);
  expect(status).toBe(130);
  expect(stderr).toContain("Stopping. Press Ctrl-C again to end at once.");
  const { seconds, fell } = JSON.parse(stdout) as { seconds: number; fell: boolean };
  expect(fell).toBe(false);
  expect(seconds).toBeGreaterThan(0);
  expect(seconds).toBeLessThan(100_000);
});
