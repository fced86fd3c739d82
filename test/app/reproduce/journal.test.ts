import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { Journal } from "../../../src/app/reproduce/journal.ts";
import { TemporaryFolder } from "../runs/quiet-io.ts";

it("does each piece of work once, also after it was begun again", async () => {
  using place = new TemporaryFolder();
  let done = 0;
  const work = async () => ++done;
  const first = await Journal.open(place.path);
  expect([await first.once("a", work), await first.once("a", work), await first.once("b", work)]).toEqual([
    1, 1, 2,
  ]);
  const again = await Journal.open(place.path);
  expect([await again.once("a", work), await again.once("c", work), again.get("b")]).toEqual([1, 3, 2]);
});

it("forgets work that failed", async () => {
  using place = new TemporaryFolder();
  const journal = await Journal.open(place.path);
  await expect(journal.once("a", () => Promise.reject(new Error("full disk")))).rejects.toThrow("full disk");
  expect(await journal.once("a", async () => "done")).toBe("done");
});

it("says where it cannot be read", async () => {
  using place = new TemporaryFolder();
  writeFileSync(join(place.path, "journal.json"), "{");
  await expect(Journal.open(place.path)).rejects.toThrow(/journal\.json/);
});
