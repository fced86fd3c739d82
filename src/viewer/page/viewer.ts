import { type Raycaster, Vector3 } from "three";
import type { Catalogue, CommandRanges, HostRequest, Input, SessionState } from "../host/messages.ts";
import { CameraRig } from "../input/camera-rig.ts";
import { Drive } from "../input/drive.ts";
import { Grabber } from "../input/grabber.ts";
import { Outline } from "../overlays/outline.ts";
import { Overlays } from "../overlays/overlays.ts";
import { PullLine } from "../overlays/pull-line.ts";
import { SteerRing } from "../overlays/steer-ring.ts";
import { sRgb } from "../scene/materials.ts";
import { Stage, type Theme } from "../scene/stage.ts";
import { WorldView } from "../scene/world-view.ts";
import { type Address, withView, writeAddress } from "./address.ts";
import type { HostLink } from "./host-link.ts";
import type { Settings } from "./settings.ts";
import { SignalLog } from "./signal-log.ts";

/** Seconds between two commands of the drive at most; the control step is 0.02. */
const COMMAND_PERIOD = 0.02;

export interface ViewerOptions {
  readonly link: HostLink;
  readonly canvas: HTMLCanvasElement;
  readonly address: Address;
  readonly settings: Settings;
  /** Called whenever a setting has changed. */
  readonly save: () => void;
  /** Wall clock, s. */
  readonly now: () => number;
}

/** The page's middle: what the worker reports goes to the stage, what a person does goes to the worker. */
export class Viewer {
  readonly link: HostLink;
  readonly stage: Stage;
  readonly rig: CameraRig;
  readonly drive = new Drive();
  readonly grabber: Grabber;
  readonly signals = new SignalLog();
  readonly settings: Settings;
  readonly save: () => void;
  view: WorldView | undefined;
  /** Body under the inspector; -1 for none. */
  selected = -1;
  /** Name of the companion that the drive moves; undefined for the robot. */
  steered: string | undefined;
  /** Called after each picture, with the seconds that making it took. */
  readonly onPicture = new Set<(seconds: number) => void>();
  readonly onSelect = new Set<() => void>();
  /** Called when somebody else is driven. */
  readonly onSteer = new Set<() => void>();
  readonly now: () => number;
  #overlays: Overlays | undefined;
  readonly #outline = new Outline();
  readonly #pull = new PullLine();
  readonly #ring = new SteerRing();
  readonly #base = new Vector3();
  #lastTick = 0;
  #lastCommand = 0;
  #hasPlacedCamera: boolean;

  constructor({ link, canvas, address, settings, save, now }: ViewerOptions) {
    this.link = link;
    this.now = now;
    this.stage = new Stage(canvas);
    this.settings = settings;
    this.save = save;
    this.rig = new CameraRig(this.stage.camera, canvas);
    this.grabber = new Grabber(canvas, () => this.#grabbable());
    this.stage.scene.add(this.#outline.group, this.#pull.group, this.#ring.mesh);
    this.#hasPlacedCamera = address.view !== undefined;
    if (address.view !== undefined) this.rig.view = address.view;
    this.theme = settings.theme;
    this.rig.follows = settings.follows;
    this.#listen();
  }

  get session(): SessionState | undefined {
    return this.link.latest("session")?.session;
  }

  get catalogue(): Catalogue | undefined {
    return this.link.latest("catalogue")?.catalogue;
  }

  /** The gamepads as they are now. */
  get pads(): readonly (Gamepad | null)[] {
    return navigator.getGamepads?.() ?? [];
  }

  set theme(theme: Theme) {
    this.settings.theme = theme;
    document.documentElement.dataset.theme = theme;
    this.stage.theme = theme;
    this.save();
  }

  send(request: HostRequest, transfer: Transferable[] = []): void {
    this.link.send(request, transfer);
  }

  input(input: Input): void {
    this.send({ op: "input", input });
  }

  /** Opens another world in the tab; what is left out stays. */
  load(change: Partial<SessionState["world"]>): void {
    const world = this.session?.world;
    if (world === undefined) return;
    if (this.session?.mode === "live") {
      this.send({ op: "load", robot: change.robot ?? world.robot, scene: change.scene ?? world.scene });
      return;
    }
    const isOtherRobot = change.robot !== undefined && change.robot !== world.robot;
    this.send({
      op: "open",
      world: { ...world, ...(isOtherRobot ? { policies: [] } : {}), ...change },
      wantsShipped: isOtherRobot,
    });
  }

  /** Puts a body under the inspector; -1 for none. */
  select(body: number): void {
    this.selected = body;
    this.watch();
    for (const listener of this.onSelect) listener();
  }

  /** Lets the drive move another robot, by its companion's name; undefined for the robot. The others stop. */
  steer(name: string | undefined): void {
    this.steered = name;
    this.drive.releaseAll();
    this.drive.ranges = this.#ranges();
    this.input({ op: "velocity", velocity: [0, 0, 0], robot: name });
    for (const listener of this.onSteer) listener();
  }

  /** The same, one robot further. */
  steerNext(): void {
    const names = [undefined, ...(this.view?.robot.companions ?? []).map(({ name }) => name)];
    if (names.length > 1) this.steer(names[(names.indexOf(this.steered) + 1) % names.length]);
  }

  /** Tells the worker what the page wants to see; call when a switch has changed. */
  watch(): void {
    const { contacts, centre, ghost } = this.settings.overlays;
    this.send({ op: "watch", watch: { contacts: contacts || centre, ghost, body: this.selected } });
  }

  /** Puts what the page shows into its address. */
  writeAddress(): void {
    const { session } = this;
    if (session === undefined || session.mode === "replay") return;
    const url = new URL(location.href);
    const { view } = this.rig;
    const next = session.mode === "local" ? writeAddress(url, session.world, view) : withView(url, view);
    history.replaceState(null, "", next);
  }

  /** Draws one picture at `now`, s. */
  tick(now: number): void {
    const dt = Math.min(0.1, now - this.#lastTick);
    this.#lastTick = now;
    this.#steer(now, dt);
    const { view, stage } = this;
    if (view !== undefined) {
      view.update(now);
      this.rig.update(this.#base.set(...basePosition(view, this.steered)));
      this.#ring.update(view, this.steered);
      this.#overlays?.update(this.settings.overlays, this.signals);
      this.#outline.update(view, this.selected);
      this.#pull.update(view, this.grabber.grab);
    }
    stage.render();
  }

  #listen(): void {
    const { link } = this;
    link.on("scene", ({ scene, robot }) => this.#show(new WorldView(this.stage, scene, robot)));
    link.on("signals", ({ signals }) => this.signals.declare(signals));
    link.on("frame", ({ frame }) => {
      if (frame.isJump) {
        this.rig.jump();
        this.signals.clear();
      }
      this.signals.push(frame.samples);
      this.view?.push(frame, this.now());
    });
    link.on("paint", ({ painting }) => {
      for (const [geom, rgb] of painting) this.view?.visuals.paint(geom, sRgb(rgb));
    });
    link.on("session", () => {
      this.drive.ranges = this.#ranges();
      this.writeAddress();
    });
    this.rig.onMove(() => this.writeAddress());
    this.grabber.onGrab = (grab) => this.input({ op: "grab", grab });
    this.grabber.onHold = (isHeld) => {
      this.rig.isEnabled = !isHeld;
    };
    this.grabber.onSelect = (hit) => this.select(hit === undefined || hit.body === 0 ? -1 : hit.body);
  }

  #show(view: WorldView): void {
    this.#overlays?.dispose();
    this.view?.dispose();
    this.view = view;
    if (!view.robot.companions.some(({ name }) => name === this.steered)) this.steered = undefined;
    view.lights.hasShadows = this.settings.shadows;
    this.#overlays = new Overlays(this.stage.scene, view);
    this.rig.jump();
    if (!this.#hasPlacedCamera) this.rig.view = { eye: [2.55, -2.35, 1.45], target: [0, 0, 0.86] };
    this.#hasPlacedCamera = true;
    this.select(-1);
  }

  #steer(now: number, dt: number): void {
    if (now - this.#lastCommand < COMMAND_PERIOD) return;
    this.#lastCommand = now;
    const velocity = this.drive.update(Math.max(dt, COMMAND_PERIOD), this.pads);
    if (velocity !== undefined) this.input({ op: "velocity", velocity, robot: this.steered });
  }

  #ranges(): CommandRanges {
    const { session, steered } = this;
    const ranges = steered === undefined ? session?.ranges : session?.companionRanges?.[steered];
    return ranges ?? [0, 1, 2].map(() => [0, 0]);
  }

  #grabbable() {
    const { view, stage } = this;
    if (view === undefined) return undefined;
    return {
      camera: stage.camera,
      pick: (ray: Raycaster) => view.visuals.pick(ray),
      bodyMatrix: (body: number) => view.visuals.bodyMatrix(body),
    };
  }
}

function basePosition({ poses, robot }: WorldView, steered: string | undefined): [number, number, number] {
  const at = 7 * (robot.companions.find(({ name }) => name === steered)?.base ?? robot.base);
  return [poses[at] ?? 0, poses[at + 1] ?? 0, poses[at + 2] ?? 0];
}
