import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { CommanderError } from "commander";
import { beforeAll, describe, expect, it } from "vitest";
import type { Catalogue } from "../../src/app/command.ts";
import { catalogue } from "../../src/app/commands/catalogue.ts";
import { Interrupt } from "../../src/app/interrupt.ts";
import { buildProgram } from "../../src/app/program.ts";
import { Terminal } from "../../src/app/terminal.ts";
import { commandLines, linksOf, namedFiles, wordsOf } from "../support/pages.ts";

const PAGES = [
  ...["README.md", "CONTRIBUTING.md", "CHANGELOG.md", "src/wire/PROTOCOL.md"],
  ...["docs", "docs/decisions"].flatMap((folder) =>
    readdirSync(folder)
      .filter((name) => name.endsWith(".md"))
      .map((name) => join(folder, name)),
  ),
];

/** The real commands, which read what they are given and then do nothing. */
const IDLE: Catalogue = {
  ...catalogue,
  entries: catalogue.entries.map((entry) => ({
    ...entry,
    load: async () => ({ ...(await entry.load()), run: async () => {} }),
  })),
};
const TERMINAL = new Terminal(true, new Interrupt(() => {}));
const SILENT = { isColoured: false, answer: () => {}, complain: () => {} };

beforeAll(async () => {
  await Promise.all(catalogue.entries.map((entry) => entry.load()));
}, 300_000); // all of the sources are read

describe.each(PAGES)("%s", (page) => {
  const text = readFileSync(page, "utf8");

  it("links to files that are there", () => {
    const missing = linksOf(text).filter((link) => !existsSync(join(dirname(page), link)));
    expect(missing).toEqual([]);
  });

  it("names files that are there", () => {
    expect(namedFiles(text).filter((file) => !existsSync(file))).toEqual([]);
  });

  it("has command lines that work as typed", async () => {
    expect(await refusals(commandLines(text))).toEqual([]);
  });
});

describe("help", () => {
  it("has examples that work as typed", async () => {
    const commands = await Promise.all(catalogue.entries.map((entry) => entry.load()));
    const examples = [catalogue, ...Object.values(catalogue.verbs), ...commands].flatMap(
      (each) => each.examples,
    );
    expect(await refusals(examples.map(({ line }) => wordsOf(line)))).toEqual([]);
  });
});

/** What is wrong with command lines; empty where all can be read. */
async function refusals(lines: readonly (readonly string[])[]): Promise<string[]> {
  const wrong: string[] = [];
  for (const words of lines) {
    try {
      await buildProgram(IDLE, "0", TERMINAL, SILENT).parseAsync(words, { from: "user" });
    } catch (error) {
      if (error instanceof CommanderError && error.exitCode === 0) continue; // help
      wrong.push(`${words.join(" ")}: ${(error as Error).message}`);
    }
  }
  return wrong;
}
