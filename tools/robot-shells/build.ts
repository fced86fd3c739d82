import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { shellFiles } from "./shell-files.ts";

// Writes the shells of all robots: npx tsx tools/robot-shells/build.ts
const robots = new URL("../../assets/robots/", import.meta.url);
for (const robot of ["h1", "h1_2"] as const) {
  const folder = new URL(`${robot}/shells/`, robots);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  for (const [name, text] of shellFiles(robot)) writeFileSync(new URL(name, folder), text);
}
