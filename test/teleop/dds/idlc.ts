import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { IdlStruct } from "../../../src/teleop/dds/idl/idl-type.ts";
import { idlText } from "./idl-text.ts";

/** Why Cyclone's IDL compiler cannot be asked; undefined where it can. */
export const NO_IDLC = missing("idlc", "-v") ?? missing("gcc", "--version");

/** What Cyclone's IDL compiler and a C compiler make of a struct. */
export interface CompiledDescriptor {
  readonly size: number;
  readonly align: number;
  readonly flagset: number;
  readonly nops: number;
  readonly ops: number[];
}

/** Compiles structs with idlc and gcc and reads their topic descriptors back. */
export function compileDescriptors(types: readonly IdlStruct[]): Map<string, CompiledDescriptor> {
  const folder = mkdtempSync(join(tmpdir(), "contrapposto-idl-"));
  writeFileSync(join(folder, "types.idl"), `${idlText(...types)}\n`);
  writeFileSync(join(folder, "print.c"), printer(types));
  const run = (command: string, ...args: string[]) => execFileSync(command, args, { cwd: folder });
  run("idlc", "-t", "types.idl");
  run("gcc", "-o", "print", "print.c", "types.c", "-I.", "-lddsc");
  const rows = run("./print").toString().trim().split("\n");
  return new Map(
    rows.map((row) => {
      const { name, ...descriptor } = JSON.parse(row) as CompiledDescriptor & { name: string };
      return [name, descriptor];
    }),
  );
}

function printer(types: readonly IdlStruct[]): string {
  const calls = types.map(({ name }) => `print(&${name.replaceAll("::", "_")}_desc);`);
  return `#include <stdio.h>
#include "types.h"
static void print(const dds_topic_descriptor_t *d) {
  printf("{\\"name\\":\\"%s\\",\\"size\\":%u,\\"align\\":%u,\\"flagset\\":%u,\\"nops\\":%u,\\"ops\\":[",
    d->m_typename, d->m_size, d->m_align, d->m_flagset, d->m_nops);
  for (unsigned i = 0, left = d->m_nops; left > 0; i++) {
    unsigned op = d->m_ops[i], type = (op >> 16) & 0xff, element = (op >> 8) & 0xff, extra = 0;
    if ((op >> 24) == 1) {
      extra = 1;
      if (type == 8) extra = element == 10 ? 4 : 2;
      if (type == 13) extra = 2;
    }
    for (unsigned k = 0; k <= extra; k++) printf("%s%u", i + k ? "," : "", d->m_ops[i + k]);
    i += extra;
    left--;
  }
  printf("]}\\n");
}
int main(void) { ${calls.join(" ")} return 0; }
`;
}

function missing(command: string, flag: string): string | undefined {
  const { error } = spawnSync(command, [flag]);
  return error === undefined ? undefined : `there is no ${command}`;
}
