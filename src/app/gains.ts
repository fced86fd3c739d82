import { z } from "zod";

/** Words such as "joint_pos.torso=0.3": how much a policy responds to something that it observes. */
export const Gains = z.array(
  z.string().regex(/^[^=]+=-?\d*\.?\d+$/, "write axis=number, such as joint_pos.torso=0.3"),
);

/** The numbers of such words, by axis; the last of two for the same. */
export function readGains(words: z.output<typeof Gains>): Record<string, number> {
  return Object.fromEntries(
    words.map((word) => {
      const [axis, value] = word.split("=");
      return [axis, Number(value)];
    }),
  );
}
