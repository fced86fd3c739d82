import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { violations } from "./support/architecture-rules.ts";
import { ROOT } from "./support/run-cli.ts";
import { loadedBy, readSourceTree, sourceTree } from "./support/source-tree.ts";

const tree = readSourceTree(`${ROOT}src`);

describe("the architecture", () => {
  it("holds in every module", () => {
    expect(violations(tree)).toEqual([]);
  });

  it("is read from modules that are really there", () => {
    expect(tree.size).toBeGreaterThan(50);
    const imports = [...tree.values()].flatMap((module) => module.imports);
    for (const kind of ["value", "type"]) expect(imports.some((i) => i.kind === kind)).toBe(true);
    expect(imports.some(({ target }) => target === "mujoco-js")).toBe(true);
  });

  it("lets users of the package through the doors of every room but the command line and the page", () => {
    const { exports } = JSON.parse(readFileSync(`${ROOT}package.json`, "utf8"));
    const doors = Object.values<{ default: string }>(exports).map(({ default: file }) =>
      file.replace(/^\.\/dist\/(.*)\.js$/, "$1.ts"),
    );
    const rooms = [...tree.keys()].filter((path) => /^(?!app|viewer)[a-z]+\/(index|node)\.ts$/.test(path));
    expect(doors.sort()).toEqual(rooms.sort());
  });

  it("lets help be shown without engine, ONNX Runtime, zod or any command", () => {
    const loaded = [...loadedBy(tree, "app/main.ts").keys()];
    expect(
      loaded.filter((path) => /mujoco|onnxruntime|^zod$|app\/commands\/(?!catalogue)/.test(path)),
    ).toEqual([]);
  });
});

describe("the architecture rules", () => {
  const door = {
    "common/index.ts": 'export { Rng } from "./rng.ts";',
    "common/rng.ts": "export class Rng {}",
  };
  it.each<[string, Record<string, string>, string]>([
    [
      "a room that imports one above it",
      {
        "sim/env.ts": 'import { play } from "../app/index.ts";',
        "app/index.ts": 'export { play } from "./play.ts";',
        "app/play.ts": "export const play = 1;",
      },
      'room "sim" may not import room "app"',
    ],
    [
      "vla and teleop knowing each other",
      {
        "vla/model.ts": 'import type { Link } from "../teleop/index.ts";',
        "teleop/index.ts": 'export type { Link } from "./link.ts";',
        "teleop/link.ts": "export type Link = 1;",
      },
      'room "vla" may not import room "teleop"',
    ],
    ["a room that nobody knows", { "utils/index.ts": "" }, '"utils" is not a room'],
    [
      "an import past a door",
      { ...door, "sim/env.ts": 'import {\n  type A,\n  Rng,\n} from "../common/rng.ts";' },
      "imports common/rng.ts past the door common/index.ts",
    ],
    [
      "a dynamic import past a door",
      { ...door, "sim/env.ts": 'const { Rng } = await import("../common/rng.ts");' },
      "imports common/rng.ts past the door",
    ],
    [
      "a neighbour that goes past the engine's door",
      {
        "sim/env.ts": 'import { Model } from "./engine/model.ts";',
        "sim/engine/model.ts": "export class Model {}",
      },
      "past the door sim/engine/index.ts",
    ],
    ["an import of nothing", { "sim/env.ts": 'import { a } from "./b.ts";' }, "does not exist"],
    ["a door with logic", { "sim/index.ts": "export const load = () => 1;" }, "a door only names"],
    ["export *", { ...door, "wire/a.ts": 'export * from "../common/index.ts";' }, "export *"],
    ["a default export", { "wire/a.ts": "export default 1;" }, "has a default export"],
    [
      "a browser module that loads Node at two removes",
      {
        "sim/mdp/a.ts": 'import { b } from "../b.ts";',
        "sim/b.ts": 'export { b } from "./c.ts";',
        "sim/c.ts": 'import { readFileSync } from "node:fs";\nexport const b = readFileSync;',
      },
      "loads node:fs: sim/mdp/a.ts > sim/b.ts > sim/c.ts > node:fs",
    ],
    [
      "MuJoCo outside the engine room",
      { "sim/env.ts": 'import load from "mujoco-js";' },
      "imports mujoco-js, which belongs",
    ],
    [
      "ONNX Runtime outside its room, even as a type",
      { "policies/a.ts": 'import type { Tensor } from "onnxruntime-node";' },
      "imports onnxruntime-node, which belongs",
    ],
    ["printing outside app", { "sim/a.ts": 'console.log("hello");' }, "prints or ends the process"],
    ["writing to stdout outside app", { "sim/a.ts": 'process.stdout.write("x");' }, "prints or ends"],
    ["a very long file", { "sim/a.ts": "\n".repeat(600) }, "has 601 lines, more than 600"],
    ["a long worker", { "sim/a.worker.ts": "\n".repeat(40) }, "has 41 lines, more than 40"],
    ["a camelCase name", { "sim/vecEnv.ts": "" }, "is not named in kebab-case"],
    ["inexact mathematics", { "sim/a.ts": "export const a = Math.sin(1);" }, "uses Math.sin"],
    ["hidden randomness", { "learn/a.ts": "export const a = Math.random();" }, "uses Math.random"],
    [
      "a cycle",
      { "sim/a.ts": 'import { b } from "./b.ts";', "sim/b.ts": 'import { a } from "./a.ts";' },
      "is in a cycle of imports",
    ],
  ])("catch %s", (_, sources, complaint) => {
    expect(violations(sourceTree(sources)).join("\n")).toContain(complaint);
  });

  it("let comments, strings, types and namespaces be", () => {
    const sources = {
      ...door,
      "common/index.ts": 'export { Rng } from "./rng.ts";\nexport * as rng from "./rng.ts";',
      "sim/index.ts": '/** Not `Math.sin`; see console.log. */\nexport { a } from "./a.ts";',
      "sim/a.ts": 'import type { B } from "./b.ts";\n// import "node:fs"\nexport const a: B = "http://x/*";',
      "sim/b.ts": 'import "node:fs";\nimport { a } from "./a.ts";\nexport type B = typeof a;',
      "policies/policy.ts": 'import { a } from "../sim/index.ts";\nexport const c = a;',
    };
    expect(violations(sourceTree(sources))).toEqual([]);
  });
});
