// Writes a VLA of flow matching or diffusion again, to denoise in another number of steps; its weights stay. Scorers of the old
// one do not fit it, because features come from the last step:
//   node --import tsx tools/policies/set-denoising-steps.ts RUN_OF_TRAIN_VLA STEPS OUT_FOLDER
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { readVla } from "../../src/app/vla-files.ts";
import { readVlaSpec } from "../../src/vla/index.ts";
import { writeVla } from "../../src/vla/small/export.ts";
import { weightsIn } from "../../src/vla/small/graph-weights.ts";

const [run, steps, out] = process.argv.slice(2);
if (out === undefined) {
  console.error("usage: node --import tsx tools/policies/set-denoising-steps.ts VLA_RUN STEPS OUT_FOLDER");
  process.exit(2);
}
const files = await readVla(run);
const spec = readVlaSpec(files.prefix);
if (spec.head.kind === "autoregressive") throw new Error("This head does not denoise.");

const { layout, weights } = weightsIn([files.prefix, files.step], spec);
const head = { ...spec.head, steps: Number(steps) };
const written = writeVla({ ...spec, head }, layout, weights);
mkdirSync(out, { recursive: true });
for (const name of ["prefix", "step"] as const) writeFileSync(join(out, `${name}.onnx`), written[name]);
copyFileSync(join(run, "manifest.json"), join(out, "manifest.json"));
const config = JSON.parse(readFileSync(join(run, "config.json"), "utf8"));
writeFileSync(
  join(out, "config.json"),
  JSON.stringify({ ...config, denoisingStepsNow: head.steps }, null, 2),
);
console.log(`${out}: ${steps} steps`);
