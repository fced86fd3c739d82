import type { Catalogue } from "../command.ts";

/** Every command, in the order of the program's help. A command's module is loaded only when it is asked for. */
export const catalogue: Catalogue = {
  entries: [],
  verbs: {},
  examples: [],
};
