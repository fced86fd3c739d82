import { type CompanionRequest, parseCompanions } from "../sim/index.ts";

/** What follows each `--companion`; the flags' reader has split it at commas. Throws as `parseCompanions` does. */
export function companionsOf(flag: readonly (readonly string[])[]): CompanionRequest[] {
  return parseCompanions(flag.map((parts) => parts.join(",")));
}
