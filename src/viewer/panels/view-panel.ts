import { OVERLAY_TITLES } from "../overlays/overlays.ts";
import type { OverlayChoice } from "../page/settings.ts";
import type { Viewer } from "../page/viewer.ts";

/** What the panel's other switches do. */
export interface PanelActions {
  showEye(camera: string): void;
  showSticks(isOn: boolean): void;
}

/** Fills an element with the switches of overlays and of the picture. Tweakpane is loaded when it is first wanted. */
export async function openViewPanel(
  container: HTMLElement,
  viewer: Viewer,
  actions: PanelActions,
): Promise<void> {
  const { Pane } = await import("tweakpane");
  const { settings } = viewer;
  const pane = new Pane({ container });
  const overlays = pane.addFolder({ title: "Overlays", expanded: settings.folders.overlays ?? true });
  for (const name of Object.keys(OVERLAY_TITLES) as (keyof OverlayChoice)[])
    overlays.addBinding(settings.overlays, name, { label: OVERLAY_TITLES[name] }).on("change", () => {
      viewer.watch();
      viewer.save();
    });
  const picture = pane.addFolder({ title: "Picture", expanded: settings.folders.picture ?? true });
  picture.addBinding(settings, "shadows").on("change", ({ value }) => {
    if (viewer.view !== undefined) viewer.view.lights.hasShadows = value;
    viewer.save();
  });
  picture.addBinding(settings, "sticks", { label: "sticks" }).on("change", ({ value }) => {
    actions.showSticks(value);
    viewer.save();
  });
  picture
    .addBinding(settings, "frameLimit", {
      label: "pictures a second",
      options: { all: 0, "30": 30, "10": 10 },
    })
    .on("change", () => viewer.save());
  addEyes();
  viewer.link.on("scene", () => addEyes());
  for (const [key, folder] of [
    ["overlays", overlays],
    ["picture", picture],
  ] as const)
    folder.on("fold", ({ expanded }) => {
      settings.folders[key] = expanded;
      viewer.save();
    });

  /** The cameras of another world are others. */
  function addEyes(): void {
    const old = picture.children.find((child) => child.element.dataset.eye !== undefined);
    if (old !== undefined) picture.remove(old);
    const cameras = viewer.view?.scene.cameras.map(({ name }) => name).filter((name) => name !== "") ?? [];
    if (!cameras.includes(settings.eye)) settings.eye = "";
    const options = Object.fromEntries([
      ["none", ""],
      ...cameras.map((name) => [name.replaceAll("_", " "), name]),
    ]);
    const binding = picture.addBinding(settings, "eye", { label: "robot's camera", options });
    binding.element.dataset.eye = "";
    binding.on("change", ({ value }) => {
      actions.showEye(value);
      viewer.save();
    });
  }
}
