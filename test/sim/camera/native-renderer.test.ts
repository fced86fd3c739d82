import { spawnSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import { RayCamera } from "../../../src/sim/camera/index.ts";
import { Engine } from "../../../src/sim/engine/index.ts";

const WORLD = `<mujoco><visual><map znear="0.01"/></visual><asset>
  <mesh name="knob" builtin="supersphere" params="16 0.4 0.6" scale="0.3 0.35 0.25"/></asset><worldbody>
  <light pos="0 0 4"/><geom type="plane" size="3 3 1"/><geom type="box" pos="0 0.6 0.3" size="0.2 0.3 0.3" euler="0 0 30"/>
  <geom type="mesh" mesh="knob" pos="0.2 -0.6 0.6"/><geom type="capsule" pos="-0.5 0 0.8" size="0.15 0.4" euler="40 20 0"/>
  <geom type="cylinder" pos="0.6 0.1 0.2" size="0.2 0.2"/><geom type="ellipsoid" pos="0 0 1.2" size="0.4 0.2 0.1"/>
  <camera name="eye" pos="2.6 -1.4 1.8" xyaxes="0.474 0.880 0 -0.464 0.250 0.850" fovy="50"/></worldbody></mujoco>`;

/** Geom ids and depths as MuJoCo's own OpenGL renderer draws them, [96, 128]; undefined where it cannot run. */
function drawNatively(): { geom: number[]; depth: number[] } | undefined {
  const script = `import json, mujoco, sys
model = mujoco.MjModel.from_xml_string(sys.stdin.read())
data = mujoco.MjData(model); mujoco.mj_forward(model, data)
renderer = mujoco.Renderer(model, 96, 128)
renderer.update_scene(data, "eye"); renderer.enable_segmentation_rendering(); geom = renderer.render()[:, :, 0].ravel().tolist()
renderer.disable_segmentation_rendering(); renderer.enable_depth_rendering(); depth = renderer.render().ravel().tolist()
print(json.dumps({"geom": geom, "depth": depth}))`;
  const env = { ...process.env, MUJOCO_GL: process.env.MUJOCO_GL ?? "osmesa" };
  const { stdout, status } = spawnSync("python3", ["-c", script], { input: WORLD, env, timeout: 60_000 });
  return status === 0 ? JSON.parse(String(stdout)) : undefined;
}

describe("the ray-cast camera", () => {
  it("agrees with MuJoCo's own renderer on segmentation and depth", async (context) => {
    const truth = drawNatively();
    if (truth === undefined) return context.skip("Python's mujoco with off-screen OpenGL is not installed");
    const engine = await Engine.load();
    using model = engine.compile(WORLD);
    using simulation = engine.simulate(model);
    const frame = new RayCamera(simulation, { camera: "eye", width: 128, height: 96 }).renderDepth();
    const same = truth.geom.flatMap((geom, i) => (geom === frame.segmentation[i] ? [i] : []));
    expect(new Set(same.map((i) => truth.geom[i])).size).toBe(7); // six geoms and the background
    // Outlines may differ by a pixel: OpenGL draws round things as facets.
    expect(same.length / truth.geom.length).toBeGreaterThan(0.98);
    const errors = same
      .filter((i) => truth.geom[i] >= 0)
      .map((i) => Math.abs(truth.depth[i] - frame.depth[i]) / frame.depth[i])
      .sort((a, b) => a - b);
    expect(errors[Math.floor(errors.length / 2)]).toBeLessThan(1e-3);
    expect(errors[Math.floor(0.99 * errors.length)]).toBeLessThan(0.02);
  }, 90_000);
});
