import type { IdlStruct, IdlType } from "../../../src/teleop/dds/idl/idl-type.ts";

const IDL_NAME: Readonly<Record<string, string>> = {
  u8: "octet",
  i16: "short",
  u16: "unsigned short",
  i32: "long",
  u32: "unsigned long",
  i64: "long long",
  f32: "float",
  bool: "boolean",
  string: "string",
};

/** The IDL source of structs and all that they are made of, for other people's compilers. */
export function idlText(...roots: readonly IdlStruct[]): string {
  const texts = new Map<string, string>();
  for (const root of roots) declare(root, texts);
  return [...texts.values()].join("\n");
}

function declare(type: IdlStruct, texts: Map<string, string>): void {
  if (texts.has(type.name)) return;
  for (const [, member] of type.members) for (const nested of structsIn(member)) declare(nested, texts);
  const scopes = type.name.split("::");
  const name = scopes.pop();
  const members = type.members.map(([member, of]) => declaration(member, of)).join(" ");
  const open = scopes.map((scope) => `module ${scope} {`).join(" ");
  texts.set(type.name, `${open} @final struct ${name} { ${members} }; ${"}; ".repeat(scopes.length)}`);
}

function declaration(name: string, type: IdlType): string {
  if (typeof type === "string") return `${IDL_NAME[type]} ${name};`;
  if (type.kind === "struct") return `${type.name} ${name};`;
  const element = typeof type.of === "string" ? IDL_NAME[type.of] : type.of.name;
  return type.kind === "sequence" ? `sequence<${element}> ${name};` : `${element} ${name}[${type.length}];`;
}

function structsIn(type: IdlType): IdlStruct[] {
  if (typeof type === "string") return [];
  if (type.kind === "struct") return [type];
  return typeof type.of === "string" ? [] : [type.of];
}
