import type { z } from "zod";
import { MessageError } from "../errors.ts";

/** Reads one JSON message. Throws `MessageError` with the place and the reason. */
export function parseMessage<T>(schema: z.ZodType<T>, text: string): T {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new MessageError("The message is not JSON.", { cause });
  }
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  const place = issue.path.length > 0 ? ` at ${issue.path.join(".")}` : "";
  throw new MessageError(`The message ${opOf(value)}is not valid${place}: ${issue.message}.`);
}

function opOf(value: unknown): string {
  const op = typeof value === "object" && value !== null && "op" in value ? value.op : undefined;
  return typeof op === "string" ? `"${op.slice(0, 40)}" ` : "";
}
