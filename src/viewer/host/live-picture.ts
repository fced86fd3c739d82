import { UsageError } from "../../common/index.ts";
import {
  compileWorld,
  describeScene,
  type Engine,
  ModelArchive,
  openPlant,
  type Plant,
  PlantConfig,
  type RobotSpec,
  type SceneDescription,
  type World,
} from "../../sim/index.ts";
import type { LayoutMessage, Sample, WorldMessage } from "../../wire/index.ts";
import type { Painting } from "./vla-messages.ts";
import { writePoses } from "./world-poses.ts";

export interface PictureSource {
  readonly engine: Engine | Promise<Engine>;
  /** Address of the server's socket. */
  readonly url: string;
  readonly token: string | undefined;
}

/** The server's model, compiled here from the server's own files, to place its bodies as samples say. */
export class LivePicture implements Disposable {
  readonly plant: Plant;
  readonly scene: SceneDescription;
  readonly worldId: string;
  readonly #model: Disposable;
  /** Height of the feet's frames above the ground while the robot stands, m. */
  readonly #soleHeight: number;

  private constructor(world: WorldMessage, model: Disposable, plant: Plant) {
    this.worldId = world.worldId;
    this.plant = plant;
    this.#model = model;
    this.scene = describeScene(plant.simulation);
    plant.simulation.kinematics();
    this.#soleHeight = this.#lowestFoot();
  }

  /** Fetches and compiles. Throws `UsageError` where the files cannot be had, and what compiling throws. */
  static async open(world: WorldMessage, { engine, url, token }: PictureSource): Promise<LivePicture> {
    const { model } = world;
    if (model === undefined)
      throw new UsageError(
        "This server does not say what its robot looks like.",
        "Serve it with a version that does, or look at its curves alone.",
      );
    const files = new URL(model.url, url.replace(/^ws/, "http"));
    if (token !== undefined) files.searchParams.set("token", token);
    const response = await fetch(files).catch(() => undefined);
    if (!response?.ok)
      throw new UsageError(
        `The server does not hand out its model (${response?.status ?? "no answer"}).`,
        "Reload the page.",
      );
    const archive = new ModelArchive(new Uint8Array(await response.arrayBuffer()));
    const config = PlantConfig.parse(world.plant ?? {});
    const loaded = await engine;
    const compiled = compileWorld(loaded, worldOf(world, model, archive), config);
    const plant = openPlant(loaded, compiled, config);
    return new LivePicture(world, compiled.model, plant);
  }

  /** Moves the robot to a sample of `state`; false where that is of another world. */
  place(sample: Sample): boolean {
    if (sample.field("q").length !== this.plant.robot.joints.length) return false;
    return sample.reader.has("qpos") ? this.#placeExactly(sample) : this.#placeAsFarAsKnown(sample);
  }

  /** Poses with the arms where the reference asks for them; the robot has to be placed again afterwards. */
  ghost(sample: Sample): Float32Array {
    const { simulation, robot, index } = this.plant;
    const reference = sample.field("reference");
    robot.joints.forEach(({ group }, j) => {
      if (group !== "lower") simulation.views.qpos[index.qpos[j]] = reference[j];
    });
    simulation.kinematics();
    return writePoses(simulation);
  }

  /** Poses of all bodies in a state; the robot has to be placed again afterwards. */
  posesAt(qpos: Float32Array): Float32Array {
    const { simulation } = this.plant;
    if (qpos.length === simulation.views.qpos.length) simulation.views.qpos.set(qpos);
    simulation.kinematics();
    return writePoses(simulation);
  }

  /** Puts things that no joint moves where a scene has them, and returns the colours that geoms have there. */
  arrange({ bodies, colours }: LayoutMessage): Painting {
    const { model, views } = this.plant.simulation;
    for (const { body, pos, quat } of bodies) {
      const index = model.find("body", body);
      const mocap = index === undefined ? -1 : model.views.body_mocapid[index];
      if (mocap < 0) continue; // what joints move comes with the state
      views.mocap_pos.set(pos, 3 * mocap);
      views.mocap_quat.set(quat, 4 * mocap);
    }
    return colours.flatMap(({ geom, rgb }): Painting => {
      const index = model.find("geom", geom);
      return index === undefined ? [] : [[index, rgb]];
    });
  }

  [Symbol.dispose](): void {
    this.plant[Symbol.dispose]();
    this.#model[Symbol.dispose]();
  }

  #placeExactly(sample: Sample): boolean {
    const { simulation } = this.plant;
    const qpos = sample.field("qpos");
    if (qpos.length !== simulation.views.qpos.length) return false;
    simulation.views.qpos.set(qpos);
    simulation.views.qvel.set(sample.field("qvel"));
    simulation.forward();
    return true;
  }

  /** A real robot knows its joints and its tilt; where it is on the ground, and how high, follows from its lower foot. */
  #placeAsFarAsKnown(sample: Sample): boolean {
    const { simulation, robot, index } = this.plant;
    const { qpos, qvel } = simulation.views;
    const [q, dq] = [sample.field("q"), sample.field("dq")];
    robot.joints.forEach((_, j) => {
      qpos[index.qpos[j]] = q[j];
      qvel[index.dof[j]] = dq[j];
    });
    const base = index.baseQpos;
    if (base < 0) {
      simulation.forward();
      return true;
    }
    const quat = sample.field("baseQuat");
    if (quat.every(Number.isFinite)) qpos.set(quat, base + 3);
    const pos = sample.field("basePos");
    const isKnown = pos.every(Number.isFinite);
    qpos.set(isKnown ? pos : [0, 0, robot.standingHeight], base);
    if (!isKnown) {
      simulation.kinematics();
      qpos[base + 2] += this.#soleHeight - this.#lowestFoot();
    }
    simulation.forward();
    return true;
  }

  #lowestFoot(): number {
    const { simulation, index } = this.plant;
    return Math.min(...index.feet.map((foot) => simulation.views.xpos[3 * foot + 2]));
  }
}

function worldOf(
  message: WorldMessage,
  model: NonNullable<WorldMessage["model"]>,
  archive: ModelArchive,
): World {
  return {
    robot: message.robot as RobotSpec,
    robotModel: archive.model("robot", model.robotMain),
    sceneName: message.sceneName,
    scene: typeof model.scene === "string" ? archive.model("scene", model.scene) : model.scene,
    ...(message.companions === undefined
      ? {}
      : {
          companions: message.companions.map(({ name, robot, robotMain, place }) => ({
            ...{ name, robot: robot as RobotSpec, place },
            robotModel: archive.model(name, robotMain),
          })),
        }),
  };
}
