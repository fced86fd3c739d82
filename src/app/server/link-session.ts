import { UsageError } from "../../common/index.ts";
import { networksOf, type OnnxPolicy, type Policy } from "../../policies/index.ts";
import { type MotionLibrary, MotionPlayer, type RobotSpec } from "../../sim/index.ts";
import {
  driveLink,
  LinkClosedError,
  LinkObserver,
  type Refusal,
  type RobotLink,
  ViewerStream,
} from "../../teleop/index.ts";
import {
  type HostMessage,
  type Hub,
  type HubHost,
  RefusedError,
  type WorldMessage,
} from "../../wire/index.ts";

/** What a session on a link is made of. */
export interface LinkSessionSetup {
  readonly policy: Policy;
  /** Of the robot; undefined where it has none. */
  readonly motions: MotionLibrary | undefined;
  /** How fast the velocity command may change, m/s² and rad/s². */
  readonly acceleration: number;
  /** Opens the link, again where it was lost. */
  readonly open: () => Promise<RobotLink>;
  readonly note: (text: string) => void;
}

const COMMANDS = ["vx", "vy", "yawRate"] as const;
/** How often a robot that is not driven is looked at, s; what is lost is looked for, ms. */
const GLANCE = 0.02;
const RETRY_MS = 500;

/**
 * A policy on a robot at the end of a link, steered by whoever has control of a hub: velocity, arm motion, the robot's
 * state machine and its stop. A link that breaks leaves the robot to its own side's watchdog and is opened anew; the robot
 * then waits for somebody to ask for damping, and for running.
 */
export class LinkSession implements HubHost {
  readonly robot: RobotSpec;
  readonly #setup: LinkSessionSetup;
  readonly #hub: () => Hub;
  readonly #stream: ViewerStream;
  readonly #velocity = new Float64Array(3);
  #link: RobotLink | undefined;
  #motion: { name: string; amplitude: number; since: number } | undefined;
  #player: MotionPlayer | undefined;
  #wantsToRun = false;
  #driving = new AbortController();
  #time = 0;
  #said = "";

  constructor(robot: RobotSpec, setup: LinkSessionSetup, hub: () => Hub) {
    this.robot = robot;
    this.#setup = setup;
    this.#hub = hub;
    this.#stream = new ViewerStream(robot, 1 / GLANCE);
    this.#player = setup.motions && new MotionPlayer(robot, setup.motions.joints);
  }

  /** Shows the robot and drives it as it is asked to, until the signal is aborted; then it is let damp. */
  async run(link: RobotLink, picture: WorldMessage, signal: AbortSignal): Promise<void> {
    this.#declare(picture);
    signal.addEventListener("abort", () => this.#driving.abort(), { once: true });
    for (let open: RobotLink | undefined = link; !signal.aborted; open = await this.#reopened(signal)) {
      if (open === undefined) break;
      this.#link = open;
      try {
        while (!signal.aborted) await this.#turn(open, signal);
      } catch (error) {
        if (!(error instanceof LinkClosedError)) throw error;
        this.#lost(error);
      } finally {
        this.#link = undefined;
        await open[Symbol.asyncDispose]();
      }
    }
  }

  handle(message: HostMessage): void {
    switch (message.op) {
      case "velocity":
        this.#ask(message.velocity);
        return;
      case "motion":
        this.#play(message.motion, message.amplitude);
        return;
      case "transition":
        this.#go(message.to);
        return;
      default:
        throw new RefusedError(
          "UNSUPPORTED",
          `A robot does not do "${message.op}".`,
          "Ask for a velocity, a motion or a transition.",
        );
    }
  }

  stop(isActive: boolean): void {
    if (isActive) this.#rest();
    if (isActive) this.#link?.stop();
    else this.#link?.request("reset");
  }

  controlLost(): void {
    this.#velocity.fill(0);
  }

  /** One stretch of time: driving, or 20 ms of looking on. */
  async #turn(link: RobotLink, signal: AbortSignal): Promise<void> {
    if (this.#wantsToRun) {
      this.#driving = new AbortController();
      if (this.#motion !== undefined) this.#motion.since = this.#time; // from its beginning, where the arms are
      if (signal.aborted) this.#driving.abort();
      const result = await this.#drive(link);
      if (result.refusal !== "none") this.#tellRefusal(result.refusal);
      else if (result.fault !== "none") this.#setup.note(`the robot damps: ${result.fault}`);
      this.#rest();
      return;
    }
    await link.waitUntil(link.now() + GLANCE);
    this.#time += GLANCE;
    this.#glance(new LinkObserver(link), link);
  }

  /** Whoever called it off knows. */
  #tellRefusal(refusal: Refusal): void {
    if (refusal !== "called off") this.#setup.note(`the robot would not run: ${refusal}`);
  }

  #drive(link: RobotLink) {
    const base = this.#time;
    const onlooker = new LinkObserver(link);
    return driveLink({
      link,
      policy: this.#setup.policy,
      request: { command: () => this.#velocity, reference: (time, out) => this.#reference(base + time, out) },
      seconds: Number.MAX_SAFE_INTEGER / 1000,
      acceleration: this.#setup.acceleration,
      signal: this.#driving.signal,
      rising: () => this.#glance(onlooker, link),
      step: (observer) => {
        this.#time = base + observer.state.time;
        this.#show(observer, link);
      },
    });
  }

  /** Forgets what it was asked for: a robot that runs again does nothing by itself. */
  #rest(): void {
    this.#wantsToRun = false;
    this.#velocity.fill(0);
    this.#driving.abort();
    if (this.#motion === undefined) return;
    this.#motion = undefined;
    this.#tellSession();
  }

  #go(to: (HostMessage & { op: "transition" })["to"]): void {
    const link = this.#link;
    if (link === undefined) throw new RefusedError("FAILED", "The robot is not there.", "Look at its link.");
    if (to === "running") {
      if (link.sent.phase === "fault")
        throw new RefusedError("FAILED", `The robot damps: ${link.sent.fault}.`, "Ask for damping first.");
      this.#wantsToRun = true;
      return;
    }
    this.#rest();
    if (to === "damping") link.request(link.sent.phase === "fault" ? "reset" : "damp");
    else if (to === "passive") link.request("relax");
    else if (to === "ready" || to === "standing-up") link.request("stand");
    else throw new RefusedError("BAD_VALUE", `Nobody asks for "${to}".`, "Send estop.");
  }

  /** Clipped to what the policy was trained for. */
  #ask(velocity: ArrayLike<number>): void {
    COMMANDS.forEach((name, k) => {
      const range = this.#ranges.find((candidate) => candidate.name === name);
      this.#velocity[k] = range === undefined ? 0 : Math.min(range.high, Math.max(range.low, velocity[k]));
    });
  }

  #play(name: string | null, amplitude: number): void {
    if (name !== null && this.#setup.motions === undefined)
      throw new UsageError(`There are no motions for ${this.robot.name}.`, "Use a robot that has some.");
    if (name !== null) this.#setup.motions?.get(name); // throws where there is none
    this.#motion = name === null ? undefined : { name, amplitude, since: this.#time };
    this.#tellSession();
  }

  #reference(time: number, out: Float64Array): void {
    for (const [j, joint] of this.robot.joints.entries()) out[j] = joint.default;
    if (this.#motion === undefined) return;
    const motion = this.#setup.motions?.get(this.#motion.name);
    if (motion === undefined) return;
    this.#player?.repeat(motion, time - this.#motion.since, this.#motion.amplitude, out);
  }

  #lost(error: LinkClosedError): void {
    this.#rest();
    this.#setup.note(error.problem);
    this.#tell("fault", "LINK_CLOSED", error.problem);
  }

  async #reopened(signal: AbortSignal): Promise<RobotLink | undefined> {
    while (!signal.aborted) {
      try {
        const link = await this.#setup.open();
        this.#setup.note("the link is open again");
        return link;
      } catch {
        await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
      }
    }
    return undefined;
  }

  /** Shows a robot that no policy acts on. */
  #glance(observer: LinkObserver, link: RobotLink): void {
    observer.observe(this.#time, Math.round(this.#time / GLANCE));
    this.#show(observer, link);
  }

  #show({ state }: LinkObserver, link: RobotLink): void {
    const hub = this.#hub();
    hub.publish("state", this.#stream.sample(state, link.sent, hub.nowNs() / 1e9));
    const { phase, fault } = link.sent;
    this.#tell(phase, fault.toUpperCase().replaceAll(" ", "_"), `The robot damps: ${fault}.`);
  }

  #tell(state: "fault" | RobotLink["sent"]["phase"], code: string, text: string): void {
    const said = `${state} ${code}`;
    if (said === this.#said) return;
    this.#said = said;
    const hub = this.#hub();
    const fault = state === "fault" ? { code, text } : null;
    hub.broadcast({ op: "robotState", state, fault, timeNs: hub.nowNs() });
  }

  #declare(picture: WorldMessage): void {
    const { motions } = this.#setup;
    const hub = this.#hub();
    hub.broadcast(picture);
    hub.declare([this.#stream.plan]);
    hub.broadcast({
      op: "catalogue",
      robots: [],
      scenes: [],
      policies: [],
      motions: (motions?.motions ?? []).map(({ name, tags }) => ({
        name,
        seconds: motions?.get(name).seconds ?? 0,
        tags: [...tags],
      })),
    });
    this.#tellSession();
  }

  #tellSession(): void {
    const { policy } = this.#setup;
    const motion = this.#motion;
    this.#hub().broadcast({
      op: "session",
      isPaused: false,
      speed: 1,
      seed: 0,
      policies: networksOf(policy).map(({ name, joints }) => ({ id: name, name, joints: [...joints] })),
      ranges: this.#ranges.map(({ name, low, high }) => ({ name, low, high })),
      motion: motion === undefined ? null : { name: motion.name, amplitude: motion.amplitude },
      keyframes: [],
      recording: null,
    });
  }

  get #ranges(): OnnxPolicy["spec"]["commands"] {
    return networksOf(this.#setup.policy).flatMap(({ spec }) => spec.commands);
  }
}
