import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { UsageError } from "../../../src/common/index.ts";
import { Engine, MissingAssetError, mainText, modelFromText } from "../../../src/sim/engine/index.ts";
import { readModel } from "../../../src/sim/model-files/read-model.ts";

const engine = await Engine.load();

const TETRAHEDRON = "v 0 0 0\nv 1 0 0\nv 0 1 0\nv 0 0 1\nf 1 3 2\nf 1 2 4\nf 2 3 4\nf 1 4 3\n";
const shows = (file: string, more = "") =>
  `<mujoco>${more}<asset><mesh name="m" file="${file}"/></asset>
  <worldbody><body name="b"><freejoint/><geom type="mesh" mesh="m"/></body></worldbody></mujoco>`;
const urdf = (file: string, more = "") => `<robot name="r">${more}<link name="l">
  <inertial><mass value="1"/><inertia ixx="1" iyy="1" izz="1" ixy="0" ixz="0" iyz="0"/></inertial>
  <collision><geometry><mesh filename="${file}"/></geometry></collision></link></robot>`;

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "read-model-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Writes files and reads the first as a model. */
function read(files: Record<string, string>) {
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), content);
  }
  return readModel(join(folder, Object.keys(files)[0]));
}

/** Reads the first file as a model, and compiles it both alone and attached to a world; returns its files. */
function compiled(files: Record<string, string>, nmesh = 1): string[] {
  const source = read(files);
  using alone = engine.compile(source);
  expect(alone.sizes.nmesh).toBe(nmesh);
  if (!source.main.endsWith(".urdf")) {
    const world = modelFromText("<mujoco><worldbody/></mujoco>");
    using inWorld = engine.compose({ world, attachments: [{ source }] });
    expect(inWorld.sizes.nmesh).toBe(nmesh);
  }
  return [...source.files.keys()].sort();
}

describe("reading a model from disk", () => {
  it.each<[string, Record<string, string>]>([
    ["beside the model", { "a.xml": shows("tet.obj"), "tet.obj": TETRAHEDRON }],
    ["in a folder below", { "a.xml": shows("meshes/tet.obj"), "meshes/tet.obj": TETRAHEDRON }],
    ["in a folder above", { "robots/a.xml": shows("../meshes/tet.obj"), "meshes/tet.obj": TETRAHEDRON }],
    ["in meshdir", { "a.xml": shows("tet.obj", '<compiler meshdir="ms"/>'), "ms/tet.obj": TETRAHEDRON }],
    [
      "in meshdir above",
      { "r/a.xml": shows("tet.obj", '<compiler meshdir="../ms"/>'), "ms/tet.obj": TETRAHEDRON },
    ],
    ["in assetdir", { "a.xml": shows("tet.obj", '<compiler assetdir="as"/>'), "as/tet.obj": TETRAHEDRON }],
    [
      "below meshdir",
      { "a.xml": shows("x/tet.obj", '<compiler meshdir="ms"/>'), "ms/x/tet.obj": TETRAHEDRON },
    ],
    [
      "by its bare name",
      { "a.xml": shows("x/y/tet.obj", '<compiler strippath="true"/>'), "tet.obj": TETRAHEDRON },
    ],
    ["with a name that XML must escape", { "a.xml": shows("t&amp;t.obj"), "t&t.obj": TETRAHEDRON }],
  ])("finds a mesh %s", (_, files) => {
    expect(compiled(files)).toEqual(Object.keys(files).sort());
  });

  it("takes the mesh from meshdir also where another of that name lies beside the model", () => {
    const files = {
      "a.xml": shows("tet.obj", '<compiler meshdir="ms"/>'),
      "ms/tet.obj": TETRAHEDRON,
      "tet.obj": "broken",
    };
    expect(compiled(files)).toEqual(["a.xml", "ms/tet.obj"]);
  });

  it("finds meshes and textures in folders of their own", () => {
    const png = Uint8Array.from(
      atob("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mNk+A8AAQUBAScY42YAAAAASUVORK5CYII="),
      (c) => c.charCodeAt(0),
    );
    mkdirSync(join(folder, "pictures"));
    writeFileSync(join(folder, "pictures/dot.png"), png);
    const compiler =
      '<compiler meshdir="ms" texturedir="pictures"/><asset><texture name="t" type="2d" file="dot.png"/></asset>';
    const files = compiled({ "a.xml": shows("tet.obj", compiler), "ms/tet.obj": TETRAHEDRON });
    expect(files).toEqual(["a.xml", "ms/tet.obj", "pictures/dot.png"]);
  });

  it("follows includes, found beside the entry or beside the includer, and theirs", () => {
    const files = {
      "a/main.xml": '<mujoco><include file="parts/one.xml"/></mujoco>',
      "a/parts/one.xml": '<mujoco><include file="two.xml"/><include file="three.xml"/></mujoco>',
      "a/parts/two.xml": shows("tet.obj"),
      "a/three.xml": '<mujoco><worldbody><geom size="1"/></worldbody></mujoco>',
      "a/parts/tet.obj": TETRAHEDRON,
    };
    const source = read(files);
    using model = engine.compile(source);
    expect([model.sizes.nmesh, model.sizes.ngeom, source.main]).toEqual([1, 2, "main.xml"]);
    expect([...source.files.keys()].sort()).toEqual([
      "main.xml",
      "parts/one.xml",
      "parts/tet.obj",
      "parts/two.xml",
      "three.xml",
    ]);
  });

  it("reads models that are attached, each with folders of its own", () => {
    const files = {
      "a/main.xml": `<mujoco><compiler meshdir="none"/><asset><model name="c" file="kit/child.xml"/></asset>
        <worldbody><frame><attach model="c" body="b" prefix="p"/></frame></worldbody></mujoco>`,
      "a/kit/child.xml": shows("tet.obj", '<compiler meshdir="ms"/>'),
      "a/kit/ms/tet.obj": TETRAHEDRON,
    };
    const source = read(files);
    using model = engine.compile(source);
    expect(model.sizes.nmesh).toBe(1);
    expect(source.files.size).toBe(3);
  });

  it("does not look for what stands in a comment", () => {
    const files = {
      "a.xml": shows("tet.obj", '<!-- <include file="gone.xml"/> -->'),
      "tet.obj": TETRAHEDRON,
    };
    expect(compiled(files)).toEqual(["a.xml", "tet.obj"]);
  });

  it("leaves the texts as they are where the engine can follow every name", () => {
    const text = shows("tet.obj");
    expect(mainText(read({ "a.xml": text, "tet.obj": TETRAHEDRON }))).toBe(text);
  });

  it("follows absolute paths", () => {
    writeFileSync(join(folder, "tet.obj"), TETRAHEDRON);
    compiled({ "deep/down/a.xml": shows(join(folder, "tet.obj")) });
  });
});

describe("reading a URDF", () => {
  it.each<[string, Record<string, string>]>([
    ["relative", { "r.urdf": urdf("meshes/tet.obj"), "meshes/tet.obj": TETRAHEDRON }],
    ["relative and above", { "urdf/r.urdf": urdf("../meshes/tet.obj"), "meshes/tet.obj": TETRAHEDRON }],
    [
      "package, with the package's folder",
      { "urdf/r.urdf": urdf("package://bot/meshes/tet.obj"), "meshes/tet.obj": TETRAHEDRON },
    ],
    [
      "package, among others",
      { "bot/urdf/r.urdf": urdf("package://bot/meshes/tet.obj"), "bot/meshes/tet.obj": TETRAHEDRON },
    ],
    [
      "package, moved elsewhere",
      { "bot/urdf/r.urdf": urdf("package://bot/visual/tet.obj"), "bot/meshes/fine/tet.obj": TETRAHEDRON },
    ],
    [
      "in MuJoCo's meshdir",
      { "r.urdf": urdf("tet.obj", '<mujoco><compiler meshdir="ms"/></mujoco>'), "ms/tet.obj": TETRAHEDRON },
    ],
    [
      "by its bare name",
      {
        "r.urdf": urdf("package://bot/tet.obj", '<mujoco><compiler meshdir="ms" strippath="true"/></mujoco>'),
        "ms/tet.obj": TETRAHEDRON,
      },
    ],
  ])("finds a mesh whose path is %s", (_, files) => {
    const found = compiled(files);
    expect(found.filter((file) => file.endsWith(".obj"))).toHaveLength(1);
  });

  it("keeps meshes of one name in two folders apart", () => {
    const left = TETRAHEDRON.replaceAll("1", "2").replace(/f .*/gs, "f 1 3 2\nf 1 2 4\nf 2 3 4\nf 1 4 3\n");
    const link = (
      name: string,
    ) => `<link name="${name}"><inertial><mass value="1"/><inertia ixx="1" iyy="1" izz="1" ixy="0" ixz="0" iyz="0"/></inertial>
      <collision><geometry><mesh filename="package://bot/${name}/hand.obj"/></geometry></collision></link>`;
    const both = `<robot name="r">${link("left")}${link("right")}<joint name="j" type="revolute"><parent link="left"/><child link="right"/>
      <axis xyz="0 0 1"/><limit lower="-1" upper="1" effort="1" velocity="1"/></joint></robot>`;
    const source = read({
      "bot/urdf/r.urdf": both,
      "bot/left/hand.obj": left,
      "bot/right/hand.obj": TETRAHEDRON,
    });
    expect([...source.files.keys()].sort()).toEqual(["left/hand.obj", "right/hand.obj", "urdf/r.urdf"]);
  });

  it("does not ask for textures of materials, which the engine does not read", () => {
    const material = '<material name="x"><texture filename="package://bot/gone.png"/></material>';
    compiled({ "r.urdf": urdf("tet.obj", material), "tet.obj": TETRAHEDRON });
  });
});

describe("what is missing", () => {
  it("the model itself: a usage error with the path", () => {
    expect(() => readModel(join(folder, "gone.xml"))).toThrow(UsageError);
    expect(() => readModel(join(folder, "gone.xml"))).toThrow(/gone\.xml/);
  });

  it.each([
    ["mesh", shows("gone.obj"), "gone.obj"],
    ["include", '<mujoco><include file="gone.xml"/></mujoco>', "gone.xml"],
    ["attached model", '<mujoco><asset><model name="c" file="gone.xml"/></asset></mujoco>', "gone.xml"],
  ])("a %s: by name, with the text that names it", (_, text, name) => {
    expect(() => read({ "a.xml": text })).toThrow(MissingAssetError);
    expect(() => read({ "a.xml": text })).toThrow(new RegExp(`a\\.xml.*"${name}"`));
  });
});
