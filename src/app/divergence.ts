import { z } from "zod";
import { UsageError } from "../common/index.ts";
import { type DivergedError, PlantConfig, PlantDump } from "../sim/index.ts";
import { writeAtomically } from "./files.ts";
import type { WorldRequest } from "./worlds.ts";

/** The last control step before the physics broke, and the world that it broke in. */
export const Divergence = z.strictObject({
  kind: z.literal("contrapposto divergence 1"),
  world: z.strictObject({
    robot: z.string(),
    model: z.string().optional(),
    scene: z.string(),
    seed: z.int(),
    companions: z
      .array(z.strictObject({ robot: z.string(), place: z.tuple([z.number(), z.number(), z.number()]) }))
      .optional(),
  }),
  plant: PlantConfig,
  dump: PlantDump,
});
export type Divergence = z.infer<typeof Divergence>;

/** Keeps the dump of an error with what is needed to build its world again. */
export async function writeDivergence(
  file: string,
  request: WorldRequest & { readonly plant: PlantConfig },
  error: Pick<DivergedError, "dump">,
): Promise<void> {
  const { robot, model, scene, seed, companions, plant } = request;
  const world = { robot, model, scene, seed, companions };
  await writeAtomically(
    file,
    JSON.stringify({ kind: "contrapposto divergence 1", world, plant, dump: error.dump }),
  );
}

/** Reads the text of such a file. Throws `UsageError` where it is something else. */
export function parseDivergence(text: string, file: string): Divergence {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new UsageError(
      `"${file}" is not JSON.`,
      "Name a recording (.mcap) or a file that play left where the physics broke.",
      { cause },
    );
  }
  const divergence = Divergence.safeParse(value);
  if (divergence.success) return divergence.data;
  const [issue] = divergence.error.issues;
  throw new UsageError(
    `"${file}" is no kept divergence: ${issue.path.join(".")}: ${issue.message}.`,
    "Name a recording (.mcap) or a file that play left where the physics broke.",
  );
}
