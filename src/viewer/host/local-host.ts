import { ContrappostoError, UsageError } from "../../common/index.ts";
import { type ControllerFile, networksOf, readPolicyFile } from "../../policies/index.ts";
import { type Engine, MemorySink, SessionRecorder } from "../../sim/index.ts";
import { inspectDropped } from "./dropped-policy.ts";
import type { Host } from "./host.ts";
import { JournalKeeper, journalToText } from "./journal.ts";
import { LocalSession } from "./local-session.ts";
import type { HostReport, HostRequest, Input, WorldChoice } from "./messages.ts";
import { frameOf, robotFacts } from "./observer.ts";
import { type NowMs, type Paced, Pacer } from "./pacer.ts";
import type { Site } from "./site-files.ts";

export interface HostOptions {
  readonly engine: Engine;
  readonly site: Site;
  readonly report: (report: HostReport) => void;
  readonly now: NowMs;
  readonly wait: (ms: number) => Promise<void>;
  /** Policies that were dropped on the page, by id; kept while worlds come and go. */
  readonly dropped: Map<string, ControllerFile>;
}

/** Everything in the tab: simulates a world in real time and does what the page asks. */
export class LocalHost implements Host, Paced {
  readonly #options: HostOptions;
  readonly #session: LocalSession;
  readonly #pacer: Pacer;
  readonly #journal: JournalKeeper;
  readonly #first: WorldChoice;
  #recording: { readonly recorder: SessionRecorder; readonly sink: MemorySink } | undefined;

  private constructor(options: HostOptions, session: LocalSession) {
    this.#options = options;
    this.#session = session;
    this.#first = session.choice;
    this.#journal = new JournalKeeper(session.choice);
    this.#pacer = new Pacer(this, { ...options, fail: (error) => this.#fail(error) });
  }

  /** Opens a world, shows it as soon as it is there, tells the page all about it, and lets it run. */
  static async open(options: HostOptions, choice: WorldChoice): Promise<LocalHost> {
    const find = async (id: string) => options.dropped.get(id) ?? options.site.policy(id);
    const { engine, site, report, now } = options;
    const session = await LocalSession.open(engine, site, choice, {
      ...{ find, now },
      onWorld: (plant, scene) => {
        report({ op: "scene", scene, robot: robotFacts(plant) });
        report({ op: "frame", frame: frameOf(plant, new Float32Array(), true) });
      },
    });
    const host = new LocalHost(options, session);
    host.#introduce();
    host.show();
    void host.#pacer.run();
    return host;
  }

  get stepSeconds(): number {
    return this.#session.plant.controlTimestep;
  }

  async advance(): Promise<boolean> {
    const session = this.#session;
    await session.step();
    this.#journal.stepped(session.steps, () => session.plant.stateHash());
    return true;
  }

  show(): void {
    this.#options.report({ op: "frame", frame: this.#session.frame() });
  }

  async handle(request: HostRequest): Promise<void> {
    const pacer = this.#pacer;
    switch (request.op) {
      case "input":
        return pacer.exclusively(() => this.#apply(request.input));
      case "pause":
        await (request.isPaused ? pacer.pause() : pacer.resume());
        return this.#tellSession();
      case "speed":
        pacer.speed = Math.min(4, Math.max(1 / 16, request.factor));
        return this.#tellSession();
      case "step":
        pacer.isPaused = true;
        await pacer.step(request.count);
        return this.#tellSession();
      case "watch":
        this.#session.observer.watch = request.watch;
        return pacer.isPaused ? pacer.exclusively(() => this.show()) : undefined;
      case "record":
        return pacer.exclusively(() => (request.isOn ? this.#startRecording() : this.#endRecording()));
      case "share":
        return pacer.exclusively(() => this.#share());
      case "addPolicy":
        return this.#addPolicy(request.name, request.bytes);
      default:
        throw new UsageError(
          `"${request.op}" means nothing to a simulation in the tab.`,
          "Connect to a server for that.",
        );
    }
  }

  async close(): Promise<void> {
    this.#pacer.stop();
    await this.#pacer.exclusively(() => this.#endRecording());
    this.#session[Symbol.dispose]();
  }

  async #apply(input: Input): Promise<void> {
    const session = this.#session;
    await session.apply(input);
    this.#journal.note(session.steps, input);
    if (input.op === "policy") this.#options.report({ op: "signals", signals: session.observer.signals });
    if (input.op === "policy" || input.op === "motion") this.#tellSession();
    if (this.#pacer.isPaused || input.op === "reset") this.show();
  }

  #introduce(): void {
    const { report } = this.#options;
    report({ op: "signals", signals: this.#session.observer.signals });
    this.#tellCatalogue();
    this.#tellSession();
  }

  #tellSession(): void {
    const { policy, ranges, companionRanges, control, choice, plant } = this.#session;
    const { motion } = control;
    this.#options.report({
      op: "session",
      session: {
        mode: "local",
        kind: "simulation",
        isPaused: this.#pacer.isPaused,
        speed: this.#pacer.speed,
        world: choice,
        policyNames: [policy.name],
        ranges,
        companionRanges,
        motion: motion?.name ?? null,
        amplitude: motion?.amplitude ?? 1,
        isRecording: this.#recording !== undefined,
        engine: this.#options.engine.version,
        modelHash: plant.modelHash,
      },
    });
  }

  async #startRecording(): Promise<void> {
    if (this.#recording !== undefined) return;
    const { plant, compiled, choice, policy } = this.#session;
    const sink = new MemorySink();
    const { software } = this.#options.site.catalogue;
    const info = { world: compiled.world, seed: choice.seed, software, policy: policy.name };
    const recorder = new SessionRecorder(sink, info);
    await recorder.start(plant);
    this.#recording = { recorder, sink };
    this.#tellSession();
  }

  async #endRecording(): Promise<void> {
    if (this.#recording === undefined) return;
    const { recorder, sink } = this.#recording;
    this.#recording = undefined;
    await recorder.end();
    const { robot, scene } = this.#session.choice;
    const name = `${robot}-${scene.replace(":", "")}-${this.#session.steps}.mcap`;
    this.#options.report({ op: "recorded", bytes: sink.bytes(), name });
    this.#tellSession();
  }

  async #share(): Promise<void> {
    const { plant, steps, choice } = this.#session;
    const foreign = [...this.#first.policies, ...choice.policies].find((id) => this.#options.dropped.has(id));
    if (foreign !== undefined) {
      throw new UsageError(
        `A link cannot carry the policy "${foreign}", which is only on this page.`,
        "Record the session and share the file.",
      );
    }
    const journal = this.#journal.end(steps, plant.stateHash(), {
      software: this.#options.site.catalogue.software,
      engine: this.#options.engine.version,
      modelHash: plant.modelHash,
    });
    this.#options.report({ op: "shared", text: await journalToText(journal) });
  }

  /** Reads a policy file that was dropped on the page, and says what is in it and whether it fits. */
  async #addPolicy(name: string, bytes: Uint8Array): Promise<void> {
    const { plant, policy } = this.#session;
    const running = networksOf(policy).map(({ spec }) => spec);
    const { file, report } = inspectDropped(name, bytes, plant.robot, running);
    this.#options.dropped.set(file.name, file);
    this.#options.report(report);
    this.#tellCatalogue();
  }

  #tellCatalogue(): void {
    const { site, dropped, report } = this.#options;
    const { catalogue } = site;
    report({
      op: "catalogue",
      catalogue: {
        robots: catalogue.robots.map(({ spec }) => ({ name: spec.name, title: spec.title })),
        scenes: catalogue.scenes,
        policies: [...catalogue.policies, ...droppedEntries(dropped, this.#session)],
        motions: this.#session.motionNames,
      },
    });
  }

  #fail(error: unknown): void {
    this.#options.report({ op: "problem", ...problemOf(error) });
    this.#tellSession();
  }
}

function droppedEntries(dropped: HostOptions["dropped"], { plant }: LocalSession) {
  return [...dropped].flatMap(([id, file]) => {
    try {
      const { spec } = readPolicyFile(file.bytes, { robots: [plant.robot], name: id });
      return [{ id, name: `${spec.name} (dropped)`, robot: spec.robot, joints: spec.jointNames }];
    } catch (error) {
      if (error instanceof ContrappostoError) return []; // for another robot
      throw error;
    }
  });
}

/** Whatever was thrown, for people and programs. */
export function problemOf(error: unknown): { code: string; problem: string; remedy: string } {
  if (error instanceof ContrappostoError) {
    const { code, problem, remedy } = error;
    return { code, problem, remedy };
  }
  return {
    code: "UNKNOWN",
    problem: String(error),
    remedy: "Reload the page; report it if it happens again.",
  };
}
