import { expect, it } from "vitest";
import { contrapposto } from "../../support/run-cli.ts";

it("scene list names files and generated ground", async () => {
  const { status, stdout } = await contrapposto("scene", "list", "--json");
  expect(status).toBe(0);
  const scenes: { name: string; source: string }[] = JSON.parse(stdout).scenes;
  expect(Object.fromEntries(scenes.map(({ name, source }) => [name, source]))).toMatchObject({
    flat: "file",
    stairs: "generated",
  });
});
