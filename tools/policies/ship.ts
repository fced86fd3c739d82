// Puts the newest policy of a training run among the shipped ones, with a manifest of what made it and how it was judged:
//   node --import tsx tools/policies/ship.ts RUN ROBOT lower|upper
// The run must have been judged: contrapposto eval locomotion --run RUN
import { copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { loadPolicyFile } from "../../src/app/policy-files.ts";
import { hashBytes } from "../../src/common/index.ts";

const [run, robot, half] = process.argv.slice(2);
if (half === undefined || !["lower", "upper"].includes(half)) {
  console.error("usage: node --import tsx tools/policies/ship.ts RUN ROBOT lower|upper");
  process.exit(2);
}

const read = (...path: string[]) => JSON.parse(readFileSync(join(...path), "utf8"));
const provenanceOf = async (path: string) =>
  (await loadPolicyFile(join(path, "policy.onnx"))).spec.provenance;

const folder = join("assets", "policies", robot);
const manifestPath = join(folder, `${half}.json`);

/** Runs that the policy was made by that ships so far, the first one first: their folders may be gone. */
const known: { run: string; provenance: object }[] = existsSync(manifestPath)
  ? (({ begunFrom, run: name, provenance, training, config }) => [
      ...begunFrom,
      { run: name, provenance, training, config },
    ])(read(manifestPath))
  : [];

/** The runs that a run was begun from, the first one first: what made them, and all that decided them. */
async function originsOf(path: string): Promise<object[]> {
  const provenance = await provenanceOf(path);
  // What it was begun from may have shipped then, and be far behind what ships now.
  const itself = known.findIndex((origin) => isDeepStrictEqual(origin.provenance, provenance));
  if (itself >= 0) return known.slice(0, itself);
  const init = / --init (\S+)/.exec(provenance?.command ?? "")?.[1] ?? stageBefore(path);
  if (init === undefined) return [];
  if (init === join(folder, `${half}.onnx`)) return known;
  const begun = init.endsWith(".onnx") ? dirname(init) : init;
  const origin = existsSync(begun) ? begun : join(path, "..", basename(begun));
  if (existsSync(origin)) return [...(await originsOf(origin)), await record(origin)];
  const at = known.findIndex(({ run: name }) => name === basename(init));
  if (at < 0) throw new Error(`${run} was begun from ${init}, which is gone.`);
  return known.slice(0, at + 1);
}

/** In a pipeline's folder, the same half's stage one round earlier. */
function stageBefore(path: string): string | undefined {
  const stage = /^(lower|upper)-([2-9])$/.exec(basename(path));
  return stage === null ? undefined : join(path, "..", `${stage[1]}-${Number(stage[2]) - 1}`);
}

async function record(path: string) {
  return {
    run: basename(path),
    provenance: await provenanceOf(path),
    training: read(path, "manifest.json"),
    config: read(path, "config.json"),
  };
}

const source = join(run, "policy.onnx");
const { spec } = await loadPolicyFile(source, { robot });
if (spec.robot !== robot) throw new Error(`The policy of ${run} is for ${spec.robot}, not for ${robot}.`);
mkdirSync(folder, { recursive: true });
copyFileSync(source, join(folder, `${half}.onnx`));
const manifest = {
  format: "contrapposto-policy-manifest",
  version: 1,
  file: `${half}.onnx`,
  hash: hashBytes(readFileSync(source)),
  ...(await record(run)),
  begunFrom: await originsOf(run),
  evaluation: read(run, "eval.json"),
};
// Where a run lay on the machine that trained it says nothing.
const text = JSON.stringify(manifest, null, 1).replaceAll(/--init \S*?(runs\/)/g, "--init $1");
writeFileSync(manifestPath, `${text}\n`);
console.log(`${join(folder, `${half}.onnx`)}: ${spec.provenance?.steps} steps`);
