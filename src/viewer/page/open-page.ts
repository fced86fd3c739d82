import { acceptFiles, openRecordingAt } from "../input/drop-files.ts";
import { listenToKeys } from "../input/keyboard.ts";
import { Sticks } from "../input/sticks.ts";
import { listenForStop, StopButtons } from "../input/stop-input.ts";
import { EyeWindow } from "../panels/eye-window.ts";
import { Inspector } from "../panels/inspector.ts";
import { LinkBadge } from "../panels/link-badge.ts";
import { ObservationTable } from "../panels/observation-table.ts";
import { Plots } from "../panels/plots.ts";
import { PolicyCard } from "../panels/policy-card.ts";
import { RewardTable } from "../panels/reward-table.ts";
import { RobotCard } from "../panels/robot-card.ts";
import { Timeline } from "../panels/timeline.ts";
import { TrainingCard } from "../panels/training-card.ts";
import { openViewPanel } from "../panels/view-panel.ts";
import { saveScreenshot } from "../record/screenshot.ts";
import { Sharing } from "../record/sharing.ts";
import { VideoButton } from "../record/video-button.ts";
import { useZUp } from "../scene/axes.ts";
import { readAddress } from "./address.ts";
import { element, iconButton } from "./element.ts";
import { type Area, between, freeArea } from "./free-area.ts";
import type { HostLink } from "./host-link.ts";
import { Notices } from "./notices.ts";
import { defaultSettings, loadSettings, saveSettings } from "./settings.ts";
import { type Shortcut, Shortcuts } from "./shortcuts.ts";
import { TopBar } from "./top-bar.ts";
import { Viewer } from "./viewer.ts";

const PHONE = "(max-width: 760px)";

export interface PageParts {
  readonly link: HostLink;
  readonly canvas: HTMLCanvasElement;
  /** Holds everything but the picture. */
  readonly page: HTMLElement;
  /** Wall clock, s. */
  readonly now: () => number;
}

/** Puts the viewer together on a page and opens what the address asks for. */
export function openPage({ link, canvas, page, now }: PageParts): void {
  useZUp();
  const address = readAddress(new URL(location.href), document.documentElement.dataset.served !== undefined);
  const isSmall = matchMedia(PHONE).matches;
  const defaults = defaultSettings(matchMedia("(prefers-color-scheme: dark)").matches, isSmall);
  const settings = loadSettings(localStorage, {
    ...defaults,
    sticks: matchMedia("(pointer: coarse)").matches,
  });
  const viewer = new Viewer({
    link,
    canvas,
    address,
    settings,
    now,
    save: () => saveSettings(localStorage, settings),
  });
  const notices = new Notices(viewer.link);
  const loading = element(
    "div",
    { class: "loading" },
    element("div", {}, element("i"), "getting the robot ready"),
  );
  viewer.link.on("frame", () => loading.classList.add("done"));
  viewer.link.on("problem", () => loading.classList.add("done"));

  const sticks = new Sticks(viewer.drive);
  sticks.root.hidden = !settings.sticks;
  const help = iconButton("help", "Keys and gestures (?)", () => shortcuts.toggle());
  const follow = iconButton("follow", "Follow the robot (F)", () => toggleFollow());
  const theme = iconButton("theme", "Dark or light (T)", () => toggleTheme());
  follow.classList.toggle("on", settings.follows);
  const share = iconButton("share", "Share this session (L)", () => viewer.send({ op: "share" }));
  const shot = iconButton("camera", "Screenshot (P)", () => saveScreenshot(viewer));
  const video = new VideoButton(viewer, canvas, notices);
  const plot = iconButton("plot", "Plots (G)", () => togglePlots());
  const panel = iconButton("panel", "Panel (O)", () => togglePanel());
  const bar = new TopBar(viewer, [shot, video.button, share, plot, panel, follow, theme, help]);
  const togglePlots = () => {
    plots.toggle();
    plot.classList.toggle("on", settings.plotsOpen);
  };
  const togglePanel = () => {
    settings.panelOpen = !settings.panelOpen;
    viewer.save();
    showPanel();
  };
  const toggleFollow = () => {
    settings.follows = viewer.rig.follows = !settings.follows;
    follow.classList.toggle("on", settings.follows);
    viewer.save();
  };
  const toggleTheme = () => {
    viewer.theme = settings.theme === "dark" ? "light" : "dark";
  };
  const keys: Shortcut[] = [
    { key: " ", about: "pause, go on", run: () => bar.togglePause() },
    { key: ".", about: "one control step", run: () => viewer.send({ op: "step", count: 1 }) },
    { key: "Backspace", about: "reset", run: () => bar.reset(null) },
    { key: "+", about: "faster", run: () => bar.changeSpeed(1) },
    { key: "-", about: "slower", run: () => bar.changeSpeed(-1) },
    { key: "n", about: "drive the next robot, where there are several", run: () => viewer.steerNext() },
    { key: "f", about: "follow the robot", run: toggleFollow },
    { key: "t", about: "dark or light", run: toggleTheme },
    { key: "r", about: "record", run: () => bar.toggleRecording() },
    { key: "g", about: "plots", run: togglePlots },
    { key: "o", about: "overlays and picture", run: togglePanel },
    { key: "l", about: "share", run: () => viewer.send({ op: "share" }) },
    { key: "p", about: "screenshot", run: () => saveScreenshot(viewer) },
    { key: "v", about: "video", run: () => video.toggle() },
    { key: "Escape", about: "select nothing", run: () => viewer.select(-1) },
  ];
  const shortcuts = new Shortcuts(keys);
  listenToKeys(viewer.drive, shortcuts);

  const side = element("div", { class: "side" });
  const timeline = new Timeline(viewer);
  const sharing = new Sharing(viewer, notices);
  acceptFiles(viewer);
  const plots = new Plots(viewer);
  const eye = new EyeWindow(viewer);
  const tweaks = element("div", { class: "tweaks" });
  const rewards = new RewardTable(viewer);
  side.append(tweaks, rewards.root, new ObservationTable(viewer).root);
  side.hidden = !settings.panelOpen;
  const left = element(
    "div",
    { class: "left" },
    new TrainingCard(viewer, () => rewards.open()).root,
    new RobotCard(viewer).root,
    new Inspector(viewer).root,
    new PolicyCard(viewer).root,
    eye.root,
  );
  const actions = {
    showEye: (name: string) => eye.show(name),
    showSticks: (isOn: boolean) => {
      sticks.root.hidden = !isOn;
    },
  };
  let isPanelBuilt = false;
  const showPanel = () => {
    side.hidden = !settings.panelOpen;
    panel.classList.toggle("on", settings.panelOpen);
    if (!settings.panelOpen || isPanelBuilt) return;
    isPanelBuilt = true;
    void openViewPanel(tweaks, viewer, actions);
  };
  // The first picture comes before panels.
  const forget = viewer.link.on("frame", () => {
    forget();
    eye.show(settings.eye);
    showPanel();
  });
  const dock = element("div", { class: "dock" }, plots.root, timeline.root);
  const badge = new LinkBadge(viewer);
  const stopButtons = new StopButtons();
  listenForStop(() => badge.stopNow());
  viewer.onPicture.add(() => stopButtons.update(viewer.pads) && badge.stopNow());
  const forgetVla = viewer.link.on("vla", () => {
    forgetVla();
    void import("../vla/vla-panel.ts").then(({ openVlaPanel }) => openVlaPanel(viewer, { left, dock }));
  });
  page.append(
    badge.stop,
    badge.root,
    bar.root,
    left,
    side,
    dock,
    sticks.root,
    notices.root,
    shortcuts.dialog,
    sharing.dialog,
    loading,
  );
  run(viewer, canvas, now, () => [bar.root, side, left, dock]);
  if (address.live !== undefined)
    viewer.send({ op: "connect", url: address.live, token: address.token, name: "viewer" });
  else if (address.journal !== undefined) viewer.send({ op: "openJournal", text: address.journal });
  else if (address.recording !== undefined) void openRecordingAt(viewer, address.recording);
  else viewer.send({ op: "open", world: address.world, wantsShipped: address.wantsShipped });
  if (address.isPaused) viewer.send({ op: "pause", isPaused: true });
  Object.assign(globalThis, { viewer });
}

/** How often it is looked where panels are, s. */
const LOOK_PERIOD = 0.1;

/** Draws a picture whenever the browser shows one, in the middle of what panels leave free. */
function run(
  viewer: Viewer,
  canvas: HTMLCanvasElement,
  now: () => number,
  panels: () => readonly HTMLElement[],
): void {
  const whole = () => ({ left: 0, top: 0, right: canvas.clientWidth, bottom: canvas.clientHeight });
  let [last, looked] = [0, Number.NEGATIVE_INFINITY];
  let wanted = whole();
  let shown: Area | undefined;
  const resize = () => {
    viewer.stage.resize(canvas.clientWidth, canvas.clientHeight, Math.min(2, devicePixelRatio));
    looked = Number.NEGATIVE_INFINITY;
    shown = undefined;
  };
  new ResizeObserver(resize).observe(canvas);
  resize();
  const tick = () => {
    requestAnimationFrame(tick);
    const began = now();
    const { frameLimit } = viewer.settings;
    if (frameLimit > 0 && began - last < 1 / frameLimit) return;
    if (began - looked > LOOK_PERIOD) {
      looked = began;
      wanted = freeArea(whole(), panels().flatMap(areasOf));
    }
    shown = shown === undefined ? wanted : between(shown, wanted, 1 - Math.exp(-12 * (began - last)));
    viewer.stage.show(shown);
    last = began;
    viewer.tick(began);
    for (const listener of viewer.onPicture) listener(now() - began);
  };
  requestAnimationFrame(tick);
}

/** Where a panel is; of one that only holds others, where those are. */
function areasOf(panel: HTMLElement): Area[] {
  const parts = panel.matches(".bar") ? [panel] : ([...panel.children] as HTMLElement[]);
  return parts.map((part) => part.getBoundingClientRect()).filter(({ width, height }) => width * height > 0);
}
