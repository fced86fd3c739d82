import { expect, it } from "vitest";
import { contrapposto } from "../../support/run-cli.ts";

it.each([
  ["a link that there is not", ["play", "--headless", "--link", "tin-can"], '"tin-can" is no link'],
  [
    "a link to a bridge at no address",
    ["play", "--headless", "--link", "ws://robot:99999"],
    '"ws://robot:99999" is no address',
  ],
  [
    "the motor loop of a robot whose loop is in a bridge",
    ["play", "--headless", "--link", "ws://127.0.0.1:1", "--reserve"],
    "in the bridge",
  ],
  [
    "a band for a robot that is not simulated here",
    ["bridge", "--transport", "dds", "--tethered"],
    "for a simulated robot",
  ],
])("what is asked of %s is refused before anything is opened", async (_, words, problem) => {
  const { status, stdout, stderr } = await contrapposto(...words);
  expect([status, stdout]).toEqual([2, ""]);
  expect(stderr).toContain(problem);
});
