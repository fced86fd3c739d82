import { z } from "zod";

/** One named run of float32 values in a frame. */
export const StreamField = z.strictObject({
  name: z.string().min(1),
  size: z.int().positive().describe("how many values"),
  unit: z.string().describe('such as "rad", "m/s", "N"; empty for counts, flags and mixed fields'),
  labels: z.array(z.string()).optional().describe("a name for each value, such as joint names"),
});
export type StreamField = z.infer<typeof StreamField>;

/** How to read the frames of one stream, so that nobody needs to know them beforehand. */
export const StreamDeclaration = z.strictObject({
  id: z.int().min(1).max(0xffff).describe("the stream id of its frames; never used again for another layout"),
  name: z.string().min(1),
  direction: z.enum(["out", "in"]).describe("out: samples for clients; in: actions of the controller"),
  layout: z
    .enum(["record", "rows"])
    .describe("record: the fields once; rows: the fields again and again, any number of times"),
  rateHz: z.number().positive().describe("how often there is a new sample at speed 1, at most"),
  fields: z.array(StreamField).min(1),
});
export type StreamDeclaration = z.infer<typeof StreamDeclaration>;

/** Values in one record or row. */
export function rowSize({ fields }: Pick<StreamDeclaration, "fields">): number {
  return fields.reduce((sum, { size }) => sum + size, 0);
}

/** Where each field begins in a record or row, by name. */
export function fieldOffsets({ fields }: Pick<StreamDeclaration, "fields">): ReadonlyMap<string, number> {
  let offset = 0;
  return new Map(
    fields.map(({ name, size }) => {
      const entry = [name, offset] as const;
      offset += size;
      return entry;
    }),
  );
}

/** Whether a frame may carry that many values. */
export function fitsStream(declaration: StreamDeclaration, count: number): boolean {
  const size = rowSize(declaration);
  return declaration.layout === "record" ? count === size : count % size === 0;
}
