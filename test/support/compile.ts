import { execFileSync } from "node:child_process";
import { COMPILED, ROOT } from "./run-cli.ts";

/** Before any test: the sources as JavaScript, as they are published, so that no program of a test has to compile them anew. */
export function setup(): void {
  const compiler = `${ROOT}node_modules/typescript/bin/tsc`;
  const flags = ["--noCheck", "--declaration", "false", "--sourceMap", "false", "--outDir", COMPILED];
  execFileSync(process.execPath, [compiler, "-p", `${ROOT}tsconfig.build.json`, ...flags], {
    stdio: "inherit",
  });
}
