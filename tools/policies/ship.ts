// Puts the newest policy of a training run among the shipped ones, with a manifest of what made it and how it was judged:
//   node --import tsx tools/policies/ship.ts RUN ROBOT lower|upper EVAL.json
// EVAL.json is what `contrapposto eval locomotion --json` printed for that policy.
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { loadPolicyFile } from "../../src/app/policy-files.ts";
import { hashBytes } from "../../src/common/index.ts";

const [run, robot, half, evalFile] = process.argv.slice(2);
if (evalFile === undefined || !["lower", "upper"].includes(half)) {
  console.error("usage: node --import tsx tools/policies/ship.ts RUN ROBOT lower|upper EVAL.json");
  process.exit(2);
}

const read = (...path: string[]) => JSON.parse(readFileSync(join(...path), "utf8"));
const source = join(run, "policy.onnx");
const { spec } = await loadPolicyFile(source, { robot });
if (spec.robot !== robot) throw new Error(`The policy of ${run} is for ${spec.robot}, not for ${robot}.`);

const folder = join("assets", "policies", robot);
mkdirSync(folder, { recursive: true });
copyFileSync(source, join(folder, `${half}.onnx`));
const manifest = {
  format: "contrapposto-policy-manifest",
  version: 1,
  file: `${half}.onnx`,
  hash: hashBytes(readFileSync(source)),
  provenance: spec.provenance,
  training: read(run, "manifest.json"),
  config: read(run, "config.json"),
  evaluation: read(evalFile),
};
writeFileSync(join(folder, `${half}.json`), `${JSON.stringify(manifest, null, 1)}\n`);
console.log(`${join(folder, `${half}.onnx`)}: ${spec.provenance?.steps} steps`);
