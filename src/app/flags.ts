import { isDeepStrictEqual } from "node:util";
import { z } from "zod";
import { UnknownNameError, UsageError } from "../common/index.ts";
import { type FlagKind, flagKindOf, readFlag, unwrapSchema } from "./flag-kind.ts";

declare module "zod" {
  interface GlobalMeta {
    /** What stands for the value in help, such as "vx,vy,yaw" or "file". */
    placeholder?: string;
  }
}

/** One flag of the command line, as the schema of its command describes it. */
export interface Flag {
  /** Where its value goes in the command's arguments, such as ["env", "numEnvs"]. */
  readonly path: readonly string[];
  /** As it is written, such as "--env.num-envs". */
  readonly long: string;
  readonly kind: FlagKind;
  readonly about: string;
  readonly placeholder: string;
  /** Undefined when the schema has no default. */
  readonly defaultValue: unknown;
  readonly isRequired: boolean;
}

/**
 * The flags that a schema stands for, in its order: `numEnvs` is written `--num-envs`, and a field of a nested object
 * `env` is written `--env.num-envs`. Throws for a field that no text can stand for: a mistake of the command's author.
 */
export function flagsOf(schema: z.ZodObject): Flag[] {
  return flagsBelow(schema, [], undefined);
}

/** "--env.num-envs" for ["env", "numEnvs"]. */
export function flagName(path: readonly (string | number | symbol)[]): string {
  return `--${path.map((key) => kebabCase(String(key))).join(".")}`;
}

/**
 * The arguments of a command from what was written: reads each flag's text, nests it by path, and lets the schema check
 * it and fill in defaults. Throws `UsageError` for the first value that cannot be used.
 *
 * @param written for each flag by its long name, what followed its mentions, or true or false for a switch
 */
export function parseFlags<T extends z.ZodObject>(
  schema: T,
  flags: readonly Flag[],
  written: ReadonlyMap<string, readonly string[] | boolean>,
): z.output<T> {
  const given: Record<string, unknown> = defaultsOfObjects(schema);
  for (const flag of flags) {
    const text = written.get(flag.long);
    if (text === undefined) continue;
    place(given, flag.path, typeof text === "boolean" ? text : readFlag(flag.kind, text, flag.long));
  }
  const result = schema.safeParse(given);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  const flag = flags.find((f) => f.path.every((key, i) => issue.path[i] === key));
  throw issueError(issue, flag?.long ?? flagName(issue.path), valueAt(given, issue.path));
}

/**
 * The words of a command line that stand for arguments: those that differ from their defaults, as a shell reads them.
 *
 * @param without flags that are left out, by the first key of their path
 */
export function writeFlags(schema: z.ZodObject, values: object, without: readonly string[] = []): string[] {
  return flagsOf(schema).flatMap(({ path, long, defaultValue }) => {
    const value = valueAt(values, path);
    if (value === undefined || without.includes(path[0]) || isDeepStrictEqual(value, defaultValue)) return [];
    if (typeof value === "boolean") return [value ? long : long.replace("--", "--no-")];
    const text = Array.isArray(value) ? value.join(",") : String(value);
    const word = /^[\w./:,@%+=-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
    return [text.startsWith("-") ? `${long}=${word}` : `${long} ${word}`];
  });
}

/** What is wrong with a value, said of the flag or argument that carried it. */
function issueError(issue: z.core.$ZodIssue, where: string, value: unknown): UsageError {
  if (value === undefined)
    return new UsageError(`${where} is missing.`, "It has no default; --help says what it takes.");
  if (issue.code === "invalid_value" && typeof value === "string") {
    return new UnknownNameError(`choice for ${where}`, value, issue.values.map(String));
  }
  const reason = issue.message.charAt(0).toLowerCase() + issue.message.slice(1);
  return new UsageError(
    `${where} cannot be ${JSON.stringify(value)}: ${reason}.`,
    "--help says what it takes.",
  );
}

function flagsBelow(schema: z.ZodObject, path: readonly string[], outerDefault: unknown): Flag[] {
  return Object.entries(schema.shape).flatMap(([key, field]) => {
    const [inner, here] = [unwrapSchema(field), [...path, key]];
    const ownDefault = valueAt(outerDefault, [key]) ?? defaultOf(field);
    if (inner instanceof z.ZodObject) return flagsBelow(inner, here, ownDefault);
    const kind = flagKindOf(inner);
    if (kind === undefined || /^no[A-Z]/.test(key))
      throw new Error(`${flagName(here)}: a ${inner.def.type} of this name cannot be written as a flag.`);
    return [
      {
        path: here,
        long: flagName(here),
        kind,
        about: describe(field),
        placeholder: metaOf(field).placeholder ?? placeholderOf(kind),
        defaultValue: ownDefault,
        isRequired: ownDefault === undefined && !field.safeParse(undefined).success,
      },
    ];
  });
}

/** A default given as a whole object is the ground that single overrides change, so it is written out first. */
function defaultsOfObjects(schema: z.ZodObject): Record<string, unknown> {
  const given: Record<string, unknown> = {};
  for (const [key, field] of Object.entries(schema.shape)) {
    const inner = unwrapSchema(field);
    if (!(inner instanceof z.ZodObject) || field instanceof z.ZodOptional) continue;
    given[key] = structuredClone(defaultOf(field)) ?? defaultsOfObjects(inner);
  }
  return given;
}

function defaultOf(schema: z.ZodType): unknown {
  if (schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault) return schema.def.defaultValue;
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodNullable || schema instanceof z.ZodReadonly) {
    return defaultOf(schema.unwrap() as z.ZodType);
  }
  return undefined;
}

function describe(schema: z.ZodType): string {
  return metaOf(schema).description ?? "";
}

/** What `describe` and `meta` said, on whichever wrapper they were called; the outermost wins. */
function metaOf(schema: z.ZodType): z.GlobalMeta {
  const own = schema.meta() ?? {};
  const hasInner = "unwrap" in schema && !(schema instanceof z.ZodArray);
  return hasInner ? { ...metaOf((schema as z.ZodOptional).unwrap() as z.ZodType), ...own } : own;
}

function placeholderOf(kind: FlagKind): string {
  switch (kind.kind) {
    case "number":
      return kind.whole ? "int" : "number";
    case "text":
      return "text";
    case "choice":
      return "name";
    case "boolean":
      return "true|false";
    case "list":
      return kind.fixed ? kind.items.map(shortly).join(",") : `${shortly(kind.items[0])},...`;
    case "either":
      return [...new Set(kind.options.map(placeholderOf))].join("|");
  }
}

/** Names of several values side by side are kept to a letter. */
function shortly(kind: FlagKind): string {
  return kind.kind === "number" ? "n" : placeholderOf(kind);
}

function place(target: Record<string, unknown>, path: readonly string[], value: unknown): void {
  const [key, ...rest] = path;
  if (rest.length === 0) target[key] = value;
  else place((target[key] ??= {}) as Record<string, unknown>, rest, value);
}

function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (inner, key) =>
      inner === null || inner === undefined ? undefined : (inner as Record<PropertyKey, unknown>)[key],
    value,
  );
}

function kebabCase(key: string): string {
  return key.replace(/([a-z0-9])([A-Z])/g, "$1-$2").toLowerCase();
}
