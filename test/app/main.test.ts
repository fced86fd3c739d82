import { describe, expect, it } from "vitest";
import type { CatalogueEntry } from "../../src/app/command.ts";
import { catalogue } from "../../src/app/commands/catalogue.ts";
import { flagsOf } from "../../src/app/flags.ts";
import { contrapposto, finished, ROOT, startNode } from "../support/run-cli.ts";

describe.concurrent("contrapposto", () => {
  it("lists every command with its summary and an example", async () => {
    const { status, stdout } = await contrapposto("--help");
    expect(status).toBe(0);
    for (const { path, summary } of catalogue.entries) {
      if (path.length === 1) expect(stdout).toContain(summary);
      else expect(stdout).toMatch(new RegExp(`^  ${path[0]} .*\\b${path[1]}\\b`, "m"));
    }
    expect(stdout).toContain("Examples:\n  contrapposto ");
  });

  it("says its version", async () => {
    const { stdout } = await contrapposto("--version");
    expect(stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
  });

  it("runs from its sources in a checkout", async () => {
    const { status, stdout } = await finished(startNode([`${ROOT}bin/contrapposto.js`, "robot", "list"]));
    expect({ status, stdout }).toMatchObject({ status: 0, stdout: expect.stringContaining("h1_2") });
  });

  it("suggests the command that was meant", async () => {
    const { status, stderr } = await contrapposto("robto", "list");
    expect({ status, stderr }).toEqual({
      status: 2,
      stderr: 'error: Unknown command "robto". Did you mean robot?\n',
    });
  });

  it("suggests the flag that was meant", async () => {
    const { status, stderr } = await contrapposto("robot", "list", "--joint");
    expect({ status, stderr }).toEqual({
      status: 2,
      stderr: 'error: Unknown flag "--joint". Did you mean --joints?\n',
    });
  });

  it("answers with one object under --json", async () => {
    const { status, stdout, stderr } = await contrapposto("robot", "list", "--json");
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    expect(JSON.parse(stdout).robots.map(({ name }: { name: string }) => name)).toContain("h1");
  });
});

describe.each(catalogue.entries.map((entry) => [entry.path.join(" "), entry] as const))("%s", (_, entry) => {
  it("has flags that say what they mean, and examples that use them", async () => {
    const command = await entry.load();
    const flags = flagsOf(command.flags);
    for (const flag of [...flags, ...flagsOf(command.positionals)])
      expect(flag.about, flag.long).not.toBe("");
    expect(command.examples.map(({ line }) => commandOf(line))).toContain(entry);
    for (const { line } of command.examples) {
      const known = await flagNames(commandOf(line));
      for (const [flag] of line.matchAll(/(?<=^|\s)--[^\s=]+/g)) expect(known, line).toContain(flag);
    }
  });
});

/** The command that a line leads to. */
function commandOf(line: string): CatalogueEntry | undefined {
  return catalogue.entries.find(({ path }) => `${line} `.startsWith(`${path.join(" ")} `));
}

async function flagNames(entry: CatalogueEntry | undefined): Promise<string[]> {
  const flags = entry === undefined ? [] : flagsOf((await entry.load()).flags);
  return ["--json", ...flags.flatMap(({ long }) => [long, long.replace("--", "--no-")])];
}
