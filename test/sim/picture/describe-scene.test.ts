import { beforeAll, describe, expect, it } from "vitest";
import { Engine } from "../../../src/sim/engine/index.ts";
import { describeScene } from "../../../src/sim/picture/describe-scene.ts";

const WORLD = `<mujoco>
  <asset>
    <texture name="check" type="2d" builtin="checker" rgb1="1 0 0" rgb2="0 0 1" width="8" height="8"/>
    <material name="tiles" texture="check" texuniform="true" texrepeat="2 3" rgba="0.1 0.2 0.3 1" reflectance="0.4"/>
    <mesh name="wedge" vertex="0 0 0  1 0 0  0 1 0  0 0 1" face="0 2 1  0 1 3  0 3 2  1 2 3"/>
    <hfield name="bump" nrow="2" ncol="3" size="1 2 0.5 0.1" elevation="0 1 0  0 0 1"/>
  </asset>
  <worldbody>
    <light name="sun" type="directional" dir="0 0 -1" castshadow="true"/>
    <light name="off" active="false"/>
    <camera name="eye" pos="1 2 3" fovy="30"/>
    <geom name="ground" type="plane" size="0 0 1" material="tiles"/>
    <geom name="hill" type="hfield" hfield="bump" pos="0 0 -1"/>
    <body name="box" pos="0 0 1">
      <joint name="slider" type="slide" axis="0 0 1"/>
      <geom name="painted" type="box" size="0.1 0.2 0.3" material="tiles" rgba="1 0.5 0 1"/>
      <body name="child" pos="0 0 1"><geom name="rock" type="mesh" mesh="wedge" contype="0" conaffinity="0" group="2"/></body>
    </body>
  </worldbody>
  <keyframe><key name="up" qpos="1"/></keyframe>
</mujoco>`;

describe("the description of a scene", () => {
  let engine: Engine;
  beforeAll(async () => {
    engine = await Engine.load();
  });

  function describeWorld(xml = WORLD) {
    using model = engine.compile(xml);
    using simulation = engine.simulate(model);
    return describeScene(simulation);
  }

  it("names bodies, their parents and the robot that they belong to", () => {
    const { bodies, joints, keyframes, cameras } = describeWorld();
    expect(bodies.map(({ name, parent, root }) => [name, parent, root])).toEqual([
      ["world", 0, 0],
      ["box", 0, 1],
      ["child", 1, 1],
    ]);
    expect(joints).toEqual([{ name: "slider", kind: "slide", body: 1, pos: [0, 0, 0], axis: [0, 0, 1] }]);
    expect(keyframes).toEqual(["up"]);
    expect(cameras[0]).toMatchObject({ name: "eye", pos: [1, 2, 3], fovyDegrees: 30 });
  });

  it("gives a geom its material's colour unless it has one of its own", () => {
    const { geoms, materials } = describeWorld();
    const rgba = Object.fromEntries(geoms.map((geom) => [geom.name, geom.rgba]));
    expect(rgba.painted).toEqual([1, 0.5, 0, 1]);
    expect(rgba.ground.map((value) => Number(value.toFixed(6)))).toEqual([0.1, 0.2, 0.3, 1]);
    expect(materials[0]).toMatchObject({ name: "tiles", texture: 0, repeat: [2, 3], isUniform: true });
  });

  it("tells shapes, groups and what may touch", () => {
    const { geoms } = describeWorld();
    expect(geoms.map(({ name, kind, collides, group }) => [name, kind, collides, group])).toEqual([
      ["ground", "plane", true, 0],
      ["hill", "hfield", true, 0],
      ["painted", "box", true, 0],
      ["rock", "mesh", false, 2],
    ]);
  });

  it("unrolls meshes into triangles whose normals point outwards", () => {
    const { meshes } = describeWorld();
    const { positions, normals } = meshes[0];
    expect(positions.length).toBe(4 * 9);
    const middle = [0, 1, 2].map((k) => mean(positions.filter((_, i) => i % 3 === k)));
    for (let corner = 0; corner < positions.length; corner += 3) {
      const outwards = [0, 1, 2].reduce(
        (sum, k) => sum + normals[corner + k] * (positions[corner + k] - middle[k]),
        0,
      );
      expect(outwards).toBeGreaterThan(0);
    }
  });

  it("copies heights and texels out of the engine", () => {
    const { heightFields, textures } = describeWorld();
    expect(heightFields[0]).toMatchObject({ rows: 2, columns: 3, size: [1, 2, 0.5, 0.1] });
    expect([...heightFields[0].heights].map(Boolean).filter(Boolean).length).toBe(2);
    expect(textures[0]).toMatchObject({ kind: "2d", width: 8, height: 8, channels: 3 });
    expect(new Set(textures[0].data)).toEqual(new Set([0, 255]));
  });

  it("leaves out lights that are off", () => {
    const { lights } = describeWorld();
    expect(lights.map(({ name, kind, castsShadow }) => [name, kind, castsShadow])).toEqual([
      ["sun", "directional", true],
    ]);
  });

  it("survives being copied to another thread", () => {
    const scene = describeWorld();
    expect(structuredClone(scene)).toEqual(scene);
  });
});

const mean = (values: Float32Array) => values.reduce((sum, value) => sum + value, 0) / values.length;
