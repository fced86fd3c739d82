import { Raycaster, Vector3 } from "three";
import { beforeAll, describe, expect, it } from "vitest";
import { Rng } from "../../src/common/index.ts";
import { RayCaster } from "../../src/sim/engine/index.ts";
import { describeScene, Engine, type Model, robotByName, type Simulation } from "../../src/sim/index.ts";
import { readModel } from "../../src/sim/node.ts";
import { writePoses } from "../../src/viewer/host/world-poses.ts";
import { GeomBatches } from "../../src/viewer/scene/geom-batches.ts";
import { ROOT } from "../support/run-cli.ts";

const RAYS = 400;
/** Every kind of geom, turned and off its body's origin; a height field of four hills; a mesh that is no convex hull's. */
const ZOO = `<mujoco>
  <asset>
    <hfield name="hills" nrow="5" ncol="6" size="1 1.2 0.6 0.1"
      elevation="0 .1 .2 .1 0 0  .1 1 .3 .2 .8 .1  0 .2 .1 .5 .2 0  .3 .6 .2 .1 .9 .2  0 .1 0 .2 .1 0"/>
    <mesh name="wedge" vertex="0 0 0  .6 0 0  0 .5 0  0 0 .7  .6 .5 .1"/>
  </asset>
  <worldbody>
    <geom type="plane" size="0 0 1" pos="0 0 -1.5"/>
    <geom type="hfield" hfield="hills" pos="2.5 0 -1.2"/>
    <body pos="0 0 0.4" euler="20 -30 50"><freejoint/>
      <geom type="sphere" size=".35" pos="-1 -1 0"/>
      <geom type="ellipsoid" size=".2 .5 .3" pos="1 -1 .3" euler="30 40 50"/>
      <geom type="capsule" size=".2 .4" pos="-1 1 .2" euler="70 10 5"/>
      <geom type="cylinder" size=".3 .25" pos="1 1 0" euler="-40 25 0"/>
      <geom type="box" size=".3 .2 .4" euler="15 65 -20"/>
      <geom type="mesh" mesh="wedge" pos="0 -.2 1.2" euler="10 20 30"/>
    </body>
  </worldbody></mujoco>`;

describe("what is drawn of a world", () => {
  let engine: Engine;
  beforeAll(async () => {
    engine = await Engine.load();
  });

  it("is where MuJoCo's own rays meet it, for every kind of geom", () => {
    using model = engine.compile(ZOO);
    using simulation = engine.simulate(model);
    simulation.forward();
    const { met, worst } = compareRays(model, simulation, [0.6, 0, 0], 4);
    expect([...met].sort()).toEqual([...Array(model.sizes.ngeom).keys()]);
    expect(worst).toBeLessThan(0.012); // round shapes are drawn with flat faces
  });

  it("holds several robots, all of whose parts are drawn", () => {
    const { model: path } = robotByName("h1_2");
    const source = readModel(`${ROOT}assets/robots/h1_2/${path.split("/").at(-1)}`);
    const world = {
      main: "w.xml",
      files: new Map([
        ["w.xml", "<mujoco><worldbody><geom type='plane' size='0 0 1'/></worldbody></mujoco>"],
      ]),
    };
    const at = (x: number, prefix: string) => ({ source, pos: [x, 0, 0] as const, prefix });
    using model = engine.compose({ world, attachments: [at(0, "a/"), at(1.5, "b/"), at(3, "c/")] });
    using simulation = engine.simulate(model);
    simulation.forward();
    const scene = describeScene(simulation);
    const shown = scene.geoms.filter(({ group }) => group < 3);
    const batches = new GeomBatches(scene, ({ group }) => group < 3);
    batches.pose(writePoses(simulation));
    const drawn = batches.group.children.reduce(
      (sum, mesh) => sum + (mesh as unknown as { count: number }).count,
      0,
    );
    expect(drawn).toBe(shown.filter(({ rgba }) => rgba[3] > 0).length);
    expect(new Set(scene.bodies.map(({ root }) => root)).size).toBe(4);
    batches.dispose();
  });

  /** Shoots rays inward from a sphere, through three.js's meshes and through MuJoCo. */
  function compareRays(model: Model, simulation: Simulation, middle: readonly number[], radius: number) {
    const batches = new GeomBatches(describeScene(simulation), () => true);
    batches.pose(writePoses(simulation));
    batches.group.updateMatrixWorld(true);
    using caster = new RayCaster(simulation, 1);
    const rng = new Rng(4);
    const met = new Set<number>();
    let worst = 0;
    let differing = 0;
    for (let i = 0; i < RAYS; i++) {
      const from = new Vector3(rng.normal(), rng.normal(), Math.abs(rng.normal()));
      from.setLength(radius).add(new Vector3(...middle));
      const toward = new Vector3(rng.uniform(-1, 2.5), rng.uniform(-1, 1), rng.uniform(-1, 1.5));
      const direction = toward.sub(from).normalize();
      caster.castExactly(Float64Array.from(from.toArray()), Float64Array.from(direction.toArray()));
      const hit = batches.pick(new Raycaster(from, direction));
      const [geom, distance] = [caster.geom[0], caster.distance[0]];
      if (hit === undefined && geom === -1) continue;
      if (hit === undefined || hit.geom !== geom) {
        differing++; // an edge, or the wall of the height field, which is not drawn
        continue;
      }
      met.add(geom);
      worst = Math.max(worst, Math.abs(hit.distance - distance) * grazing(caster, direction));
    }
    expect(differing).toBeLessThan(0.015 * RAYS);
    expect(model.sizes.ngeom).toBeGreaterThan(7);
    batches.dispose();
    return { met, worst };
  }
});

/** Along a ray that grazes a surface a small error of the surface is a large one of the distance. */
function grazing(caster: RayCaster, direction: Vector3): number {
  return Math.abs(new Vector3(...caster.normal.subarray(0, 3)).dot(direction));
}
