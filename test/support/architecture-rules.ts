import { loadedBy, type Module, roomOf, type SourceTree } from "./source-tree.ts";

/** Which rooms each room may import. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  common: [],
  wire: ["common"],
  sim: ["common"],
  learn: ["common"],
  policies: ["sim", "learn", "common"],
  vla: ["policies", "sim", "learn", "wire", "common"],
  teleop: ["policies", "sim", "wire", "common"],
  viewer: ["policies", "sim", "wire", "common"],
  app: ["teleop", "vla", "policies", "sim", "learn", "wire", "common"],
  // src/index.ts, the library's own door.
  "": ["teleop", "vla", "policies", "sim", "learn", "wire", "common"],
};

/** Inner rooms whose index.ts is the only way in, also for their neighbours. */
const INNER_ROOMS = ["sim/engine"];

/** A room's doors: what it offers to all, and what only Node can use (a room needs the second only if it has such a part). */
const DOORS = ["index.ts", "node.ts"];

/** Code that a browser loads too. */
const BROWSER_SAFE = [
  /^common\//,
  /^wire\//,
  /^viewer\//,
  /^learn\//,
  /^policies\/(policy|spec|whole-body)\.ts$/,
  /^sim\/(engine|mdp|robots|plant|tasks)\//,
  /^sim\/(env|environment)\.ts$/,
  /^(sim|policies)\/index\.ts$/,
];

/** Modules that a browser never loads although they lie in a folder that it does load: a reason each. */
const NODE_ONLY: ReadonlyMap<string, string> = new Map([]);

/** Foreign engines, and where they may be imported. */
const OWNERS: readonly { readonly library: RegExp; readonly owner: RegExp }[] = [
  { library: /^mujoco-js(\/|$)/, owner: /^sim\/engine\// },
  { library: /^onnxruntime-(node|web|common)(\/|$)/, owner: /^learn\/runtime(\/|\.ts$)/ },
];

/** Lines, with the reason for each file that is longer. */
const MAX_LINES = 600;
const LONGER: ReadonlyMap<string, string> = new Map([]);
const MAX_WORKER_LINES = 40;

/** Results of these differ by a bit between JavaScript engines, so nothing that a replay repeats may use them. */
const INEXACT_MATH =
  /\bMath\.(sin|cos|tan|asin|acos|atan2?|sinh|cosh|tanh|asinh|acosh|atanh|exp|expm1|log|log2|log10|log1p|pow|hypot|cbrt)\b/;
const REPLAYED = [/^common\//, /^sim\//, /^policies\/(?!file\/|evaluation\/)/];
const NOT_REPLAYED: ReadonlyMap<string, string> = new Map([]);

/** Randomness and time come in as arguments, except where the program is put together. */
const AMBIENT = /\bMath\.random\b|\bDate\.now\b|\bperformance\.now\b|\bnew Date\(\)/;
const MAY_BE_AMBIENT: ReadonlyMap<string, string> = new Map([
  ["teleop/twin/twin.worker.ts", "where a thread starts, its clock does"],
  ["teleop/loop/motor-loop.worker.ts", "where a thread starts, its clock does"],
  ["viewer/main.ts", "the page is put together there"],
  ["viewer/host/host.worker.ts", "where a thread starts, its clock does"],
]);

/** One broken rule in one module. */
type Rule = (module: Module, tree: SourceTree) => string[];

/** Every broken rule as "path: what is wrong", in the tree's order. */
export function violations(tree: SourceTree): string[] {
  return [...tree.values()].flatMap((module) =>
    RULES.flatMap((rule) => rule(module, tree).map((text) => `${module.path}: ${text}`)),
  );
}

const followsRoomDirections: Rule = ({ path, imports }, tree) => {
  const room = roomOf(path);
  if (MAY_IMPORT[room] === undefined) return [`"${room}" is not a room; the rooms are in style.md`];
  return localTargets(imports, tree)
    .filter((target) => roomOf(target) !== room && !MAY_IMPORT[room].includes(roomOf(target)))
    .map((target) => `room "${room}" may not import room "${roomOf(target)}" (${target})`);
};

const entersByDoors: Rule = ({ path, imports }, tree) =>
  localTargets(imports, tree).flatMap((target) => {
    const inner = INNER_ROOMS.find((room) => target.startsWith(`${room}/`) && !path.startsWith(`${room}/`));
    if (inner !== undefined && target !== `${inner}/index.ts`)
      return [`imports ${target} past the door ${inner}/index.ts`];
    const isForeign = roomOf(target) !== roomOf(path) && inner === undefined;
    return isForeign && !DOORS.includes(target.slice(roomOf(target).length + 1))
      ? [`imports ${target} past the door ${roomOf(target)}/index.ts`]
      : [];
  });

const importsWhatExists: Rule = ({ imports }, tree) =>
  imports
    .filter(({ target }) => target.endsWith(".ts") && !tree.has(target))
    .map(({ target }) => `imports ${target}, which does not exist`);

const doorsOnlyName: Rule = ({ path, text }) => {
  const isDoor =
    path === `${roomOf(path)}/index.ts` || INNER_ROOMS.includes(path.replace(/\/index\.ts$/, ""));
  const rest = text
    .replace(/export\s+(type\s+)?(\{[^}]*\}|\*\s+as\s+\w+)\s+from\s+["'][^"']+["'];?/g, "")
    .trim();
  return isDoor && rest !== "" ? [`a door only names what it offers, but holds: ${rest.slice(0, 60)}`] : [];
};

const exportsByName: Rule = ({ text }) => [
  ...(/^\s*export\s+\*\s+from\b/m.test(text) ? ["exports everything of a module (export *)"] : []),
  ...(/^\s*export\s+default\b|\bas\s+default\b/m.test(text) ? ["has a default export"] : []),
];

const runsInBrowser: Rule = ({ path }, tree) => {
  if (!BROWSER_SAFE.some((pattern) => pattern.test(path)) || NODE_ONLY.has(path)) return [];
  return [...loadedBy(tree, path)]
    .filter(([target]) => target.startsWith("node:") || target === "onnxruntime-node")
    .map(([target, way]) => `must run in a browser but loads ${target}: ${way.join(" > ")}`);
};

const leavesEnginesToTheirOwners: Rule = ({ path, imports }) =>
  imports
    .filter(({ target }) => OWNERS.some(({ library, owner }) => library.test(target) && !owner.test(path)))
    .map(({ target }) => `imports ${target}, which belongs to one room`);

const printsOnlyInApp: Rule = ({ path, text }) =>
  roomOf(path) !== "app" && /\bconsole\s*\.|\bprocess\s*\.\s*(stdout|stderr|exit)\b/.test(text)
    ? ["prints or ends the process; only app may"]
    : [];

const staysShort: Rule = ({ path, lines }) => {
  const limit = path.endsWith(".worker.ts") ? MAX_WORKER_LINES : MAX_LINES;
  return lines > limit && !LONGER.has(path) ? [`has ${lines} lines, more than ${limit}`] : [];
};

const isNamedInKebabCase: Rule = ({ path }) =>
  path.split("/").every((part) => /^[a-z0-9]+(-[a-z0-9]+)*(\.worker|\.d)?(\.ts)?$/.test(part))
    ? []
    : ["is not named in kebab-case"];

const computesExactly: Rule = ({ path, text }) => {
  const found = INEXACT_MATH.exec(text);
  return found !== null && REPLAYED.some((pattern) => pattern.test(path)) && !NOT_REPLAYED.has(path)
    ? [`uses ${found[0]}, whose last bit depends on the JavaScript engine; use portableMath`]
    : [];
};

const takesChanceAndTimeAsArguments: Rule = ({ path, text }) => {
  const found = AMBIENT.exec(text);
  return found !== null && roomOf(path) !== "app" && !MAY_BE_AMBIENT.has(path)
    ? [`uses ${found[0]}; take an Rng or a clock as an argument`]
    : [];
};

const isInNoCycle: Rule = ({ path, imports }, tree) =>
  imports
    .filter(({ target, kind }) => kind === "value" && tree.has(target))
    .filter(({ target }) => target === path || loadedBy(tree, target).has(path))
    .map(({ target }) => `is in a cycle of imports by way of ${target}`);

const RULES: readonly Rule[] = [
  followsRoomDirections,
  entersByDoors,
  importsWhatExists,
  doorsOnlyName,
  exportsByName,
  runsInBrowser,
  leavesEnginesToTheirOwners,
  printsOnlyInApp,
  staysShort,
  isNamedInKebabCase,
  computesExactly,
  takesChanceAndTimeAsArguments,
  isInNoCycle,
];

function localTargets(imports: Module["imports"], tree: SourceTree): string[] {
  return imports.map(({ target }) => target).filter((target) => tree.has(target) || target.endsWith(".ts"));
}
