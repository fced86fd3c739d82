/** A mesh, texture, height field or skin that a model text names. */
export interface AssetReference {
  /** As written, with XML's entities resolved. */
  readonly file: string;
  /** Which of the compiler's folders it is looked for in. */
  readonly kind: "mesh" | "texture";
}

/** What an MJCF or URDF text refers to by file name, as written there. */
export interface FileReferences {
  /** Texts that are put in place of an include element. */
  readonly includes: readonly string[];
  /** Whole models to attach, each with folders of its own. */
  readonly models: readonly string[];
  readonly assets: readonly AssetReference[];
  /** Folders that compiler elements name for meshes and textures; the last element has the say. */
  readonly folders: { readonly mesh?: string; readonly texture?: string };
  /** Whether the compiler drops the folders from asset names. */
  readonly stripsPaths?: boolean;
}

const ELEMENT = /<([A-Za-z_][\w-]*)((?:\s+[\w:.-]+\s*=\s*(?:"[^"]*"|'[^']*'))*)\s*\/?>/g;
const ATTRIBUTE = /([\w:.-]+)\s*=\s*("[^"]*"|'[^']*')/g;
const MJCF_FILE = /^file(right|left|up|down|front|back)?$/;

/** Finds the references of a model text. Reads attribute values only; nothing is changed. */
export function fileReferences(xml: string): FileReferences {
  const text = xml.replace(/<!--[\s\S]*?-->/g, "");
  const includes: string[] = [];
  const models: string[] = [];
  const assets: AssetReference[] = [];
  const folders: { mesh?: string; texture?: string } = {};
  let stripsPaths: boolean | undefined;
  for (const [, tag, attributes] of text.matchAll(ELEMENT)) {
    const values = attributeValues(attributes);
    if (tag === "compiler") {
      const { assetdir, meshdir = assetdir, texturedir = assetdir, strippath } = Object.fromEntries(values);
      if (meshdir !== undefined) folders.mesh = meshdir;
      if (texturedir !== undefined) folders.texture = texturedir;
      if (strippath !== undefined) stripsPaths = strippath === "true";
      continue;
    }
    for (const [name, file] of values) {
      // A URDF's material may name a texture too, which MuJoCo does not read.
      if (!(MJCF_FILE.test(name) || (name === "filename" && tag === "mesh")) || file === "") continue;
      if (tag === "include") includes.push(file);
      else if (tag === "model") models.push(file);
      else assets.push({ file, kind: tag === "texture" ? "texture" : "mesh" });
    }
  }
  return { includes, models, assets, folders, ...(stripsPaths === undefined ? {} : { stripsPaths }) };
}

/** The text with other names in place of some that it refers to. */
export function withReferences(xml: string, renamed: ReadonlyMap<string, string>): string {
  return xml.replace(/=\s*("[^"]*"|'[^']*')/g, (attribute, quoted: string) => {
    const name = renamed.get(decodeEntities(quoted.slice(1, -1)));
    return name === undefined ? attribute : `="${encodeEntities(name)}"`;
  });
}

function attributeValues(attributes: string): [name: string, value: string][] {
  return Array.from(attributes.matchAll(ATTRIBUTE), ([, name, quoted]) => [
    name,
    decodeEntities(quoted.slice(1, -1)),
  ]);
}

const ENTITIES = new Map([
  ["amp", "&"],
  ["lt", "<"],
  ["gt", ">"],
  ["quot", '"'],
  ["apos", "'"],
]);

function decodeEntities(text: string): string {
  return text.replace(/&(amp|lt|gt|quot|apos);/g, (_, name: string) => ENTITIES.get(name) ?? "");
}

function encodeEntities(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll('"', "&quot;");
}
