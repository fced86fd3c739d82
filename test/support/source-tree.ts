import { readdirSync, readFileSync } from "node:fs";
import { join, posix } from "node:path";

/** One import or re-export as a source line says it. */
export interface Import {
  /** Package name, or path below src/ of the file. */
  readonly target: string;
  readonly kind: "value" | "type" | "dynamic";
}

/** One module: path below src/, its text without comments, and what it imports. */
export interface Module {
  readonly path: string;
  readonly text: string;
  readonly lines: number;
  readonly imports: readonly Import[];
}

/** All modules below a folder by path; tests also build small ones by hand. */
export type SourceTree = ReadonlyMap<string, Module>;

export function readSourceTree(folder: string): SourceTree {
  const paths = readdirSync(folder, { recursive: true, encoding: "utf8" })
    .map((path) => path.replaceAll("\\", "/"))
    .filter((path) => path.endsWith(".ts"))
    .sort();
  return sourceTree(
    Object.fromEntries(paths.map((path) => [path, readFileSync(join(folder, path), "utf8")])),
  );
}

export function sourceTree(sources: Readonly<Record<string, string>>): SourceTree {
  return new Map(Object.entries(sources).map(([path, source]) => [path, parseModule(path, source)]));
}

/** The first folder of a path, which is the room; "" for a file that lies in src/ itself. */
export function roomOf(path: string): string {
  return path.includes("/") ? path.slice(0, path.indexOf("/")) : "";
}

/** Everything that loading a module loads, by following static imports that survive compilation. */
export function loadedBy(tree: SourceTree, path: string): Map<string, readonly string[]> {
  const reached = new Map<string, readonly string[]>([[path, [path]]]);
  for (const [from, way] of reached) {
    for (const { target, kind } of tree.get(from)?.imports ?? []) {
      if (kind === "value" && !reached.has(target)) reached.set(target, [...way, target]);
    }
  }
  return reached;
}

const STATIC = /^\s*(?:import|export)\s+(type\s)?(?:[^'"`;]*?\sfrom\s+)?["']([^"']+)["']/gm;
const DYNAMIC = /\bimport\(\s*["']([^"']+)["']\s*\)/g;

function parseModule(path: string, source: string): Module {
  const text = withoutComments(source);
  const resolve = (target: string) =>
    target.startsWith(".") ? posix.join(posix.dirname(path), target) : target;
  const imports: Import[] = [];
  for (const [, type, target] of text.matchAll(STATIC)) {
    imports.push({ target: resolve(target), kind: type === undefined ? "value" : "type" });
  }
  for (const [, target] of text.matchAll(DYNAMIC)) imports.push({ target: resolve(target), kind: "dynamic" });
  return { path, text, lines: source.split("\n").length, imports };
}

/** Comments go, except where they stand inside a string. */
function withoutComments(source: string): string {
  const token = /"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|`(?:\\[\s\S]|[^`\\])*`|\/\/[^\n]*|\/\*[\s\S]*?\*\//g;
  return source.replace(token, (found) =>
    found.startsWith("/") ? found.replace(/[^\n]/g, " ").trimStart() : found,
  );
}
