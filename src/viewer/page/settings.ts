import type { Theme } from "../scene/stage.ts";

/** What is drawn beside the world itself. */
export interface OverlayChoice {
  contacts: boolean;
  centre: boolean;
  axes: boolean;
  frames: boolean;
  torque: boolean;
  velocity: boolean;
  ghost: boolean;
  trails: boolean;
  cameras: boolean;
  collision: boolean;
}

/** What the page remembers from visit to visit. */
export interface Settings {
  theme: Theme;
  overlays: OverlayChoice;
  shadows: boolean;
  /** Most pictures a second; 0 for as many as the screen shows. Spares batteries and machines without a graphics card. */
  frameLimit: number;
  panelOpen: boolean;
  plotsOpen: boolean;
  /** Signals on the plots: name and place, such as "tau 3". */
  plots: string[];
  follows: boolean;
  /** Camera of the robot whose picture is shown; empty for none. */
  eye: string;
  sticks: boolean;
  /** Which folders of the panel are open. */
  folders: Record<string, boolean>;
}

const KEY = "contrapposto.viewer";

/** The settings of a first visit. */
export function defaultSettings(prefersDark: boolean, isSmall: boolean): Settings {
  return {
    theme: prefersDark ? "dark" : "light",
    overlays: {
      contacts: false,
      centre: false,
      axes: false,
      frames: false,
      torque: false,
      velocity: true,
      ghost: false,
      trails: false,
      cameras: false,
      collision: false,
    },
    shadows: true,
    frameLimit: 0,
    panelOpen: !isSmall,
    plotsOpen: false,
    plots: ["velocity 0", "command 0"],
    follows: true,
    eye: "",
    sticks: false,
    folders: {},
  };
}

/** Reads what was remembered; what is missing or broken takes its default. */
export function loadSettings(storage: Pick<Storage, "getItem">, defaults: Settings): Settings {
  try {
    const kept = JSON.parse(storage.getItem(KEY) ?? "{}") as Partial<Settings>;
    return { ...defaults, ...kept, overlays: { ...defaults.overlays, ...kept.overlays } };
  } catch {
    return defaults; // a page that remembers nonsense starts afresh
  }
}

/** Remembers; a browser that forbids it is no failure. */
export function saveSettings(storage: Pick<Storage, "setItem">, settings: Settings): void {
  try {
    storage.setItem(KEY, JSON.stringify(settings));
  } catch {
    // private windows have no room
  }
}
