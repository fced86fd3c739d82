import { UsageError } from "../../common/index.ts";
import {
  describeScene,
  type Engine,
  openRecording,
  type Plant,
  ReplayWorld,
  replay,
} from "../../sim/index.ts";
import type { Host } from "./host.ts";
import type { Journal } from "./journal.ts";
import { journalFromText, STEPS_PER_HASH } from "./journal.ts";
import type { HostOptions } from "./local-host.ts";
import { LocalSession } from "./local-session.ts";
import type {
  Frame,
  HostReport,
  HostRequest,
  ReplayState,
  RobotFacts,
  SessionState,
  Signal,
} from "./messages.ts";
import { Observer } from "./observer.ts";
import { type Paced, Pacer } from "./pacer.ts";

/** Steps between two reports of how far the check is. */
const STEPS_A_REPORT = 100;

/** A session repeated from beginning to end: every picture of it, and whether it came out as it was. */
export interface Reel {
  readonly frames: readonly Frame[];
  readonly signals: readonly Signal[];
  readonly scene: ReturnType<typeof describeScene>;
  readonly robot: RobotFacts;
  readonly world: SessionState["world"];
  readonly policy: string;
  readonly engine: string;
  readonly modelHash: string;
  readonly checks: number;
  readonly verdict: ReplayState["verdict"];
  /** Where it first differed; empty where it did not. */
  readonly problem: string;
}

/** Repeats a recording and keeps each step. Throws as `openRecording` and `replay` do. */
export function reelOfRecording(engine: Engine, bytes: Uint8Array): Reel {
  const recording = openRecording(bytes);
  using world = new ReplayWorld(engine, recording);
  const { plant } = world;
  plant.restore(recording.header.start);
  const scene = describeScene(plant.simulation);
  using observer = watching(engine, plant);
  const frames: Frame[] = [observer.frame(true)];
  const result = replay(recording, plant, {
    onStep: () => {
      observer.sample(undefined, 0, 0);
      frames.push({ ...observer.frame(false), step: frames.length });
    },
  });
  const { firstMismatch } = result;
  const { robot, sceneName, seed, policy, modelHash } = recording.header;
  return {
    ...{ frames, scene, signals: observer.signals, robot: observer.robot, policy, modelHash },
    engine: engine.version,
    world: { robot: robot.name, scene: sceneName, seed, policies: [] },
    checks: result.checks,
    verdict: result.verified ? "verified" : firstMismatch === undefined ? "unchecked" : "differs",
    problem:
      firstMismatch === undefined ? "" : `It left the recording by ${firstMismatch.seconds.toFixed(2)} s.`,
  };
}

/** Repeats a shared session, policies and all, and keeps each step. Throws where its world or policies are not here. */
export async function reelOfJournal(
  options: Pick<HostOptions, "engine" | "site">,
  journal: Journal,
  onProgress: (share: number) => void = () => {},
): Promise<Reel> {
  using session = await LocalSession.open(options.engine, options.site, journal.world);
  const { plant } = session;
  session.observer.watch = { contacts: true, ghost: true, body: -1 };
  const frames: Frame[] = [session.frame()];
  let [checks, next, problem] = [0, 0, ""];
  if (plant.modelHash !== journal.modelHash || options.engine.version !== journal.engine)
    problem = "It was made with another engine or model.";
  while (session.steps < journal.steps && problem === "") {
    while (next < journal.inputs.length && journal.inputs[next][0] <= session.steps)
      await session.apply(journal.inputs[next++][1]);
    await session.step();
    frames.push({ ...session.frame(), step: session.steps });
    if (session.steps % STEPS_A_REPORT === 0) onProgress(session.steps / journal.steps);
    if (session.steps % STEPS_PER_HASH !== 0 && session.steps !== journal.steps) continue;
    if (plant.stateHash() === journal.hashes[checks]) checks++;
    else problem = `It left the shared session by ${(session.steps * plant.controlTimestep).toFixed(2)} s.`;
  }
  return {
    ...{ frames, scene: session.scene, signals: session.observer.signals, robot: session.observer.robot },
    ...{ world: journal.world, policy: session.policy.name, engine: options.engine.version },
    ...{ modelHash: plant.modelHash, checks, problem },
    verdict: problem !== "" ? "differs" : checks > 0 ? "verified" : "unchecked",
  };
}

/** Plays a reel: forward in time, or wherever the page jumps. */
export class ReplayHost implements Host, Paced {
  readonly #reel: Reel;
  readonly #report: (report: HostReport) => void;
  readonly #pacer: Pacer;
  readonly #title: string;
  #at = 0;
  #shown = -1;

  constructor(options: HostOptions, reel: Reel, title: string) {
    this.#reel = reel;
    this.#report = options.report;
    this.#title = title;
    this.#pacer = new Pacer(this, {
      ...options,
      fail: (error) => options.report({ op: "event", text: String(error) }),
    });
    this.#report({ op: "scene", scene: reel.scene, robot: reel.robot });
    this.#report({ op: "signals", signals: reel.signals });
    this.#report({ op: "catalogue", catalogue: catalogueOf(reel) });
    this.#tell();
    this.show();
    void this.#pacer.run();
  }

  static async ofRecording(options: HostOptions, bytes: Uint8Array, name: string): Promise<ReplayHost> {
    return new ReplayHost(options, reelOfRecording(options.engine, bytes), name);
  }

  static async ofJournal(options: HostOptions, text: string): Promise<ReplayHost> {
    const journal = await journalFromText(text);
    const onProgress = (progress: number) =>
      options.report({ op: "replay", replay: checking(journal, progress) });
    return new ReplayHost(options, await reelOfJournal(options, journal, onProgress), "shared session");
  }

  get stepSeconds(): number {
    return this.#reel.robot.controlTimestep;
  }

  async advance(): Promise<boolean> {
    if (this.#at >= this.#reel.frames.length - 1) {
      this.#tell();
      return false;
    }
    this.#at++;
    return true;
  }

  show(): void {
    const frame = this.#reel.frames[this.#at];
    const isNext = this.#at === this.#shown + 1 && !frame.isJump;
    this.#shown = this.#at;
    this.#report({ op: "frame", frame: { ...frame, isJump: !isNext && this.#pacer.isPaused } });
    this.#report({ op: "replay", replay: this.#state });
  }

  async handle(request: HostRequest): Promise<void> {
    const pacer = this.#pacer;
    if (request.op === "pause") {
      if (!request.isPaused && this.#at >= this.#reel.frames.length - 1) this.#at = 0;
      await (request.isPaused ? pacer.pause() : pacer.resume());
    } else if (request.op === "speed") pacer.speed = Math.min(4, Math.max(1 / 16, request.factor));
    else if (request.op === "seek") {
      this.#at = Math.min(this.#reel.frames.length - 1, Math.max(0, Math.round(request.step)));
      return this.show();
    } else if (request.op === "step") {
      pacer.isPaused = true;
      await pacer.step(request.count);
    } else if (request.op === "input" && request.input.op === "reset") {
      this.#at = 0;
      this.show();
    } else if (request.op === "share" || request.op === "record" || request.op === "addPolicy") {
      throw new UsageError("A replay is what it is.", "Open a world to change something.");
    }
    this.#tell();
  }

  async close(): Promise<void> {
    this.#pacer.stop();
  }

  get #state(): ReplayState {
    const { frames, checks, verdict, problem } = this.#reel;
    return {
      steps: frames.length - 1,
      step: this.#at,
      progress: 1,
      checks,
      verdict,
      problem,
      title: this.#title,
    };
  }

  #tell(): void {
    const { world, policy, engine, modelHash } = this.#reel;
    const isAtEnd = this.#at >= this.#reel.frames.length - 1;
    this.#report({
      op: "session",
      session: {
        ...{ mode: "replay", kind: "simulation", world, engine, modelHash, policyNames: [policy] },
        isPaused: this.#pacer.isPaused || isAtEnd,
        speed: this.#pacer.speed,
        ranges: [
          [0, 0],
          [0, 0],
          [0, 0],
        ],
        ...{ motion: null, amplitude: 1, isRecording: false },
      },
    });
    this.#report({ op: "replay", replay: this.#state });
  }
}

function watching(engine: Engine, plant: Plant): Observer {
  const observer = new Observer(engine, plant.simulation.model, plant, undefined);
  observer.watch = { contacts: true, ghost: true, body: -1 };
  return observer;
}

function checking({ steps }: Journal, progress: number): ReplayState {
  return { steps, step: 0, progress, checks: 0, verdict: "checking", problem: "", title: "shared session" };
}

function catalogueOf({ world, robot }: Reel) {
  return {
    robots: [{ name: world.robot, title: robot.title }],
    scenes: [{ name: world.scene, about: "", levels: 0 }],
    policies: [],
    motions: [],
  };
}
