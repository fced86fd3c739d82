import { ContrappostoError, UsageError } from "../../common/index.ts";
import type { PolicyComparison } from "../../policies/index.ts";
import type { Engine, Plant } from "../../sim/index.ts";
import { type Outgoing, type Sample, WireClient, type WorldMessage } from "../../wire/index.ts";
import { inspectDropped } from "./dropped-policy.ts";
import type { Host } from "./host.ts";
import { linkStateOf } from "./link-state.ts";
import { LiveGrab } from "./live-grab.ts";
import { LivePicture } from "./live-picture.ts";
import { liveSessionState } from "./live-session-state.ts";
import { LiveSignals, PLOTTED } from "./live-signals.ts";
import { LiveVla } from "./live-vla.ts";
import { problemOf } from "./local-host.ts";
import type { Frame, HostReport, HostRequest, Input, Watch } from "./messages.ts";
import { robotFacts, WATCH_NOTHING } from "./observer.ts";
import { CONTACT_SIZE, forceOn, velocityOf, writePoses } from "./world-poses.ts";

export interface LiveHostOptions {
  /** May still be loading: the world is asked for meanwhile. */
  readonly engine: Promise<Engine>;
  readonly report: (report: HostReport) => void;
  readonly now: () => number;
  readonly url: string;
  readonly token: string | undefined;
  readonly name: string;
}

/** How often the page is told how the link is, ms. */
const TELL_MS = 100;
/** Robots tell their state at 500 Hz; pictures need no more than this. */
const PICTURE_HZ = 50;

/** A world on a server: follows its samples, sends what the page asks, and says how the link is. */
export class LiveHost implements Host {
  readonly #options: LiveHostOptions;
  readonly #client: WireClient;
  readonly #timer: ReturnType<typeof setInterval>;
  readonly #signals = new LiveSignals();
  readonly #grab: LiveGrab;
  readonly #vla: LiveVla;
  #picture: LivePicture | undefined;
  #watch: Watch = WATCH_NOTHING;
  #contacts: Float32Array = new Float32Array();
  #stopContacts: (() => void) | undefined;
  #received = 0;
  #perSecond = 0;
  #latencyMs = Number.NaN;

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
    this.#grab = new LiveGrab({
      send: (message) => void this.#client.send(message),
      ask: (message) => this.#ask(message),
      takeControl: () => this.#guarded(() => this.#takeControl()),
    });
    this.#vla = new LiveVla(this.#client, options.report, () => this.#picture);
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
        return this.#ask({ op: "transition", to: request.to });
      case "peek":
        return this.#ask({ op: "peek", environment: request.environment });
      case "instruct":
        return this.#ask({ op: "instruct", ...request.wish });
      case "addPolicy":
        return this.#sendPolicy(request.name, request.bytes);
      default:
        this.#options.report({ op: "event", text: `"${request.op}" is not for a live world.` });
    }
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    this.#grab[Symbol.dispose]();
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
    client.on("streams", ({ streams }) => report({ op: "signals", signals: this.#signals.declare(streams) }));
    client.on("event", ({ text }) => report({ op: "event", text }));
    client.on("recorded", ({ url }) => report({ op: "recordedAt", url }));
    client.on("error", ({ code, problem, remedy }) => report({ op: "problem", code, problem, remedy }));
    client.onStatus(() => this.#tellLink());
    for (const stream of PLOTTED)
      client.subscribe(
        stream,
        (sample) => (stream === "state" ? this.#show(sample) : this.#signals.note(stream, sample)),
        PICTURE_HZ,
      );
  }

  /** Asks for control first where nobody has it: whoever drives wants it. */
  #ask(message: Outgoing): Promise<void> {
    return this.#guarded(async () => {
      await this.#takeControl();
      await this.#client.request(message);
    });
  }

  async #takeControl(): Promise<void> {
    if (!this.#client.hasControl && this.#client.last("control")?.holder === null)
      await this.#client.request({ op: "acquire" });
  }

  async #guarded(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      if (!(error instanceof ContrappostoError)) throw error;
      this.#options.report({ op: "problem", ...problemOf(error) });
    }
  }

  async #input(input: Input): Promise<void> {
    const kind = this.#client.last("world")?.kind ?? "simulation";
    if (input.op === "grab") return this.#grab.take(input.grab, this.#picture?.plant, kind);
    if (input.op === "policy") return this.#ask({ op: "policy", policies: [...input.policies] });
    if (input.op === "velocity")
      return this.#ask({ op: "velocity", velocity: [...input.velocity], robot: input.robot });
    if (input.op === "push") return this.#ask({ op: "push", velocity: [...input.velocity] });
    if (input.op === "motion") return this.#ask(input);
    return this.#ask({ op: "reset", ...(input.keyframe === null ? {} : { keyframe: input.keyframe }) });
  }

  async #control(action: Extract<HostRequest, { op: "control" }>["action"]): Promise<void> {
    if (action === "estop") {
      this.#client.send({ op: "estop", reason: "stopped from the viewer" });
      return;
    }
    const message: Outgoing = action === "takeOver" ? { op: "acquire", takeOver: true } : { op: action };
    await this.#guarded(() => this.#client.request(message));
  }

  #see(watch: Watch): void {
    this.#watch = watch;
    const wantsContacts = watch.contacts || watch.body > 0;
    if (wantsContacts) {
      this.#stopContacts ??= this.#client.subscribe(
        "contacts",
        (sample) => {
          this.#contacts = rowsOf(sample);
        },
        PICTURE_HZ,
      );
    } else {
      this.#stopContacts?.();
      this.#stopContacts = undefined;
    }
  }

  async #open(world: WorldMessage): Promise<void> {
    if (this.#picture?.worldId !== world.worldId) {
      const { engine, url, token, report } = this.#options;
      await this.#guarded(async () => {
        const before = this.#picture;
        const picture = await LivePicture.open(world, { engine, url, token });
        this.#picture = picture;
        before?.[Symbol.dispose]();
        report({ op: "scene", scene: picture.scene, robot: robotFacts(picture.plant) });
        this.#vla.opened();
      });
    }
    this.#tellSession();
  }

  #show(sample: Sample): void {
    this.#received++;
    this.#latencyMs = this.#client.ageMs(sample);
    const picture = this.#picture;
    if (picture?.place(sample) !== true) return;
    this.#options.report({ op: "frame", frame: this.#frame(picture, sample) });
  }

  #frame(picture: LivePicture, sample: Sample): Frame {
    const { plant } = picture;
    const { simulation, index } = plant;
    const { subtree_com } = simulation.views;
    const root = 3 * index.base;
    return {
      time: sample.field("time")[0],
      step: sample.field("step")[0],
      poses: writePoses(simulation),
      centre: [subtree_com[root], subtree_com[root + 1], subtree_com[root + 2]],
      samples: this.#signals.row(sample, this.#latencyMs),
      isJump: sample.isDiscontinuous,
      ...(this.#watch.contacts ? { contacts: this.#contacts } : {}),
      ...(this.#watch.body > 0 ? { inspected: this.#inspect(plant, this.#watch.body) } : {}),
      ...(this.#watch.ghost ? { ghost: picture.ghost(sample) } : {}),
    };
  }

  /** Velocities follow from the state; contact forces only the server knows. */
  #inspect({ simulation }: Plant, body: number): NonNullable<Frame["inspected"]> {
    return { ...velocityOf(simulation, body), force: forceOn(simulation, body, this.#contacts) };
  }

  /** Says what is in a policy file, gives it to the server, and says what the server finds would change. */
  #sendPolicy(name: string, bytes: Uint8Array): Promise<void> {
    const { url, token, report } = this.#options;
    const robot = this.#picture?.plant.robot;
    return this.#guarded(async () => {
      if (robot === undefined)
        throw new UsageError("There is no robot yet.", "Wait until the server has shown it.");
      const inspected = inspectDropped(name, bytes, robot, []).report;
      report(inspected);
      const address = new URL("api/policies", url.replace(/^ws/, "http"));
      address.searchParams.set("name", name);
      if (token !== undefined) address.searchParams.set("token", token);
      const body = new Blob([bytes as Uint8Array<ArrayBuffer>]);
      const response = await fetch(address, { method: "POST", body }).catch(() => undefined);
      if (response?.ok) return report({ ...inspected, ...((await response.json()) as PolicyComparison) });
      const why = (await response?.text()) ?? "it does not answer";
      throw new UsageError(`The server does not take "${name}": ${why}`, "Run contrapposto policy inspect.");
    });
  }

  #tellSession(): void {
    const session = liveSessionState(this.#client);
    if (session !== undefined) this.#options.report({ op: "session", session });
  }

  #tellLink(): void {
    this.#perSecond += 0.1 * ((1000 / TELL_MS) * this.#received - this.#perSecond);
    this.#received = 0;
    this.#options.report({ op: "link", link: linkStateOf(this.#client, this.#latencyMs, this.#perSecond) });
  }
}

/** `contacts` as the page's rows; the fields may come in any order. */
function rowsOf(sample: Sample): Float32Array {
  const rows = new Float32Array(CONTACT_SIZE * sample.rows);
  for (let row = 0; row < sample.rows; row++) {
    rows.set(sample.field("geoms", row), CONTACT_SIZE * row);
    rows.set(sample.field("pos", row), CONTACT_SIZE * row + 2);
    rows.set(sample.field("force", row), CONTACT_SIZE * row + 5);
  }
  return rows;
}
