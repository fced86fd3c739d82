import { describe, expect, it } from "vitest";
import { fileReferences, withReferences } from "../../../src/sim/model-files/references.ts";

describe("the references of a model text", () => {
  it("are includes, attached models and assets, each with the folder it is looked for in", () => {
    const found = fileReferences(`<mujoco>
      <compiler meshdir='ms' texturedir="ts"/>
      <include file="parts.xml"/>
      <asset>
        <model name="c" file="child.xml"/>
        <mesh file="a.obj"/><hfield file = "ground.png" name="h"/><skin file="s.skn"/>
        <texture type="cube" fileright="r.png" fileleft="l.png"/>
        <texture file=""/>
      </asset>
    </mujoco>`);
    expect(found).toEqual({
      includes: ["parts.xml"],
      models: ["child.xml"],
      assets: [
        { file: "a.obj", kind: "mesh" },
        { file: "ground.png", kind: "mesh" },
        { file: "s.skn", kind: "mesh" },
        { file: "r.png", kind: "texture" },
        { file: "l.png", kind: "texture" },
      ],
      folders: { mesh: "ms", texture: "ts" },
    });
  });

  it("take the last compiler element's folders, and assetdir for both kinds", () => {
    const folders = (xml: string) => fileReferences(xml).folders;
    expect(folders('<compiler meshdir="one"/><compiler meshdir="two"/>')).toEqual({ mesh: "two" });
    expect(folders('<compiler assetdir="as" texturedir="ts"/>')).toEqual({ mesh: "as", texture: "ts" });
  });

  it("are not found in comments, nor in attributes that only look like files", () => {
    const xml =
      '<mujoco><!-- <mesh file="a"/> --><body name="file" profile="b"/><texture filename="c"/></mujoco>';
    expect(fileReferences(xml)).toEqual({ includes: [], models: [], assets: [], folders: {} });
  });

  it("are found over several lines and with > in a value", () => {
    expect(fileReferences('<mesh\n  name="a>b"\n  file="c.obj"\n/>').assets).toEqual([
      { file: "c.obj", kind: "mesh" },
    ]);
  });
});

describe("replacing references", () => {
  it("touches whole attribute values alone, and escapes what XML must escape", () => {
    const xml = `<mesh file="a&amp;b.obj"/><mesh file='x/a&amp;b.obj' name="a&amp;b.obj2"/>`;
    expect(withReferences(xml, new Map([["a&b.obj", 'c<"d".obj']]))).toBe(
      `<mesh file="c&lt;&quot;d&quot;.obj"/><mesh file='x/a&amp;b.obj' name="a&amp;b.obj2"/>`,
    );
  });
});
