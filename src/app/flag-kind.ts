import { z } from "zod";
import { UsageError } from "../common/index.ts";

/** How the text after a flag is read. */
export type FlagKind =
  | { readonly kind: "boolean" }
  | { readonly kind: "number"; readonly whole: boolean }
  | { readonly kind: "text" }
  | { readonly kind: "choice"; readonly choices: readonly (string | number)[] }
  | { readonly kind: "either"; readonly options: readonly FlagKind[] }
  /** Comma-separated; item `i` is read as `items[min(i, items.length - 1)]`, and `fixed` lists have exactly `items`. */
  | { readonly kind: "list"; readonly items: readonly FlagKind[]; readonly fixed: boolean };

/**
 * How a flag with this schema is written, or undefined when no text on a command line can stand for it.
 *
 * @param schema with `optional`, `default` and the like already removed
 */
export function flagKindOf(schema: z.ZodType): FlagKind | undefined {
  if (schema instanceof z.ZodBoolean) return { kind: "boolean" };
  if (schema instanceof z.ZodNumber) return { kind: "number", whole: schema.isInt };
  if (schema instanceof z.ZodString || schema instanceof z.ZodStringFormat) return { kind: "text" };
  if (schema instanceof z.ZodEnum) return { kind: "choice", choices: schema.options };
  if (schema instanceof z.ZodLiteral) return literalKind([...schema.values]);
  if (schema instanceof z.ZodTuple) {
    return listKind(
      schema.def.items.map((item) => kindInside(item as z.ZodType)),
      true,
    );
  }
  if (schema instanceof z.ZodArray) return listKind([kindInside(schema.element as z.ZodType)], false);
  if (schema instanceof z.ZodUnion) return eitherKind(schema.options.map((o) => kindInside(o as z.ZodType)));
  return undefined;
}

/** Removes the wrappers that say when a value may be absent, and what stands in for it. */
export function unwrapSchema(schema: z.ZodType): z.ZodType {
  if (
    schema instanceof z.ZodOptional ||
    schema instanceof z.ZodDefault ||
    schema instanceof z.ZodPrefault ||
    schema instanceof z.ZodNullable ||
    schema instanceof z.ZodReadonly ||
    schema instanceof z.ZodCatch
  ) {
    return unwrapSchema(schema.unwrap() as z.ZodType);
  }
  if (schema instanceof z.ZodPipe) {
    const side = schema.in instanceof z.ZodTransform ? schema.out : schema.in;
    return unwrapSchema(side as z.ZodType);
  }
  return schema;
}

/**
 * The value that a flag's text stands for. Bounds are left to the schema.
 *
 * @param occurrences what followed each mention of the flag, in order; lists gather them, anything else takes the last
 * @param flag for messages
 */
export function readFlag(kind: FlagKind, occurrences: readonly string[], flag: string): unknown {
  if (kind.kind !== "list" || kind.fixed) return readText(kind, occurrences[occurrences.length - 1], flag);
  const [item] = kind.items;
  if (item.kind === "list") return occurrences.map((text) => readText(item, text, flag));
  return occurrences.flatMap((text) => readText(kind, text, flag));
}

function readText(kind: FlagKind, text: string, flag: string): unknown {
  switch (kind.kind) {
    case "text":
      return text;
    case "number":
      return readNumber(text, kind.whole, flag);
    case "boolean":
      return readBoolean(text, flag);
    case "choice":
      return kind.choices.find((choice) => String(choice) === text) ?? text;
    case "list":
      return readList(kind.items, kind.fixed, text, flag);
    case "either":
      return readEither(kind.options, text, flag);
  }
}

function readList(items: readonly FlagKind[], fixed: boolean, text: string, flag: string): unknown[] {
  const parts = text.trim() === "" ? [] : text.split(",");
  if (fixed && parts.length !== items.length) {
    throw new UsageError(
      `${flag} takes ${items.length} values, not the ${parts.length} of "${text}".`,
      "Separate them with commas and no blanks.",
    );
  }
  return parts.map((part, i) => readText(items[Math.min(i, items.length - 1)], part.trim(), flag));
}

const DECIMAL = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;

function readNumber(text: string, whole: boolean, flag: string): number {
  const value = Number(text);
  if (!DECIMAL.test(text) || (whole && !Number.isInteger(value))) {
    throw new UsageError(
      `${flag} takes ${whole ? "a whole number" : "a number"}, not "${text}".`,
      "Write it like 20, 0.5 or 1e-3.",
    );
  }
  return value;
}

function readBoolean(text: string, flag: string): boolean {
  if (text === "true" || text === "false") return text === "true";
  throw new UsageError(`${flag} takes true or false, not "${text}".`, "Write one of the two.");
}

/** The first reading that works, narrow kinds first: "0.25" is a number before it is a text. */
function readEither(options: readonly FlagKind[], text: string, flag: string): unknown {
  let failure: unknown;
  for (const option of options) {
    if (option.kind === "choice" && !option.choices.some((choice) => String(choice) === text)) continue;
    if (option.kind !== "list" && text.includes(",") && options.some((o) => o.kind === "list")) continue;
    try {
      return readText(option, text, flag);
    } catch (error) {
      failure = error;
    }
  }
  if (failure !== undefined) throw failure;
  return text;
}

function kindInside(schema: z.ZodType): FlagKind | undefined {
  return flagKindOf(unwrapSchema(schema));
}

function literalKind(values: readonly unknown[]): FlagKind | undefined {
  if (values.every((value) => typeof value === "boolean")) return { kind: "boolean" };
  const choices = values.filter((value) => typeof value === "string" || typeof value === "number");
  return choices.length === values.length ? { kind: "choice", choices } : undefined;
}

function listKind(items: readonly (FlagKind | undefined)[], fixed: boolean): FlagKind | undefined {
  const known = items.filter((item) => item !== undefined);
  return known.length === items.length && known.length > 0
    ? { kind: "list", items: known, fixed }
    : undefined;
}

const WIDTH: readonly FlagKind["kind"][] = ["choice", "boolean", "number", "list", "either", "text"];

function eitherKind(options: readonly (FlagKind | undefined)[]): FlagKind | undefined {
  const known = options.filter((option) => option !== undefined);
  if (known.length !== options.length) return undefined;
  known.sort((a, b) => WIDTH.indexOf(a.kind) - WIDTH.indexOf(b.kind));
  return known.length === 1 ? known[0] : { kind: "either", options: known };
}
