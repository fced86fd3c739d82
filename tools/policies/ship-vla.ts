// Puts a VLA where `--vla default` looks, with what scores its chunks, if anything, and a manifest of what made them:
//   node --import tsx tools/policies/ship-vla.ts EVALUATION.json RUN_OF_TRAIN_VLA [RUN_OF_TRAIN_TACO]
// EVALUATION.json is what `contrapposto eval vla --json` printed for them.
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { hashBytes } from "../../src/common/index.ts";
import { readVlaSpec } from "../../src/vla/index.ts";
import { readScorerManifest } from "../../src/vla/taco/scorer-file.ts";

const [evaluation, vla, taco] = process.argv.slice(2);
if (vla === undefined) {
  console.error("usage: node --import tsx tools/policies/ship-vla.ts EVALUATION.json VLA_RUN [TACO_RUN]");
  process.exit(2);
}

const FOLDER = join("assets", "policies", "vla");
const json = (...path: string[]) => JSON.parse(readFileSync(join(...path), "utf8"));
const { modelHash, provenance } = readVlaSpec(readFileSync(join(vla, "prefix.onnx")));
if (taco !== undefined && readScorerManifest(readFileSync(join(taco, "taco.onnx"))).modelHash !== modelHash)
  throw new Error(`The scorers of ${taco} are another model's, not that of ${vla}.`);

mkdirSync(FOLDER, { recursive: true });
const files = [
  ...["prefix.onnx", "step.onnx"].map((name) => [vla, name]),
  ...(taco === undefined ? [] : ["taco.onnx", "elliptical.onnx"].map((name) => [taco, name])),
].map(([run, name]) => {
  copyFileSync(join(run, name), join(FOLDER, name));
  return [name, hashBytes(readFileSync(join(FOLDER, name)))];
});
const record = (run: string) => ({
  run: basename(run),
  training: json(run, "manifest.json"),
  config: json(run, "config.json"),
});
const manifest = {
  format: "contrapposto-vla-manifest",
  version: 1,
  modelHash,
  files: Object.fromEntries(files),
  vla: { ...record(vla), provenance },
  ...(taco === undefined ? {} : { scorers: record(taco) }),
  evaluation: json(evaluation),
};
// Where a run lay on the machine that trained it says nothing.
const text = JSON.stringify(manifest, null, 1).replaceAll(/(?<=[" ])\/[^" ]*?((?:runs|demos)\/)/g, "$1");
writeFileSync(join(FOLDER, "vla.json"), `${text}\n`);
console.log(`${FOLDER}: ${provenance.steps} steps`);
