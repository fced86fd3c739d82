/** What an MJCF or URDF text refers to by file name, as written there. */
export interface FileReferences {
  /** Other model texts, relative to the file that includes them (MuJoCo resolves them from the entry file's folder). */
  readonly includes: readonly string[];
  /** Meshes, textures, height fields and skins. */
  readonly assets: readonly string[];
  /** Folders named by compiler elements. */
  readonly folders: readonly string[];
}

/** Finds the references of a model text. Reads attribute values only; nothing is changed. */
export function fileReferences(xml: string): FileReferences {
  const text = xml.replace(/<!--[\s\S]*?-->/g, "");
  const includes: string[] = [];
  const assets: string[] = [];
  const folders: string[] = [];
  for (const [, tag, attributes] of text.matchAll(
    /<([A-Za-z_][\w-]*)((?:\s+[\w:.-]+\s*=\s*(?:"[^"]*"|'[^']*'))*)\s*\/?>/g,
  )) {
    for (const [, name, quoted] of attributes.matchAll(/([\w:.-]+)\s*=\s*("[^"]*"|'[^']*')/g)) {
      const value = quoted.slice(1, -1);
      if (value === "") continue;
      if (tag === "compiler" && /^(mesh|texture|asset)dir$/.test(name)) folders.push(value);
      else if (tag === "include" && name === "file") includes.push(value);
      else if (/^file(name|right|left|up|down|front|back)?$/.test(name)) assets.push(value);
    }
  }
  return { includes, assets, folders };
}
