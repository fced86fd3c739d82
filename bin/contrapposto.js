#!/usr/bin/env node
// In a checkout the command line runs from source, so an edit is live; the published package carries dist/ only.
import { existsSync } from "node:fs";

const source = new URL("../src/app/main.ts", import.meta.url);
if (existsSync(source)) {
  const { register } = await import("tsx/esm/api");
  register();
  await import(source.href);
} else {
  await import("../dist/app/main.js");
}
