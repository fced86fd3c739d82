import { ContrappostoError, fromYaw, rotate, rotateInverse, yawOf } from "../../common/index.ts";
import {
  compileWorld,
  describeScene,
  type Engine,
  ModelArchive,
  Plant,
  PlantConfig,
  type RobotSpec,
  type World,
} from "../../sim/index.ts";
import { type Outgoing, type Sample, WireClient, type WorldMessage } from "../../wire/index.ts";
import type { Host } from "./host.ts";
import { linkStateOf } from "./link-state.ts";
import { problemOf } from "./local-host.ts";
import type { Frame, HostReport, HostRequest, Input, Watch } from "./messages.ts";
import { robotFacts, WATCH_NOTHING } from "./observer.ts";
import { inspectBody, writePoses } from "./world-poses.ts";

export interface LiveHostOptions {
  readonly engine: Engine;
  readonly report: (report: HostReport) => void;
  readonly now: () => number;
  readonly url: string;
  readonly token: string | undefined;
  readonly name: string;
}

/** How often the page is told how the link is, ms. */
const TELL_MS = 100;
/** A pull is sent again before the server lets go of it, ms. */
const REPEAT_MS = 150;
const CONTACT = 8;

/** The same model as the server's, to place its bodies. */
interface Picture extends Disposable {
  readonly plant: Plant;
  readonly worldId: string;
}

/** A world on a server: follows its samples, sends what the page asks, and says how the link is. */
export class LiveHost implements Host {
  readonly #options: LiveHostOptions;
  readonly #client: WireClient;
  readonly #timer: ReturnType<typeof setInterval>;
  #picture: Picture | undefined;
  #watch: Watch = WATCH_NOTHING;
  #contacts: Float32Array = new Float32Array();
  #others = new Map<string, Float32Array>();
  #layout: { readonly name: string; readonly size: number }[] = [];
  #received = 0;
  #perSecond = 0;
  #latencyMs = Number.NaN;
  #repeat: ReturnType<typeof setInterval> | undefined;
  #stopContacts: (() => void) | undefined;

  private constructor(options: LiveHostOptions) {
    this.#options = options;
    this.#client = new WireClient({
      url: options.url,
      socket: WebSocket,
      name: options.name,
      token: options.token,
      nowMs: options.now,
      retryMs: [200, 1000],
    });
    this.#listen();
    this.#timer = setInterval(() => this.#tellLink(), TELL_MS);
  }

  /** Begins to connect; the link state tells how that goes. */
  static open(options: LiveHostOptions): LiveHost {
    const host = new LiveHost(options);
    host.#client.connect().catch((error) => options.report({ op: "problem", ...problemOf(error) }));
    return host;
  }

  async handle(request: HostRequest): Promise<void> {
    switch (request.op) {
      case "input":
        return this.#input(request.input);
      case "pause":
        return this.#ask({ op: "pause", isPaused: request.isPaused });
      case "step":
        await this.#ask({ op: "pause", isPaused: true });
        return this.#ask({ op: "step", count: request.count });
      case "speed":
        return this.#ask({ op: "speed", factor: request.factor });
      case "record":
        return this.#ask({ op: "record", isOn: request.isOn });
      case "load":
        return this.#ask({ op: "load", robot: request.robot, scene: request.scene });
      case "watch":
        return this.#see(request.watch);
      case "control":
        return this.#control(request.action);
      case "transition":
        return this.#ask({ op: "transition", to: request.to as "ready" });
      case "peek":
        return this.#ask({ op: "peek", environment: request.environment });
      default:
        this.#options.report({ op: "event", text: `"${request.op}" is not for a live world.` });
    }
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    clearInterval(this.#repeat);
    this.#client.close();
    this.#picture?.[Symbol.dispose]();
  }

  #listen(): void {
    const client = this.#client;
    const { report } = this.#options;
    client.on("world", (world) => void this.#open(world));
    client.on("session", () => this.#tellSession());
    client.on("catalogue", ({ robots, scenes, policies, motions }) =>
      report({ op: "catalogue", catalogue: { robots, scenes, policies, motions } }),
    );
    client.on("streams", () => this.#declare());
    client.on("event", ({ text }) => report({ op: "event", text }));
    client.on("recorded", ({ url }) => report({ op: "recordedAt", url }));
    client.on("error", ({ code, problem, remedy }) => report({ op: "problem", code, problem, remedy }));
    client.onStatus(() => this.#tellLink());
    client.subscribe("state", (sample) => this.#show(sample));
    for (const stream of ["observation", "reward", "timing"])
      client.subscribe(stream, ({ values }) => this.#others.set(stream, values));
  }

  /** Asks for control first where nobody has it: whoever drives wants it. */
  async #ask(message: Outgoing): Promise<void> {
    try {
      if (!this.#client.hasControl && this.#client.last("control")?.holder === null)
        await this.#client.request({ op: "acquire" });
      await this.#client.request(message);
    } catch (error) {
      if (!(error instanceof ContrappostoError)) throw error;
      this.#options.report({ op: "problem", ...problemOf(error) });
    }
  }

  async #input(input: Input): Promise<void> {
    if (input.op === "grab") return this.#grab(input.grab);
    if (input.op === "policy") return this.#ask({ op: "policy", policies: [...input.policies] });
    if (input.op === "velocity") return this.#ask({ op: "velocity", velocity: [...input.velocity] });
    if (input.op === "push") return this.#ask({ op: "push", velocity: [...input.velocity] });
    if (input.op === "motion") return this.#ask(input);
    return this.#ask({ op: "reset", ...(input.keyframe === null ? {} : { keyframe: input.keyframe }) });
  }

  /** A spring from the body to the hand; the server lets go by itself when this stops. */
  async #grab(grab: Extract<Input, { op: "grab" }>["grab"]): Promise<void> {
    clearInterval(this.#repeat);
    const names = this.#picture?.plant.simulation.model.names("body");
    if (grab === null || names === undefined) {
      if (this.#held !== "") await this.#ask({ op: "force", body: this.#held, force: [0, 0, 0] });
      this.#held = "";
      return;
    }
    this.#held = names[grab.body];
    const pull = () => void this.#client.send({ op: "force", body: this.#held, ...this.#pull(grab) });
    if (!this.#client.hasControl) await this.#ask({ op: "acquire" });
    pull();
    this.#repeat = setInterval(pull, REPEAT_MS);
  }

  #held = "";

  #pull({ body, point, target, kind }: NonNullable<Extract<Input, { op: "grab" }>["grab"]>) {
    const plant = (this.#picture as Picture).plant;
    const { xpos, xquat } = plant.simulation.views;
    const { body_subtreemass } = plant.simulation.model.views;
    const mass = body_subtreemass[plant.index.base];
    const none: [number, number, number] = [0, 0, 0];
    if (kind === "torque")
      return {
        force: none,
        torque: target.map((v) => 3 * body_subtreemass[body] * v) as [number, number, number],
      };
    const arm = rotate(xquat.subarray(4 * body, 4 * body + 4), point, [0, 0, 0]);
    const force = [0, 1, 2].map((k) => 20 * mass * (target[k] - xpos[3 * body + k] - arm[k]));
    const size = Math.hypot(...force);
    const share = Math.min(1, (9.81 * mass) / Math.max(1e-9, size));
    return {
      force: force.map((v) => share * v) as [number, number, number],
      point: [...point] as [number, number, number],
    };
  }

  async #control(action: Extract<HostRequest, { op: "control" }>["action"]): Promise<void> {
    if (action === "estop") {
      this.#client.send({ op: "estop", reason: "stopped from the viewer" });
      return;
    }
    const message: Outgoing = action === "takeOver" ? { op: "acquire", takeOver: true } : { op: action };
    await this.#client.request(message).catch((error) => {
      this.#options.report({ op: "problem", ...problemOf(error) });
    });
  }

  #see(watch: Watch): void {
    this.#watch = watch;
    const wantsContacts = watch.contacts || watch.body > 0;
    if (wantsContacts && this.#stopContacts === undefined) {
      this.#stopContacts = this.#client.subscribe("contacts", (sample) => {
        this.#contacts = rowsOf(sample);
      });
    } else if (!wantsContacts) {
      this.#stopContacts?.();
      this.#stopContacts = undefined;
    }
  }

  /** Compiles the server's model here, from its own files. */
  async #open(world: WorldMessage): Promise<void> {
    if (this.#picture?.worldId === world.worldId || world.model === undefined) return;
    try {
      const url = new URL(world.model.url, this.#options.url.replace(/^ws/, "http"));
      if (this.#options.token !== undefined) url.searchParams.set("token", this.#options.token);
      const archive = new ModelArchive(new Uint8Array(await (await fetch(url)).arrayBuffer()));
      const config = PlantConfig.parse(world.plant ?? {});
      const { model } = compileWorld(this.#options.engine, worldOf(world, archive), config);
      const plant = new Plant(this.#options.engine.simulate(model), world.robot as RobotSpec, config);
      const before = this.#picture;
      this.#picture = {
        plant,
        worldId: world.worldId,
        [Symbol.dispose]: () => {
          plant[Symbol.dispose]();
          model[Symbol.dispose]();
        },
      };
      before?.[Symbol.dispose]();
      const scene = describeScene(plant.simulation);
      this.#options.report({ op: "scene", scene, robot: robotFacts(plant) });
      this.#declare();
      this.#tellSession();
    } catch (error) {
      this.#options.report({ op: "problem", ...problemOf(error) });
    }
  }

  #declare(): void {
    const streams = this.#client.last("streams")?.streams ?? [];
    const chosen = ["state", "observation", "reward", "timing"].flatMap((name) =>
      streams.filter((stream) => stream.name === name),
    );
    this.#layout = chosen.map(({ name, fields }) => ({
      name,
      size: fields.reduce((sum, f) => sum + f.size, 0),
    }));
    const signals = chosen.flatMap(({ name, fields }) =>
      fields.map((field) => ({
        ...field,
        name: name === "reward" || name === "timing" ? `${name}.${field.name}` : field.name,
      })),
    );
    this.#options.report({
      op: "signals",
      signals: [
        ...signals,
        { name: "velocity", size: 3, unit: "m/s, rad/s", labels: ["vx", "vy", "yawRate"] },
        { name: "latency", size: 1, unit: "ms" },
      ],
    });
  }

  #show(sample: Sample): void {
    this.#received++;
    this.#latencyMs = this.#client.ageMs(sample);
    const plant = this.#picture?.plant;
    const { reader } = sample;
    if (plant === undefined || !reader.has("qpos")) return;
    const { simulation, index } = plant;
    const qpos = sample.field("qpos");
    if (qpos.length !== simulation.views.qpos.length) return;
    simulation.views.qpos.set(qpos);
    simulation.views.qvel.set(sample.field("qvel"));
    simulation.forward();
    const { subtree_com } = simulation.views;
    const root = 3 * index.base;
    const frame: Frame = {
      time: sample.field("time")[0],
      step: sample.field("step")[0],
      poses: writePoses(simulation),
      centre: [subtree_com[root], subtree_com[root + 1], subtree_com[root + 2]],
      samples: this.#sample(sample),
      isJump: sample.isDiscontinuous,
      ...(this.#watch.contacts ? { contacts: this.#contacts } : {}),
      ...(this.#watch.body > 0 ? { inspected: inspectBody(simulation, this.#watch.body) } : {}),
      ...(this.#watch.ghost ? { ghost: this.#ghost(plant, sample) } : {}),
    };
    this.#options.report({ op: "frame", frame });
  }

  /** Arms where the reference asks for them. */
  #ghost({ simulation, robot, index }: Plant, sample: Sample): Float32Array {
    const reference = sample.field("reference");
    robot.joints.forEach(({ group }, j) => {
      if (group !== "lower") simulation.views.qpos[index.qpos[j]] = reference[j];
    });
    simulation.kinematics();
    return writePoses(simulation);
  }

  /** One row of all signals. */
  #sample(sample: Sample): Float32Array {
    const width = this.#layout.reduce((sum, { size }) => sum + size, 0);
    const out = new Float32Array(width + 4);
    let at = 0;
    for (const { name, size } of this.#layout) {
      const values = name === "state" ? sample.values : this.#others.get(name);
      if (values?.length === size) out.set(values, at);
      at += size;
    }
    out.set(headingVelocity(sample), at);
    out[at + 3] = this.#latencyMs;
    return out;
  }

  #tellSession(): void {
    const session = this.#client.last("session");
    const world = this.#client.last("world");
    if (session === undefined || world === undefined) return;
    const { isPaused, speed, seed, policies, ranges, motion, recording } = session;
    this.#options.report({
      op: "session",
      session: {
        mode: "live",
        isPaused,
        speed,
        world: {
          robot: world.robot.name,
          scene: world.sceneName,
          seed,
          policies: policies.map(({ id }) => id),
        },
        policyNames: policies.map(({ name }) => name),
        ranges: ["vx", "vy", "yawRate"].map((name) => {
          const range = ranges.find((each) => each.name === name);
          return [range?.low ?? 0, range?.high ?? 0] as const;
        }),
        motion: motion?.name ?? null,
        amplitude: motion?.amplitude ?? 1,
        isRecording: recording !== null,
        engine: world.engine ?? "",
        modelHash: world.modelHash ?? "",
      },
    });
  }

  #tellLink(): void {
    this.#perSecond += 0.1 * ((1000 / TELL_MS) * this.#received - this.#perSecond);
    this.#received = 0;
    this.#options.report({ op: "link", link: linkStateOf(this.#client, this.#latencyMs, this.#perSecond) });
  }
}

/** `contacts` as the page's rows; the fields may come in any order. */
function rowsOf(sample: Sample): Float32Array {
  const rows = new Float32Array(CONTACT * sample.rows);
  for (let row = 0; row < sample.rows; row++) {
    rows.set(sample.field("geoms", row), CONTACT * row);
    rows.set(sample.field("pos", row), CONTACT * row + 2);
    rows.set(sample.field("force", row), CONTACT * row + 5);
  }
  return rows;
}

function headingVelocity(sample: Sample): [number, number, number] {
  const quat = sample.field("baseQuat");
  const world = rotate(quat, sample.field("baseLinVel"), [0, 0, 0]);
  const [vx, vy] = rotateInverse(fromYaw(yawOf(quat)), world, [0, 0, 0]);
  const turning = rotate(quat, sample.field("baseAngVel"), [0, 0, 0]);
  return [vx, vy, turning[2]];
}

function worldOf(message: WorldMessage, archive: ModelArchive): World {
  const model = message.model as NonNullable<WorldMessage["model"]>;
  return {
    robot: message.robot as RobotSpec,
    robotModel: archive.model("robot", model.robotMain),
    sceneName: message.sceneName,
    scene: typeof model.scene === "string" ? archive.model("scene", model.scene) : model.scene,
  };
}
